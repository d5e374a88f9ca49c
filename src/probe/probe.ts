import type { ServerAxes } from '../machines/serverProfile.ts';
import { axisTable } from '../profiles/serverAxes.ts';
import { answered } from './answered.ts';
import { capacity } from './capacity.ts';
import { type Control, type ControlOptions, runControl } from './control.ts';
import { digest } from './digest.ts';
import { type Conclusion, type Confidence, type Experiment, type Finding, type Known, unknown } from './experiment.ts';
import { instance } from './instance.ts';
import type { Laboratory } from './laboratory.ts';
import { lifetimes, usableLifetimes } from './lifetimes.ts';
import { removal, removalOfAll } from './removal.ts';
import { sequence } from './sequence.ts';
import { severalContacts } from './severalContacts.ts';
import { SteadyLaboratory } from './steadyLaboratory.ts';
import { Transcript } from './transcript.ts';
import { lateBinding, withoutBinding } from './withoutBinding.ts';

/** What the user has a say in. */
export interface ProbeOptions {
  /** Whether `Contact: *` may be sent, which takes away the bindings of other devices too. */
  readonly allowsRemoveAll: boolean;
  /** Whether a call may be answered. */
  readonly answers: boolean;
  /** How long a held call is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** How long a ring may take, and how long a call rings until it is clear that nobody else is called, in milliseconds. */
  readonly ringWaitMs: number;
}

/** What decides which experiments there are. */
export type Allowances = Pick<ProbeOptions, 'allowsRemoveAll' | 'answers'>;

/** What answers to REGISTER alone show; the control has to know which lifetimes the server takes. */
export const experimentsBefore: readonly Experiment[] = [digest, lifetimes];

/** The experiments after the control in their order: each builds on what those before it have learnt. */
export const experimentsAfter = ({ allowsRemoveAll, answers }: Allowances): readonly Experiment[] => [
  removal,
  capacity,
  ...(allowsRemoveAll ? [removalOfAll] : []),
  instance,
  severalContacts,
  sequence,
  withoutBinding,
  lateBinding,
  ...(answers ? [answered] : []),
];

/** What a profile can be made of: the axes of all findings. */
export const axesOf = (findings: readonly Finding[]): Partial<ServerAxes> =>
  Object.assign({}, ...findings.map(({ axes }) => axes));

/** How often an experiment is made at most, until it has given the same answers twice. */
export const timesAtMost = 3;

/** What one time has brought, and what has disturbed it. */
interface Time {
  readonly conclusions: readonly Conclusion[];
  readonly newcomers: readonly string[];
  readonly passing: readonly string[];
}

/** Answers are the same where they mean the same; a measured time differs each time. */
const meaning = ({ conclusions }: Time): string =>
  JSON.stringify(conclusions.map(({ topic, axes, says }) => [topic, says === null ? null : axes, says]));

const asText = ({ says, remark }: Conclusion): string => says ?? `unknown (${remark})`;

const isDisturbed = ({ newcomers, passing, conclusions }: Time): boolean =>
  newcomers.length > 0 || passing.length > 0 || conclusions.some(({ needsRepetition }) => needsRepetition);

/** What speaks against the answer to one question: other times, and what has disturbed this one. */
function objections(conclusion: Conclusion, times: readonly Time[], chosen: Time): readonly string[] {
  const others = times.flatMap(({ conclusions }) => conclusions.filter(({ topic }) => topic === conclusion.topic));
  const different = others.map(asText).filter((text) => text !== asText(conclusion));
  return [
    ...(conclusion.against ?? []),
    ...[...new Set(different)].map((text) => `another time: ${text}`),
    ...[...new Set(chosen.newcomers)].map((contact) => `${contact} registered meanwhile`),
    ...new Set(chosen.passing),
  ];
}

const confidenceIn = ({ says, isMoot }: Conclusion, against: readonly string[]): Confidence => {
  if (says === null && isMoot !== true) return 'none';
  return against.length === 0 ? 'high' : 'low';
};

/** Makes experiments until their answers can be believed. */
class Prober {
  readonly #steady: SteadyLaboratory;
  readonly #transcript: Transcript;

