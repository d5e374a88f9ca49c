import type { OtherPhone, PartyName } from '../../../machines/messages.ts';
import type { ModeName } from '../../../machines/modeVariants.ts';
import { everyParty, partiesInFile, phoneOf, roleOf } from '../../../machines/phones.ts';
import { formatDuration } from '../../data/duration.ts';
import type { ScenarioDocument } from '../../scenarioFile/document.ts';
import { phonesIn } from '../../scenarioFile/topology.ts';
import { defineWorld } from '../../sipWorld/definition.ts';
import { faultNameOf } from '../../sipWorld/linkRules.ts';
import type { Trace } from '../../trace/trace.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { Pending } from '../../world/pending.ts';
import { World } from '../../world/world.ts';

type Fault = NonNullable<ScenarioDocument['faults']>[number];

/** What happened to a pending event of a run. */
interface Occurred {
  readonly pending: Pending;
  readonly createdMs: number;
  readonly atMs: number;
  readonly fate: 'happen' | 'lose' | 'duplicate';
  /** Of a message, how many such messages had been sent with it. */
  readonly occurrence: number;
}

/**
 * The scenario of a counterexample with everything that the run chose pinned: the dates of the steps, the latency of
 * each message up to the violation, the faults. Whatever the seed, it is that run again, and so a regression test.
 */
export function regressionOf(
  document: ScenarioDocument,
  mode: ModeName,
  trace: Trace,
  property: string,
): ScenarioDocument {
  const definition = defineWorld(trace.scenario);
  const verdict = trace.verdicts.find((one) => one.property === property);
  const untilMs = verdict?.atMs ?? trace.endMs;
  const occurred = occurrencesIn(definition, trace).filter(({ createdMs }) => createdMs <= untilMs);
  const violated = trace.verdicts.flatMap((one) => (one.verdict === 'violated' ? [one.property] : []));
  const server = trace.scenario.server.name;
  return {
    ...document,
    name: `regression-${document.name}`,
    title: `${document.title}: ${property} violated`,
    about: `Found by \`ringproof check\`: ${verdict?.violation?.what ?? property}. Every delay up to then is pinned.`,
    mode,
    server,
    steps: pinnedSteps(document, occurred),
    ...pinnedTimers(definition, document, occurred),
    faults: [
      ...(document.faults ?? []).filter((fault) => fault.do !== 'delay'),
      ...pinnedMessages(definition, occurred),
    ],
    expect: { [server]: { [mode]: violated } },
  };
}

/** Every event of a run with the date of its creation. */
function occurrencesIn(definition: WorldDefinition, { records }: Trace): Occurred[] {
  const { world } = World.start(definition);
  const created = new Map<number, { createdMs: number; occurrence: number }>();
  const counts = new Map<string, number>();
  const note = (pending: Pending, createdMs: number) => {
    const key = keyOf(pending);
    const occurrence = (counts.get(key) ?? 0) + 1;
    if (pending.kind === 'message' && !pending.isCopy) counts.set(key, occurrence);
    created.set(pending.serial, { createdMs, occurrence });
  };
  for (const pending of world.pending) note(pending, 0);
  return records.flatMap(({ kind, serial, atMs, fate }): Occurred[] => {
    if (kind === 'start') return [];
    const position = world.pending.findIndex((one) => one.serial === serial);
    const fired = world.fire(position, fate);
    for (const pending of fired.created) note(pending, atMs);
    const known = created.get(serial) ?? { createdMs: 0, occurrence: 1 };
    return [{ pending: fired.fired, atMs, fate, ...known }];
  });
}

const keyOf = ({ event, from, party }: Pending): string => `${event < 0 ? '' : faultNameOf(event)} ${from} ${party}`;

function pinnedSteps(document: ScenarioDocument, occurred: readonly Occurred[]): ScenarioDocument['steps'] {
  // A crash of the push server is a step for each phone that it serves.
  const phones = phonesIn(document).length;
  let next = 0;
  return document.steps.map((step) => {
    const index = next;
    next += step.do === 'crashPushServer' ? phones : 1;
    const found = occurred.find(({ pending }) => pending.kind === 'step' && pending.index === index);
    if (found === undefined) return step;
    const undated = Object.fromEntries(Object.entries(step).filter(([key]) => key !== 'at' && key !== 'after'));
    return { at: formatDuration(found.atMs), ...undated } as typeof step;
  });
}

/** Messages whose latency the link leaves open, and those that were lost or doubled though no fault demanded it. */
function pinnedMessages({ scenario }: WorldDefinition, occurred: readonly Occurred[]): Fault[] {
  return occurred.flatMap(({ pending, createdMs, atMs, fate, occurrence }): Fault[] => {
    if (pending.kind !== 'message' || pending.isCopy) return [];
    const { event, from, party, windowMs } = pending;
    const which = {
      message: faultNameOf(event) as Fault['message'],
      ...partiesInFile(everyParty[from], everyParty[party]),
      occurrence,
    } as const;
    const isDemanded = scenario.faults.some(
      (fault) => fault.message === which.message && fault.occurrence === occurrence && fault.do === fate,
    );
    if (fate !== 'happen') return isDemanded ? [] : [{ do: fate, ...which }];
    if (windowMs[0] === windowMs[1] && atMs - createdMs === windowMs[0]) return [];
    return [{ do: 'delay', ...which, latency: formatDuration(atMs - createdMs) }];
  });
}

type Timing = Record<string, Record<string, string | readonly [string, string]>>;

/**
 * Timers whose delay is open; one that ran several times with several values cannot be pinned and stays as it was. What is
 * pinned for the first phone would hold for the others too, which therefore say theirs.
 */
function pinnedTimers(
  definition: WorldDefinition,
  document: ScenarioDocument,
  occurred: readonly Occurred[],
): Pick<ScenarioDocument, 'timing' | 'topology'> {
  const timing: Timing = { ...document.timing } as never;
  const ofOthers = new Map<OtherPhone, Timing>();
  for (const [party, table] of definition.parties.entries()) {
    const phone = phoneOf(table.party) ?? 1;
    const own = phone === 1 ? timing : (ofOthers.get(phone) ?? {});
    if (phone !== 1) ofOthers.set(phone, own);
    for (const [index, name] of table.delayNames.entries()) {
      const window = definition.delays[party]?.[index];
      if (window === undefined || window[0] === window[1]) continue;
      const values = new Set(
        occurred
          .filter(({ pending }) => pending.kind === 'timer' && pending.party === party && pending.windowMs === window)
          .map(({ atMs, createdMs }) => atMs - createdMs),
      );
      const [value] = values;
      const role = roleOf(table.party as PartyName);
      if (values.size === 1 && value !== undefined) own[role] = { ...own[role], [name]: formatDuration(value) };
      else if (phone !== 1 && timing[role]?.[name] !== undefined)
        own[role] = { ...own[role], [name]: [formatDuration(window[0]), formatDuration(window[1])] };
    }
  }
  const { topology } = document;
  if (topology === undefined) return { timing: timing as ScenarioDocument['timing'] };
  const pinned = [...ofOthers].map(([phone, own]) => {
    const key = `phone${phone}` as const;
    return [key, { ...topology[key], timing: own }];
  });
  return { timing: timing as ScenarioDocument['timing'], topology: { ...topology, ...Object.fromEntries(pinned) } };
}
