import { computed, effect, signal } from '@preact/signals';
import type { ChangeLog, Listed } from '../../model/experiment.ts';
import type { Idle } from '../../model/relisted.ts';
import { ask } from '../ask.ts';
import { change, wantedLog } from '../changes.ts';
import { experiment, keepOf, step, tell } from '../store.ts';

/** The list of the experiment that is shown; null where nothing was changed. */
export const log = computed(() => wantedLog.value ?? experiment.value?.log ?? null);

/** What was found out about the changes of a list. */
const found = signal<{ readonly of: ChangeLog; readonly idle: readonly (Idle | null)[] } | null>(null);

/** Of each change why it has no effect; null where it has one, or is not known yet. */
export const idle = computed<readonly (Idle | null)[]>(() =>
  found.value?.of === log.value ? (found.value?.idle ?? []) : [],
);

/** Finds out which changes have an effect, whenever the list is another one. */
export const keepChangeLog = (): (() => void) =>
  effect(() => {
    const own = experiment.value?.log;
    wantedLog.value = null;
    if (own === undefined || found.peek()?.of === own) return;
    keepOf(ask('relisted', own), (outcome) => {
      found.value = { of: own, idle: outcome.idle };
    });
  });

/** Goes on with another list of changes: each is made again in the run that those before it lead to. */
async function relist(changes: readonly Listed[]): Promise<void> {
  const [shown, now] = [experiment.peek(), log.peek()];
  if (shown === null || now === null) return;
  const next = { base: now.base, changes };
  wantedLog.value = next;
  try {
    const { experiment: changed, idle: why } = await ask('relisted', next);
    if (wantedLog.peek() !== next || experiment.peek() !== shown) return;
    found.value = { of: next, idle: why };
    change(changes.length === 0 ? changed : { ...changed, log: next }, step.peek());
  } catch (error) {
    if (wantedLog.peek() !== next) return;
    wantedLog.value = null;
    tell(`The changes cannot be made: ${(error as Error).message}`);
  }
}

const changesNow = (): readonly Listed[] => log.peek()?.changes ?? [];

export function toggle(index: number): void {
  void relist(
    changesNow().map(({ what, isOff }, at) =>
      at === index ? { what, ...(!isOff && { isOff: true as const }) } : { what, ...(isOff && { isOff }) },
    ),
  );
}

export const remove = (index: number): Promise<void> => relist(changesNow().filter((_, at) => at !== index));

export const removeAll = (): Promise<void> => relist([]);

/** Moves a change before the one before it, or after the one after it. */
export function reorder(index: number, by: 1 | -1): void {
  const changes = [...changesNow()];
  const [one, other] = [changes[index], changes[index + by]];
  if (one === undefined || other === undefined) return;
  [changes[index], changes[index + by]] = [other, one];
  void relist(changes);
}
