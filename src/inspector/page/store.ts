import { everyServerProfile } from 'virtual:profiles';
import { batch, computed, effect, signal } from '@preact/signals';
import type { PartyName } from '../../machines/messages.ts';
import { everyMode, type ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Window } from '../../sim/data/window.ts';
import { ladderModel } from '../../sim/report/ladderModel.ts';
import { laneTitles } from '../../sim/report/lanes.ts';
import type { Row } from '../../sim/report/rows.ts';
import { fullLabel } from '../../sim/report/wording.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import type { RaceWindow } from '../../sim/trace/raceWindow.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import type { Boot } from '../model/boot.ts';
import { changedAfter, type Experiment, movedTo, seededExperiment } from '../model/experiment.ts';
import { faultOn, withFault } from '../model/fault.ts';
import { glanceAt } from '../model/glance.ts';
import { layOutLadder, type PlacedRow } from '../model/ladderLayout.ts';
import { lastUpTo } from '../model/lastUpTo.ts';
import type { Margins } from '../model/margins.ts';
import type { GlancesByMode, Options, Outcome, PendingView, Regions } from '../model/requests.ts';
import { ask } from './ask.ts';
import { collapsed, pixelsPerSecond, timeMode } from './view.ts';

/** What the page was given. */
export const boot = signal<Boot>({
  scenarios: [],
  compared: { server: everyServerProfile.reject, seed: 1 },
  opened: null,
  report: null,
  viewer: null,
});

/** The run that is shown, or null for the overview of all scenarios. */
export const experiment = signal<Experiment | null>(null);
/** How often a run was opened: one that is shown already runs again, for its trace was put away. */
const openings = signal(0);
/** The experiments that were changed to get here, the latest last. */
export const earlier = signal<readonly Experiment[]>([]);

export const trace = signal<Trace | null>(null);
/** For which delays the run goes wrong. */
export const raceWindow = signal<RaceWindow | null>(null);
/** How near the properties that hold came to their bounds. */
export const margins = signal<Margins>({});
/** What each property demands that is claimed of the run, in one sentence. */
export const sentences = signal<Outcome['sentences']>({});
export const otherModes = signal<GlancesByMode | null>(null);
export const options = signal<Options | null>(null);
/** How long the timers of each party take in the scenario that is shown. */
export const delays = signal<Record<PartyName, Record<string, Window>> | null>(null);
/** The regions of the machines of the scenario that is shown. */
export const regions = signal<Regions | null>(null);
/** Something that the reader must know, such as a link of another version. */
export const notice = signal<string | null>(null);

/** The step of the trace that is selected. */
export const step = signal(0);
export const filter = signal('');
export const showsAll = signal(false);

/** What the overview compares. */
export const comparedServer = signal<ServerProfile>(everyServerProfile.reject);
export const comparedSeed = signal(1);

/** The servers that can be chosen: the bundled ones, and the user's own that the page was started with. */
export const servers = computed<readonly ServerProfile[]>(() => {
  const own = [boot.value.compared.server, experiment.value?.scenario.server].filter((one) => one !== undefined);
  return Object.values({ ...everyServerProfile, ...Object.fromEntries(own.map((one) => [one.name, one])) });
});

/** Compares the modes on a server; the name of none changes nothing, and the answer is false. */
export function compare(server: string, seed: number): boolean {
  const known = servers.value.find(({ name }) => name === server);
  comparedServer.value = known ?? comparedServer.value;
  comparedSeed.value = seed;
  return known !== undefined;
}

function matches(row: Row, words: readonly string[]): boolean {
  const text =
    row.kind === 'message'
      ? `${fullLabel(row)} ${laneTitles[row.from]} ${laneTitles[row.to]}`
      : row.kind === 'note'
        ? `${row.label} ${laneTitles[row.party]}`
        : row.kind;
  return row.kind === 'end' || words.every((word) => text.toLowerCase().includes(word));
}

/** Whether a row is of collapsed lanes only. */
function isBetweenCollapsed(row: Row): boolean {
  if (row.kind === 'note') return collapsed.value.has(row.party);
  return row.kind === 'message' && collapsed.value.has(row.from) && collapsed.value.has(row.to);
}

/** The rows of the ladder: those that the filter lets through. */
export const rows = computed<readonly Row[]>(() => {
  if (trace.value === null) return [];
  const all = ladderModel(trace.value, { all: showsAll.value }).rows;
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = collapsed.value.size === 0 ? all : all.filter((row) => !isBetweenCollapsed(row));
  return words.length === 0 ? shown : shown.filter((row) => matches(row, words));
});

