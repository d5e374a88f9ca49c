import { computed, effect, signal } from '@preact/signals';
import { everyMode, type ModeName } from '../../../machines/modeVariants.ts';
import { registrationModeNames } from '../../../machines/registrationModes.ts';
import { ladderModel } from '../../../sim/report/ladderModel.ts';
import type { TraceBody } from '../../../sim/trace/trace.ts';
import { alignRuns } from '../../model/alignedRuns.ts';
import { anewWith, type Experiment, seededExperiment } from '../../model/experiment.ts';
import type { Glance } from '../../model/glance.ts';
import { ask } from '../ask.ts';
import { isSystem } from '../parties.ts';
import { textOf } from '../rows.ts';
import { earlier, experiment, isRunning, keepOf, showsAll, tell, trace } from '../store.ts';
import { pane } from '../view.ts';

/** With what the run that is shown is compared: its prediction, the run before the last change, that of our machines, or another mode; null with nothing. */
export type Beside = 'predicted' | 'before' | 'bundled' | ModeName;

export const beside = signal<Beside | null>(null);

/** What was predicted for the live run that is shown, and for which; null for any other run. */
const prediction = signal<{ readonly of: Experiment; readonly trace: TraceBody; readonly glance: Glance } | null>(null);

const predicted = computed(() => (prediction.value?.of === experiment.value ? prediction.value : null));

/** What the run that is shown can be compared with. */
export const everyBeside = computed<readonly Beside[]>(() => [
  ...(predicted.value === null ? [] : (['predicted'] as const)),
  ...(earlier.value.length > 0 ? (['before'] as const) : []),
  ...(experiment.value?.module === undefined || isSystem.value ? [] : (['bundled'] as const)),
  ...(isSystem.value ? [] : registrationModeNames).filter((name) => name !== experiment.value?.scenario.mode.name),
]);

export const besideTitle = (one: Beside): string =>
  ({ before: 'before the last change', predicted: 'as predicted', bundled: 'by the bundled machines' })[
    one as string
  ] ?? everyMode[one as ModeName].title;

/** The other run. */
const otherRun = signal<TraceBody | null>(null);
/** The other run from afar. */
export const otherGlance = signal<Glance | null>(null);

function otherExperiment(one: Exclude<Beside, 'predicted'>, shown: Experiment): Experiment | null {
  if (one === 'before') return earlier.value.at(-1)?.experiment ?? null;
  const { scenario, seed } = shown;
  // What was planned or moved speaks of events of the machines that did it.
  if (one === 'bundled') return seededExperiment(scenario, seed);
  return anewWith(shown, { ...scenario, mode: everyMode[one] }, seed);
}

/** Runs whatever the shown run is compared with. */
export function keepBeside(): void {
  effect(() => {
    const [one, shown] = [beside.value, experiment.value];
    if (one === 'predicted') {
      otherRun.value = predicted.value?.trace ?? null;
      otherGlance.value = predicted.value?.glance ?? null;
      return;
    }
    const other = one && shown && otherExperiment(one, shown);
    otherRun.value = null;
    otherGlance.value = null;
    if (other === null) return;
    ask('run', other).then(
      ({ trace: found, glance }) => {
        if (beside.peek() !== one || experiment.peek() !== shown) return;
        otherGlance.value = glance;
        otherRun.value = found;
      },
      ({ message }: Error) => tell(`The other run cannot be shown: ${message}`),
    );
  });
  effect(() => {
    const shown = experiment.value;
    if (beside.peek() === 'predicted') beside.value = null;
    // Only what came with its dates can be a live run; who opens one wants to see in what the model was wrong.
    if (shown === null || shown.plan === null) return;
    keepOf(ask('prediction', shown), (found) => {
      if (found === null || experiment.peek() !== shown) return;
      prediction.value = { of: shown, ...found };
      if (earlier.peek().length === 0 && beside.peek() === null) beside.value = 'predicted';
    });
  });
}

/** Goes on to the next run to compare with, and after the last one to none; where another pane hides it, it is shown first. */
export function nextBeside(): void {
  const isHidden = pane.peek() !== 'ladder';
  pane.value = 'ladder';
  if (isHidden && beside.peek() !== null) return;
  const all = everyBeside.value;
  beside.value = beside.value === null ? (all[0] ?? null) : (all[all.indexOf(beside.value) + 1] ?? null);
}

const rowsOf = (of: TraceBody) => ladderModel(of, { all: showsAll.value }).rows.filter((row) => textOf(row) !== '');

/** The rows of both runs, the other one first; null until both are known. */
export const aligned = computed(() =>
  otherRun.value === null || trace.value === null || isRunning.value
    ? null
    : alignRuns(rowsOf(otherRun.value), rowsOf(trace.value), textOf),
);
