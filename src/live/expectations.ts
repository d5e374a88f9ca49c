import { partyNames, type Role } from '../machines/messages.ts';
import { canonical } from '../sim/data/canonical.ts';
import { withoutConnection } from '../sim/sipWorld/transport.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import type { Pending } from '../sim/world/pending.ts';
import type { Incoming } from './carried.ts';
import type { Told } from './divergence.ts';

const sipServer = partyNames.indexOf('sipServer');

const notificationService = partyNames.indexOf('notificationService');

/** A push service is asked over HTTP, each time anew: that the server's connection to it has ended is nothing there. */
const isOfPushConnection = ({ party, event }: Pending): boolean =>
  party === notificationService && (eventTable.of(event) as Told).type === 'connection.closed';

/** Whether a pending event is a message that the SIP server owes somebody, and that the wire has to bring. */
export const isOwed = (pending: Pending): boolean => {
  const { kind, from, isCopy } = pending;
  return kind === 'message' && from === sipServer && !isCopy && !isOfPushConnection(pending);
};

/** What must be equal for two messages to be the same, and what may differ although they are. */
function identity(message: Told): string {
  if (message.type === 'REGISTER.200') {
    const { contacts, ...rest } = message;
    // Which contacts a 200 lists differs from server to server (RFC 3261 10.3 step 8 notwithstanding); the own one counts.
    return canonical({ ...rest, isBound: contacts.includes(message.contact) } as never);
  }
  // The model tells the reason only where another device of the user hears it.
  if (message.type === 'CANCEL') return canonical({ type: message.type, call: message.call, contact: message.contact });
  return canonical(message as never);
}

/** The same, apart from what servers word differently: codes, reasons, who exactly rings. */
function kindOf(message: Told): string {
  if (message.type === 'INVITE.failed' || message.type === 'outgoing.failed')
    return canonical({ ...message, code: 0 } as never);
  if (message.type === 'INVITE.180') return canonical({ ...message, contact: '' } as never);
  return message.type === 'REGISTER.refused' ? canonical({ ...message, code: 0 } as never) : identity(message);
}

/**
 * The same as if the server itself had answered a BYE. In the model it confirms the copies of a BYE so; on the wire it sends
 * the answer of the dialog once more (RFC 3261 17.2.2), and the To tag says whose that is.
 */
export const asConfirmedByServer = (message: Told): Told =>
  message.type === 'BYE.200' ? { ...message, contact: 'addressOfRecord' } : message;

/** An expected message that fits what came, and whether it says something else. */
export interface Fit {
  readonly pending: Pending;
  readonly message: Told;
  readonly isDifferent: boolean;
}

/** The message that the model expects and that the wire has brought: the one expected first, an equal one if there is one. */
export function fitting(owed: readonly Pending[], { to, message }: Incoming): Fit | null {
  const party = partyNames.indexOf(to as Role);
  const candidates = owed
    .filter((one) => one.party === party)
    .sort((one, other) => one.serial - other.serial)
    .map((pending) => ({ pending, message: withoutConnection(eventTable.of(pending.event)) as Told }));
  const equal = candidates.find((one) => identity(one.message) === identity(message));
  const repeated = identity(asConfirmedByServer(message));
  const same = equal ?? candidates.find((one) => identity(one.message) === repeated);
  if (same) return { ...same, isDifferent: false };
  const alike = candidates.find((one) => kindOf(one.message) === kindOf(message));
  return alike ? { ...alike, isDifferent: true } : null;
}