export const layout = computed(() =>
  trace.value === null ? null : layOutLadder(trace.value, rows.value, timeMode.value, pixelsPerSecond.value),
);
export const glance = computed(() => (trace.value === null ? null : glanceAt(trace.value)));
export const record = computed(() => trace.value?.records[step.value] ?? null);

/** The steps that have a row, in their order. */
const shownSteps = computed(() => [...new Set(rows.value.flatMap((row) => (row.step === null ? [] : [row.step])))]);

/** The rows that have a step, with these steps in their order. */
const stepRows = computed(() => {
  const placed = (layout.value?.rows ?? []).filter(({ row }) => row.step !== null);
  return { placed, steps: placed.map(({ row }) => row.step ?? 0) };
});

/** The last row of a step, or of the last one before it that has any. */
export function rowOf(at: number): PlacedRow | undefined {
  const { placed, steps } = stepRows.value;
  return placed[lastUpTo(steps, at)];
}

/** The violated properties with the steps at which that was noticed. */
export const violations = computed(() =>
  (trace.value?.verdicts ?? []).flatMap(({ property, violation, step: at, atMs }) => {
    const records = trace.value?.records ?? [];
    if (violation === null) return [];
    return [{ property, what: violation.what, atMs, step: Math.min(at ?? records.length - 1, records.length - 1) }];
  }),
);

const optionsAfterMs = 60;

/** Runs whatever experiment is shown; a run that comes too late is dropped. */
export function keepRunning(): void {
  effect(() => {
    const [shown, opening] = [experiment.value, openings.value];
    if (shown === null) return;
    const isCurrent = () => experiment.peek() === shown && openings.peek() === opening;
    ask('run', shown).then(
      (outcome) => isCurrent() && showOutcome(outcome),
      (error: Error) => isCurrent() && tell(`This run cannot be shown: ${error.message}`),
    );
    ask('window', shown).then((found) => {
      if (isCurrent()) raceWindow.value = found;
    });
    ask('delays', shown.scenario).then((found) => {
      if (isCurrent()) delays.value = found;
    });
    ask('regions', shown.scenario).then((found) => {
      if (isCurrent()) regions.value = found;
    });
    ask('modes', shown.scenario, shown.seed).then((glances) => {
      if (isCurrent()) otherModes.value = glances;
    });
  });
  let due = 0;
  effect(() => {
    const [shown, done, at] = [experiment.value, trace.value, step.value];
    clearTimeout(due);
    draggedMs.value = null;
    if (shown === null || done === null) return;
    // Who runs through the steps wants no list for each of them.
    due = setTimeout(() => {
      ask('options', shown, at).then((found) => {
        if (experiment.peek() === shown && step.peek() === at) options.value = found;
      });
    }, optionsAfterMs);
  });
}

/** The step to look at: its number, that of an event, or whatever is of interest. */
type Selection = number | { readonly serial: number } | null;

/** What opening a run waits for: the step to select, the digest that a link promises. */
let awaited: { readonly step: Selection; readonly digest: string | null } | null = null;

function showOutcome({ trace: done, margins: found, sentences: demands }: Outcome): void {
  // Its number means another step now.
  marked.value = null;
  margins.value = found;
  sentences.value = demands;
  raceWindow.value = null;
  trace.value = done;
  if (awaited?.digest && !done.digest.startsWith(awaited.digest)) {
    notice.value = 'This link was made with another version of the model: the run comes out differently now.';
  }
  const last = done.records.length - 1;
  step.value = Math.min(stepOf(awaited?.step ?? null) ?? firstOfInterest(), last);
  awaited = null;
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
  return call?.step ?? shownSteps.value.at(-1) ?? 0;
}

export function tell(text: string): void {
  notice.value = text;
}

/** Opens a run, with nothing to go back to. */
export function open(shown: Experiment, at: { step?: number; digest?: string } = {}): void {
  awaited = { step: at.step ?? null, digest: at.digest ?? null };
  earlier.value = [];
  notice.value = null;
  trace.value = null;
  options.value = null;
  filter.value = '';
  batch(() => {
    openings.value += 1;
    experiment.value = shown;
  });
}

/** Shows the overview of all scenarios. */
export function close(): void {
  experiment.value = null;
  trace.value = null;
  notice.value = null;
}

/** Goes on with another experiment, from which `undo` leads back. `at` is the step to look at then. */
export function change(next: Experiment, at: Selection): void {
  const now = experiment.peek();
  if (now !== null) earlier.value = [...earlier.value, now];
  awaited = { step: at, digest: null };
  notice.value = null;
  experiment.value = next;
}

export function undo(): void {
  const last = earlier.value.at(-1);
  if (last === undefined) return;
  earlier.value = earlier.value.slice(0, -1);
  awaited = { step: step.peek(), digest: null };
  experiment.value = last;
}

