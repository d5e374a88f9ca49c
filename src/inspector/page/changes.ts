import { computed, signal } from '@preact/signals';
import type { Role } from '../../machines/messages.ts';
import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Window } from '../../sim/data/window.ts';
import type { Fault, LinkName } from '../../sim/scenario/scenario.ts';
import type { Alteration } from '../model/alteration.ts';
import { altered } from '../model/altered.ts';
import { logWith } from '../model/changeLog.ts';
import { nameOfPending, nameOfStep } from '../model/eventName.ts';
import { type ChangeLog, type Experiment, isSameExperiment } from '../model/experiment.ts';
import { faultOn, isSameMessage } from '../model/fault.ts';
import type { PendingView } from '../model/options.ts';
import { headline, pendingText } from './run/words.ts';
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

/** Goes on with another experiment, from which `undo` leads back; `at` is the step to look at then. */
export function change(next: Experiment, at: Selection): void {
  const now = experiment.peek();
  if (now !== null) earlier.value = [...earlier.value, { experiment: now, step: step.peek() }];
  show(next, at);
}

/** The list of changes as the reader has just made it, while it is being worked out what comes of it. */
export const wantedLog = signal<ChangeLog | null>(null);

/** Goes back to the experiment before the last change, and to the step that was selected there. */
export function undo(): void {
  if (wantedLog.peek() !== null) {
    // The last change is the one that is under way: nothing comes of it, and it leads back to what is still shown.
    wantedLog.value = null;
    return;
  }
  const last = earlier.value.at(-1);
  if (last === undefined) return;
  earlier.value = earlier.value.slice(0, -1);
  show(last.experiment, last.step);
}

/** The run that is shown, whose options are known of the selected step. */
function ran() {
  const done = trace.peek();
  if (done === null) throw new Error('a run that there is not cannot be changed');
  return { trace: done, optionsAfter: () => options.peek() };
}

/** Adds a change to those of the experiment. One with which it stays the same is none, and the answer is false. */
function alter(alteration: Alteration, at: Selection): boolean {
  const now = experiment.peek();
  if (now === null) return true;
  const next = altered(now, alteration, ran);
  if (next === null || isSameExperiment(now, next)) return false;
  change({ ...next, log: logWith(now, alteration) }, at);
  return true;
}

export const changeMode = (mode: ModeName): boolean => alter({ do: 'mode', mode }, null);

export const changeServer = (server: ServerProfile): boolean => alter({ do: 'server', server }, null);

export const changeSeed = (seed: number): boolean => alter({ do: 'seed', seed }, null);

export const changeLatency = (link: LinkName, takesMs: Window): boolean =>
  alter({ do: 'latency', link, takesMs }, null);

export const changeTimer = (party: Role, timer: string, takesMs: Window): boolean =>
  alter({ do: 'timer', party, timer, takesMs }, null);

/** The run that is shown, to be changed; null while another one is being worked out. */
const changeable = () => (isRunning.peek() ? null : trace.peek());

/** The fault on the message of the selected step; null where there is none. */
export const selectedFault = computed<Fault | null>(() => {
  const [done, shown] = [trace.value, record.value];
  if (done === null || shown?.kind !== 'message' || done.scenario.faults.length === 0) return null;
  const own = faultOn(done, shown.serial, { do: 'lose' });
  return done.scenario.faults.find((one) => own !== null && isSameMessage(one, own)) ?? null;
});

/** Injects a fault: it applies to the message with that serial, which stays selected wherever it goes. */
export function injectFault(serial: number, what: Parameters<typeof faultOn>[2]): void {
  const done = changeable();
  const fault = done && faultOn(done, serial, what);
  if (fault === null) return;
  if (!alter({ do: 'fault', fault }, { serial })) tell('This message has that fault already.');
}

/** Takes a fault back. `at` is the step to look at then. */
export function takeFaultBack(fault: Fault, at: Selection): void {
  if (changeable() !== null) alter({ do: 'takeBack', fault }, at);
}

/** Makes a pending event the next one to happen, now. */
export function letHappen(pending: PendingView): void {
  const [done, next, at] = [changeable(), options.peek(), record.peek()];
  const event = next && nameOfPending(next.pending, pending.serial);
  if (done === null || event === null || at === null) return;
  const words = `${pendingText(pending)}, right after ${headline(at)}`;
  alter({ do: 'branch', event, after: nameOfStep(done, at), words }, at.step + 1);
}

/** Between which dates the selected step could have happened; null where it has no choice, or not known yet. */
export const freedom = computed(() => {
  const found = options.value?.freedom ?? null;
  const isShown = found?.serial === record.value?.serial && found?.atMs === record.value?.atMs;
  return found !== null && isShown && found.earliestMs < found.latestMs ? found : null;
});

/** Lets the selected step happen at the date to which it was dragged. */
export function drop(): void {
  const [done, free, dueMs, at] = [changeable(), freedom.peek(), draggedMs.peek(), record.peek()];
  draggedMs.value = null;
  if (done === null || free === null || dueMs === null || at === null || dueMs === free.atMs) return;
  alter({ do: 'move', event: nameOfStep(done, at), dueMs, words: headline(at) }, { serial: free.serial });
}
