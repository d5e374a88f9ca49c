import { computed } from '@preact/signals';
import { everyMode, type ModeName } from '../../machines/modeVariants.ts';
import type { Fault, Scenario } from '../../sim/scenario/scenario.ts';
import { changedAfter, type Experiment, isSameExperiment, movedTo, seededExperiment } from '../model/experiment.ts';
import { faultOn, isSameMessage, withFault } from '../model/fault.ts';
import type { PendingView } from '../model/requests.ts';
import {
  draggedMs,
  earlier,
  experiment,
  isRunning,
  options,
  record,
  type Selection,
  show,
  step,
  tell,
  trace,
} from './store.ts';

/**
 * Goes on with another experiment, from which `undo` leads back; `at` is the step to look at then. One that is the same
 * is no change, and the answer is false.
 */
export function change(next: Experiment, at: Selection): boolean {
  const now = experiment.peek();
  if (now !== null && isSameExperiment(now, next)) return false;
  if (now !== null) earlier.value = [...earlier.value, { experiment: now, step: step.peek() }];
  show(next, at);
  return true;
}

/** Goes back to the experiment before the last change, and to the step that was selected there. */
export function undo(): void {
  const last = earlier.value.at(-1);
  if (last === undefined) return;
  earlier.value = earlier.value.slice(0, -1);
  show(last.experiment, last.step);
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

/** The run that is shown with its experiment, to be changed; null while another one is being worked out. */
function changeable() {
  const [now, done] = [experiment.peek(), trace.peek()];
  return now === null || done === null || isRunning.peek() ? null : { now, done };
}

/** The fault on the message of the selected step; null where there is none. */
export const selectedFault = computed<Fault | null>(() => {
  const [done, shown] = [trace.value, record.value];
  if (done === null || shown?.kind !== 'message' || done.scenario.faults.length === 0) return null;
  const own = faultOn(done, shown.serial, { do: 'lose' });
  return done.scenario.faults.find((one) => own !== null && isSameMessage(one, own)) ?? null;
});

/** The experiment with other faults from a message on. Of a plan, what comes before its arrival remains. */
function refault(serial: number, next: (faults: readonly Fault[]) => readonly Fault[]): boolean {
  const found = changeable();
  if (found === null) return true;
  const { now, done } = found;
  const arrival = done.records.find((one) => one.kind !== 'start' && one.serial === serial);
  const until = arrival === undefined ? done.records.at(-1) : { step: arrival.step - 1, atMs: arrival.atMs };
  if (until === undefined) return true;
  const scenario = { ...now.scenario, faults: next(now.scenario.faults) };
  return change(changedAfter(now, until, { scenario }), { serial });
}

/** Injects a fault: it applies to the message with that serial, which stays selected wherever it goes. */
export function injectFault(serial: number, what: Parameters<typeof faultOn>[2]): void {
  const found = changeable();
  const fault = found && faultOn(found.done, serial, what);
  if (fault === null) return;
  if (!refault(serial, (faults) => withFault(faults, fault))) tell('This message has that fault already.');
}

/** Takes back whatever fault the message with that serial has. */
export function takeFaultBack(serial: number, fault: Fault): void {
  refault(serial, (faults) => faults.filter((one) => !isSameMessage(one, fault)));
}

/** Makes a pending event the next one to happen, now. */
export function letHappen({ serial }: PendingView): void {
  const [found, next, at] = [changeable(), options.peek(), record.peek()];
  if (found === null || next === null || at === null) return;
  change(changedAfter(found.now, at, { moved: { serial, dueMs: at.atMs, order: next.nextOrder } }), at.step + 1);
}

/** Between which dates the selected step could have happened; null where it has no choice, or not known yet. */
export const freedom = computed(() => {
  const found = options.value?.freedom ?? null;
  const isShown = found?.serial === record.value?.serial && found?.atMs === record.value?.atMs;
  return found !== null && isShown && found.earliestMs < found.latestMs ? found : null;
});

/** Lets the selected step happen at the date to which it was dragged. */
export function drop(): void {
  const [found, free, dueMs] = [changeable(), freedom.peek(), draggedMs.peek()];
  draggedMs.value = null;
  if (found === null || free === null || dueMs === null || dueMs === free.atMs) return;
  change(movedTo(found.now, found.done, free, dueMs).changed, { serial: free.serial });
}