  constructor(lab: Laboratory) {
    this.#steady = new SteadyLaboratory(lab);
    this.#transcript = new Transcript(this.#steady);
  }

  async control(options: ControlOptions): Promise<{ control: Control; findings: readonly Finding[] }> {
    const control = await runControl(this.#transcript, options);
    const passing = this.#steady.takePassing();
    const newcomers = await this.#transcript.newcomers();
    const evidence = this.#transcript.take();
    const time = { conclusions: control.conclusions, newcomers, passing };
    return { control, findings: this.#found(time, [time], evidence) };
  }

  async experiment(one: Experiment, known: Known): Promise<readonly Finding[]> {
    const times: Time[] = [];
    while (times.length < timesAtMost) {
      const observation = await one.observe(this.#transcript, known);
      const passing = this.#steady.takePassing();
      // Asked before anything is deduced: a server that has died meanwhile ends the probe here.
      const newcomers = await this.#transcript.newcomers();
      const time = { conclusions: one.deduce(observation, known), newcomers, passing };
      const evidence = this.#transcript.take();
      const same = times.find((other) => meaning(other) === meaning(time));
      times.push(time);
      const isUndisputed = times.length === 1 && !isDisturbed(time);
      if (same !== undefined || isUndisputed) return this.#found(time, times, evidence);
    }
    return this.#undecided(times);
  }

  #found(chosen: Time, times: readonly Time[], evidence: Finding['evidence']): readonly Finding[] {
    return chosen.conclusions.map((conclusion) => {
      const against = objections(conclusion, times, chosen);
      return { ...conclusion, against, confidence: confidenceIn(conclusion, against), evidence };
    });
  }

  /** Each time something else was seen. */
  #undecided(times: readonly Time[]): readonly Finding[] {
    const topics = new Set(times.flatMap(({ conclusions }) => conclusions.map(({ topic }) => topic)));
    const last = times.at(-1);
    return [...topics].map((topic) => {
      const answers = times.flatMap(({ conclusions }) => conclusions.filter((one) => one.topic === topic)).map(asText);
      const against = last === undefined ? [] : objections(unknown(topic, ''), times, last);
      return {
        ...unknown(topic, `seen differently each time: ${answers.join('; ')}`),
        against,
        confidence: 'none',
        evidence: [],
      };
    });
  }
}

/** Where calls show nothing, an experiment that needs them is not made. */
const notTried = ({ asks }: Experiment, why: string): readonly Finding[] =>
  asks.map((axis) => ({ ...unknown(axisTable[axis].title, why), against: [], confidence: 'none', evidence: [] }));

/** Runs all experiments and yields each finding as soon as it is made. */
export async function* probe(lab: Laboratory, options: ProbeOptions): AsyncGenerator<Finding> {
  const prober = new Prober(lab);
  const all: Finding[] = [];
  const { patienceMs, ringWaitMs } = options;
  const knownSoFar = ({ callsFail, promptMs, listsOthers }: Omit<Control, 'conclusions'>): Known => {
    const axes = axesOf(all);
    const lived = usableLifetimes(axes.minimumExpires?.ms, axes.maximumExpiresMs);
    return { axes, ...lived, patienceMs, ringWaitMs, promptMs, callsFail, listsOthers };
  };
  const nothing = { callsFail: 'nobody has called yet', promptMs: ringWaitMs, listsOthers: false };
  for (const experiment of experimentsBefore) {
    const made = await prober.experiment(experiment, knownSoFar(nothing));
    all.push(...made);
    yield* made;
  }
  const { control, findings } = await prober.control({ ringWaitMs, seconds: knownSoFar(nothing).shortSeconds });
  all.push(...findings);
  yield* findings;
  for (const experiment of experimentsAfter(options)) {
    const { callsFail } = control;
    const isHopeless = experiment.needsCalls && callsFail !== null;
    const made = isHopeless
      ? notTried(experiment, callsFail)
      : await prober.experiment(experiment, knownSoFar(control));
    all.push(...made);
    yield* made;
  }
}