/** Another scenario, mode, server or window: what was planned or moved in this run means nothing there. */
export function changeScenario(part: Partial<Scenario>): void {
  const now = experiment.peek();
  if (now !== null) change(seededExperiment({ ...now.scenario, ...part }, now.seed), null);
}

export const changeMode = (name: ModeName): void => changeScenario({ mode: everyMode[name] });

export function changeSeed(seed: number): void {
  const now = experiment.peek();
  if (now !== null) change(seededExperiment(now.scenario, seed), null);
}

/** Injects a fault: it applies to the message with that serial. Of a plan, what comes before its arrival remains. */
export function injectFault(serial: number, what: Parameters<typeof faultOn>[2]): void {
  const [now, done] = [experiment.peek(), trace.peek()];
  if (now === null || done === null) return;
  const fault = faultOn(done, serial, what);
  if (fault === null) return;
  const scenario = { ...now.scenario, faults: withFault(now.scenario.faults, fault) };
  const arrival = done.records.find((one) => one.serial === serial);
  const until = arrival === undefined ? done.records.at(-1) : { step: arrival.step - 1, atMs: arrival.atMs };
  if (until !== undefined) change(changedAfter(now, until, { scenario }), step.peek());
}

/** Makes a pending event the next one to happen, now. */
export function letHappen({ serial }: PendingView): void {
  const [now, found, at] = [experiment.peek(), options.peek(), record.peek()];
  if (now === null || found === null || at === null) return;
  change(changedAfter(now, at, { moved: { serial, dueMs: at.atMs, order: found.nextOrder } }), at.step + 1);
}

/** Between which dates the selected step could have happened; null where it has no choice, or not known yet. */
export const freedom = computed(() => {
  const found = options.value?.freedom ?? null;
  const isShown = found?.serial === record.value?.serial && found?.atMs === record.value?.atMs;
  return found !== null && isShown && found.earliestMs < found.latestMs ? found : null;
});

/** The date to which the selected step is being dragged. */
export const draggedMs = signal<number | null>(null);

/** Lets the selected step happen at the date to which it was dragged. */
export function drop(): void {
  const [now, done, free, dueMs] = [experiment.peek(), trace.peek(), freedom.peek(), draggedMs.peek()];
  draggedMs.value = null;
  if (now === null || done === null || free === null || dueMs === null || dueMs === free.atMs) return;
  change(movedTo(now, done, free, dueMs).changed, { serial: free.serial });
}

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
  ask('options', shown, at).then((found) => {
    if (experiment.peek() === shown && marked.peek()?.step === at) marked.value = { step: at, options: found };
  });
}

/** The step after another one, of those that have a row. */
export const nextStep = (at: number): number | undefined => shownSteps.value[lastUpTo(shownSteps.value, at) + 1];

/** Moves the selection among the steps that have a row. */
export function move(by: 1 | -1): void {
  const all = shownSteps.value;
  const here = step.value;
  const next = by === 1 ? nextStep(here) : all[lastUpTo(all, here - 1)];
  if (next !== undefined) step.value = next;
}

/** Moves the selection to the nearest step of the same party. */
export function moveInLane(by: 1 | -1): void {
  const [records, here] = [trace.value?.records ?? [], step.value];
  const own = shownSteps.value.filter((one) => records[one]?.targetRef === record.value?.targetRef);
  const next = by === 1 ? own[lastUpTo(own, here) + 1] : own[lastUpTo(own, here - 1)];
  if (next !== undefined) step.value = next;
}

export function toStart(): void {
  step.value = shownSteps.value[0] ?? 0;
}

export function toEnd(): void {
  step.value = shownSteps.value.at(-1) ?? 0;
}

/** Selects the next violation after the selected step, or the first one. */
export function toViolation(): void {
  const sorted = violations.value.map((one) => one.step).sort((one, other) => one - other);
  const next = sorted.find((one) => one > step.value) ?? sorted[0];
  if (next !== undefined) step.value = next;
}

/** Selects the nearest step at which something happens to a call. */
export function toCall(by: 1 | -1): void {
  const records = trace.value?.records ?? [];
  const begins = records.filter(({ event }) => event.type === 'call.dial').map((one) => one.step);
  const next = by === 1 ? begins.find((one) => one > step.value) : begins.findLast((one) => one < step.value);
  if (next !== undefined) step.value = next;
}

/** Selects the last step at or before a date. */
export function toDate(atMs: number): void {
  const all = trace.value?.records ?? [];
  const found = shownSteps.value.findLast((one) => (all[one]?.atMs ?? 0) <= atMs);
  step.value = found ?? shownSteps.value[0] ?? 0;
}
