import type { AnyFault } from '../system/settings.ts';
import type { WorldDefinition } from './definition.ts';
import type { Pending } from './pending.ts';

/**
 * The fault of the scenario that is due for a message that is sent now. `occurrences` counts, for each fault, the
 * messages that it matches; it is changed in place.
 */
export function dueFault(definition: WorldDefinition, occurrences: number[], pending: Pending): AnyFault | undefined {
  const { links } = definition;
  const { faults } = definition.scenario;
  if (faults.length === 0 || pending.kind !== 'message' || pending.isCopy) return undefined;
  const isLossy = links[pending.link]?.lossy ?? false;
  // Every fault counts every message that it matches, also one to which another fault applies.
  const due = faults.filter((fault, index) => {
    if (!matches(definition, fault, pending) || (fault.do !== 'delay' && !isLossy)) return false;
    const occurrence = (occurrences[index] ?? 0) + 1;
    occurrences[index] = occurrence;
    return occurrence === fault.occurrence;
  });
  return due[0];
}

/** Whether a fault counts a message. */
export const matches = (
  { parties, links, rules }: WorldDefinition,
  fault: AnyFault,
  { kind, event, from, party, link }: Pending,
): boolean =>
  kind === 'message' &&
  fault.message === rules.faultNameOf(event) &&
  (fault.from === undefined || fault.from === parties[from]?.party) &&
  (fault.to === undefined || fault.to === parties[party]?.party) &&
  (fault.link === undefined || fault.link === links[link]?.name);
