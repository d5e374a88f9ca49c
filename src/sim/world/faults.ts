import { partyNames } from '../../machines/messages.ts';
import type { Fault } from '../scenario/scenario.ts';
import type { WorldDefinition } from './definition.ts';
import { eventTable } from './eventTable.ts';
import type { Pending } from './world.ts';

/**
 * The fault of the scenario that is due for a message that is sent now. `occurrences` counts, for each fault, the
 * messages that it matches; it is changed in place.
 */
export function dueFault(
  { scenario: { faults }, links }: WorldDefinition,
  occurrences: number[],
  pending: Pending,
): Fault | undefined {
  if (faults.length === 0 || pending.kind !== 'message' || pending.isCopy) return undefined;
  const isLossy = links[pending.link]?.lossy ?? false;
  // Every fault counts every message that it matches, also one to which another fault applies.
  const due = faults.filter((fault, index) => {
    if (!matches(fault, pending) || (fault.do !== 'delay' && !isLossy)) return false;
    const occurrence = (occurrences[index] ?? 0) + 1;
    occurrences[index] = occurrence;
    return occurrence === fault.occurrence;
  });
  return due[0];
}

/** The names under which a fault can speak of a message: its type, and `un-REGISTER` for a REGISTER that removes. */
export function faultNameOf(event: number): string {
  const message = eventTable.of(event);
  if (!('expires' in message)) return message.type;
  return message.expires === 'zero' ? message.type.replace('REGISTER', 'un-REGISTER') : message.type;
}

/** Whether a fault counts a message. */
export const matches = (fault: Fault, { event, from, party }: Pending): boolean =>
  fault.message === faultNameOf(event) &&
  (fault.from === undefined || fault.from === partyNames[from]) &&
  (fault.to === undefined || fault.to === partyNames[party]);
