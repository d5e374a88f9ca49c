import { batch, computed, effect, signal } from '@preact/signals';
import type { Role } from '../../machines/messages.ts';
import type { RegistrationModeName } from '../../machines/registrationModes.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Window } from '../../sim/data/window.ts';
import type { RaceWindow } from '../../sim/trace/raceWindow.ts';
import type { TraceBody } from '../../sim/trace/trace.ts';
import type { Boot, ComparedServer } from '../model/boot.ts';
import { serversCompared } from '../model/compared.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Glance } from '../model/glance.ts';
import type { Margins } from '../model/margins.ts';
import type { Options } from '../model/options.ts';
import type { GlancesByMode, Outcome, Regions, ToldWindow } from '../model/requests.ts';
import { ask, theSimulator } from './ask.ts';
import { settings } from './parties.ts';

/** What the page was given. */
export const boot = signal<Boot>({
  own: null,
  bundled: { profiles: {} as Boot['bundled']['profiles'], kinds: [] },
  compared: { server: null, seed: 1 },
  module: null,
  opened: null,
  report: null,
  recording: null,
  capture: null,
  viewer: null,
});

/** The run that is shown, or null for the overview of all scenarios. */
export const experiment = signal<Experiment | null>(null);
/** How often a run was opened: one that is shown already runs again, for its trace was put away. */
const openings = signal(0);

/** An experiment with the step that was selected in its run. */
export interface Visited {
  readonly experiment: Experiment;
  readonly step: number;
}

/** The experiments that were changed to get here, the latest last. */
export const earlier = signal<readonly Visited[]>([]);

/** The run that was worked out last: for a moment, that of the experiment before. */
export const trace = signal<TraceBody | null>(null);
/** The experiment that was run last. */
const ran = signal<Experiment | null>(null);
/** Whether the run of the experiment that is shown has yet to be worked out. */
export const isRunning = computed(() => experiment.value !== null && ran.value !== experiment.value);

const lastGlance = signal<Glance | null>(null);
/** That run from afar. */
export const glance = computed(() => (trace.value === null ? null : lastGlance.value));
/** The verdict of that run in sentences, the worst first. */
export const verdictSaid = signal<readonly string[]>([]);

/** The race window that was found last, and of which experiment: it may be known before the run is. */
const lastWindow = signal<{ readonly of: Experiment; readonly found: ToldWindow | null } | null>(null);
const shownWindow = computed(() => (lastWindow.value?.of === ran.value ? (lastWindow.value?.found ?? null) : null));
/** For which delays the run goes wrong. */
export const raceWindow = computed<RaceWindow | null>(() => shownWindow.value?.window ?? null);
/** The same in words. */
export const raceLines = computed<readonly string[]>(() => shownWindow.value?.lines ?? []);
/** How near the properties that hold came to their bounds. */
export const margins = signal<Margins>({});
/** What each property demands that is claimed of the run, in one sentence. */
export const sentences = signal<Outcome['sentences']>({});
/** The runs in all modes, and of which experiment. */
export const otherModes = signal<{ readonly of: Experiment; readonly glances: GlancesByMode } | null>(null);

/** What was last found out about a step, and of which run. */
const lastOptions = signal<{ readonly of: TraceBody; readonly step: number; readonly found: Options } | null>(null);
/** What can happen after the selected step; null until that is known. */
export const options = computed<Options | null>(() => {
  const last = lastOptions.value;
  return last !== null && !isRunning.value && last.of === trace.value && last.step === step.value ? last.found : null;
});
/** What was known last, to be drawn until more is. */
export const staleOptions = computed(() => options.value ?? lastOptions.value?.found ?? null);
/** How long the timers of each party take in the scenario that is shown. */
export const delays = signal<Record<Role, Record<string, Window>> | null>(null);
/** The regions of the machines of the scenario that is shown. */
export const regions = signal<Regions | null>(null);
/** Something that the reader must know, such as a link of another version. */
export const notice = signal<string | null>(null);

/** The step of the trace that is selected. */
export const step = signal(0);
export const filter = signal('');
export const showsAll = signal(false);

/** What the overview compares. */
export const comparedServer = signal<ComparedServer>(null);
export const comparedSeed = signal(1);

