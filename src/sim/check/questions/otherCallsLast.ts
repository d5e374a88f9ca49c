import type { Call } from '../../../machines/messages.ts';
import { sipEvent } from '../../sipWorld/events.ts';
import { eventTable } from '../../system/eventTable.ts';
import type { NarrowedDelay } from '../../trace/raceWindow.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { Counterexample } from '../explain/counterexample.ts';

/**
 * The same world with all other calls dialled at the latest date: far fewer orders of events, each of them one of the
 * whole world. Null where that leaves the world as it is.
 */
export function otherCallsLast(definition: WorldDefinition, call: Call): WorldDefinition | null {
  let isOther = false;
  const steps = definition.steps.map((step) => {
    const [earliestMs, latestMs] = step.afterMs;
    const event = step.event < 0 ? null : sipEvent(step.event);
    if (event?.type !== 'call.dial' || event.call === call || earliestMs === latestMs) return step;
    isOther = true;
    return { ...step, afterMs: [latestMs, latestMs] as const };
  });
  return isOther ? { ...definition, steps } : null;
}

/** The counterexample of a smaller world as one of the whole world: its race window names the dates that were fixed. */
export function inWholeWorld(
  counterexample: Counterexample,
  narrow: WorldDefinition,
  whole: WorldDefinition,
): Counterexample {
  const held = counterexample.trace.records.flatMap(({ kind, serial, event }): NarrowedDelay[] => {
    if (kind !== 'step' || event.type !== 'call.dial') return [];
    const index = whole.steps.findIndex((step) => step.event === eventTable.idOf(event));
    const [violatingMs, allowedMs] = [narrow.steps[index]?.afterMs, whole.steps[index]?.afterMs];
    return violatingMs && allowedMs && violatingMs[0] !== allowedMs[0] ? [{ serial, allowedMs, violatingMs }] : [];
  });
  const { delays, ...rest } = counterexample.window;
  const window = { ...rest, delays: [...delays, ...held] };
  return { ...counterexample, kind: 'any', window, trace: { ...counterexample.trace, raceWindow: window } };
}
