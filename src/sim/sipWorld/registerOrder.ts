import type { MachineEvent } from '../../machines/messages.ts';
import { eventTable } from '../system/eventTable.ts';
import { sipEvent } from './events.ts';

/**
 * Whether the arrival of a message outdates what its sender sent before: a REGISTER does, unless its own CSeq is too low.
 * So it matters when it was sent, and its arrival is never without effect.
 */
export function outdates(event: number): boolean {
  const message = sipEvent(event);
  return message.type === 'REGISTER' && !message.stale;
}

/**
 * RFC 3261 10.3 step 7: what becomes of an older message to the SIP server when one of the same sender arrives. Once a
 * REGISTER has arrived, an older one has a CSeq that is too low; an equal one is a retransmission and does no harm.
 */
export function outdatedBy(arrived: number, older: number): number {
  if (!outdates(arrived) || older === arrived) return older;
  const message = sipEvent(older);
  return message.type === 'REGISTER' ? eventTable.idOf({ ...message, stale: true } as MachineEvent) : older;
}