/** The servers that can be chosen: the bundled ones, and the user's own that the page was started with. */
export const servers = computed<readonly ServerProfile[]>(() => {
  const own = [boot.value.compared.server, experiment.value?.scenario.server].filter(
    (one) => one !== undefined && one !== null,
  );
  return Object.values({ ...boot.value.bundled.profiles, ...Object.fromEntries(own.map((one) => [one.name, one])) });
});

/** What stands in an address for each mode on the server that it is meant for. */
const meant = 'meant';

export const comparedName = (): string => comparedServer.value?.name ?? meant;

/** The server on which a mode is compared. */
export const serverFor = (mode: RegistrationModeName): ServerProfile =>
  serversCompared(comparedServer.value, boot.value.bundled.profiles)[mode];

/** Compares the modes on a server; the name of none changes nothing, and the answer is false. */
export function compare(server: string, seed: number): boolean {
  const known = server === meant ? null : servers.value.find(({ name }) => name === server);
  if (known !== undefined) comparedServer.value = known;
  comparedSeed.value = seed;
  return known !== undefined;
}

export const record = computed(() => trace.value?.records[step.value] ?? null);

/** Whether a key is held down: then steps come faster than anybody reads what is told of them. */
export const isHeld = signal(false);
/** Of so many steps one is told of meanwhile. */
const passedOver = 8;
let [told, passed] = [0, 0];
/** The step that is told of beside the ladder: the selected one, or one shortly before it while a key is held down. */
export const toldStep = computed(() => {
  const selected = step.value;
  if (!isHeld.value || ++passed % passedOver === 0) told = selected;
  return told;
});
export const toldRecord = computed(() => trace.value?.records[toldStep.value] ?? null);

/** The violated properties with the steps at which that was noticed. */
export const violations = computed(() =>
  (trace.value?.verdicts ?? []).flatMap(({ property, violation, step: at, atMs }) => {
    const records = trace.value?.records ?? [];
    if (violation === null) return [];
    return [{ property, what: violation.what, atMs, step: Math.min(at ?? records.length - 1, records.length - 1) }];
  }),
);

const optionsAfterMs = 60;

/** Whatever cannot be worked out beside a run is not there; that the run itself cannot is said. */
export const keepOf = <Found>(asked: Promise<Found>, take: (found: Found) => void) => void asked.then(take, () => {});

/** Runs whatever experiment is shown; a run that comes too late is dropped. */
export function keepRunning(): void {
  effect(() => {
    const [shown, opening] = [experiment.value, openings.value];
    if (shown === null) return;
    const isCurrent = () => experiment.peek() === shown && openings.peek() === opening;
    const keep = <Found>(asked: Promise<Found>, take: (found: Found) => void) =>
      keepOf(asked, (found) => isCurrent() && take(found));
    ask('run', shown).then(
      (outcome) => isCurrent() && showOutcome(shown, outcome),
      (error: Error) => isCurrent() && showFailure(shown, error),
    );
    keep(ask('window', shown), (found) => {
      lastWindow.value = { of: shown, found };
    });
    keep(ask('delays', shown), (found) => {
      delays.value = found;
    });
    keep(ask('regions', shown), (found) => {
      regions.value = found;
    });
    keep(ask('modes', shown), (glances) => {
      otherModes.value = { of: shown, glances };
    });
  });
  let due = 0;
  effect(() => {
    const [shown, done, at] = [experiment.value, trace.value, step.value];
    clearTimeout(due);
    draggedMs.value = null;
    if (shown === null || done === null || isRunning.value) return;
    // Who runs through the steps wants no list for each of them.
    due = setTimeout(() => {
      keepOf(ask('options', shown, at), (found) => {
        // Answers come in any order: one that is late would take the place of that to the last question.
        if (step.peek() === at && trace.peek() === done) lastOptions.value = { of: done, step: at, found };
      });
    }, optionsAfterMs);
  });
}

/** Waits for the run that is shown, or for what is wrong with it. */
export const firstRun = (): Promise<void> =>
  new Promise((resolve) => {
    effect(() => {
      if (!isRunning.value) resolve();
    });
  });

/** Has the worker ready by the time that the run is changed; the run itself comes first. */
export function keepSimulator(): void {
  effect(() => {
    if (trace.value !== null) setTimeout(theSimulator);
  });
}

/** The step to look at: its number, that of an event, or whatever is of interest. */
export type Selection = number | { readonly serial: number } | null;

/** What opening a run waits for: the step to select, the digest that a link promises. */
let awaited: { readonly step: Selection; readonly digest: string | null; readonly from: 'file' | 'link' } | null = null;

function showOutcome(
  of: Experiment,
  { trace: done, glance: seen, said, margins: found, sentences: demands }: Outcome,
): void {
  batch(() => {
    ran.value = of;
    // Its number means another step now.
    marked.value = null;
    margins.value = found;
    sentences.value = demands;
    settings.value = done.scenario;
    trace.value = done;
    lastGlance.value = seen;
    verdictSaid.value = said;
    if (awaited?.digest) void compareDigest(of, awaited.digest, awaited.from);
    const last = done.records.length - 1;
    step.value = Math.min(stepOf(awaited?.step ?? null) ?? firstOfInterest(), last);
    awaited = null;
  });
}

const digests = new WeakMap<Experiment, Promise<string>>();

/** The digest of the run of an experiment. It takes longer than the run, and is worked out for who asks. */
export function digestOf(of: Experiment): Promise<string> {
  const found = digests.get(of) ?? ask('digest', of);
  digests.set(of, found);
  return found;
}

/** Says so where a run came out otherwise than it is told to. */
async function compareDigest(of: Experiment, promised: string, from: 'file' | 'link'): Promise<void> {
  const found = await digestOf(of);
  if (found.startsWith(promised) || experiment.peek() !== of) return;
  tell(`This ${from} was made with another version of the model: the run comes out differently now.`);
}

/** There is no run to be shown, and the way back from it is open. */
function showFailure(of: Experiment, { message }: Error): void {
  batch(() => {
    ran.value = of;
    trace.value = null;
    tell(`This run cannot be shown: ${message}`);
  });
}

function stepOf(wanted: Selection): number | null {
  if (wanted === null || typeof wanted === 'number') return wanted;
  const found = trace.value?.records.find(({ kind, serial }) => kind !== 'start' && serial === wanted.serial);
  return found?.step ?? null;
}

/** Where a reader looks first: the first violation, or else the first call, or the end. */
function firstOfInterest(): number {
  const [first] = violations.value;
  if (first !== undefined) return first.step;
  const done = trace.value;
  const call = done?.records.find(({ observations }) => observations.some(({ type }) => type === 'call.placed'));
  return call?.step ?? (done?.records.length ?? 1) - 1;
}

export function tell(text: string): void {
  notice.value = text;
}

/** Opens a run, with nothing to go back to but what is said. */
export function open(
  shown: Experiment,
  at: { step?: number; digest?: string; earlier?: readonly Visited[]; isFile?: boolean } = {},
): void {
  awaited = { step: at.step ?? null, digest: at.digest ?? null, from: at.isFile ? 'file' : 'link' };
  earlier.value = at.earlier ?? [];
  notice.value = null;
  trace.value = null;
  ran.value = null;
  filter.value = '';
  batch(() => {
    openings.value += 1;
    settings.value = shown.scenario;
    experiment.value = shown;
  });
}

/** Shows the overview of all scenarios. */
export function close(): void {
  experiment.value = null;
  trace.value = null;
  notice.value = null;
}

/** Shows another experiment in the place of the one that is shown. `at` is the step to look at then. */
export function show(next: Experiment, at: Selection): void {
  awaited = { step: at, digest: null, from: 'link' };
  notice.value = null;
  experiment.value = next;
}

/** The date to which the selected step is being dragged. */
export const draggedMs = signal<number | null>(null);

/** The step with which the selected one is compared, and what could happen after it; null where none is. */
export const marked = signal<{ readonly step: number; readonly options: Options | null } | null>(null);

/** Marks the selected step, to compare another one with it; with one marked already, ends that. */
export function toggleMark(): void {
  const [shown, at] = [experiment.peek(), step.peek()];
  if (marked.peek() !== null || shown === null) {
    marked.value = null;
    return;
  }
  marked.value = { step: at, options: null };
  keepOf(ask('options', shown, at), (found) => {
    if (experiment.peek() === shown && marked.peek()?.step === at) marked.value = { step: at, options: found };
  });
}
