import type { Message, RegisterRequest } from '../machines/messages.ts';
import type { Clock } from './clock.ts';
import type { Session } from './session.ts';
import type { Wire } from './wire.ts';

/** T1 of RFC 3261 17.1.2.2, and how often it is tried. */
const retryMs = 500;
const attempts = 6;

/** Waits for the answer to one REGISTER; null where none comes. */
function answered(session: Session, wire: Wire, clock: Clock, request: RegisterRequest): Promise<Message | null> {
  return new Promise((resolve) => {
    const cancel = clock.after(retryMs, () => resolve(null));
    session.listen((at, message) => {
      const incoming = wire.incoming(at, message)?.message;
      const isAnswer = incoming?.type.startsWith('REGISTER.') && 'expires' in incoming;
      if (!isAnswer || incoming.expires !== request.expires || incoming.contact !== request.contact) return false;
      cancel();
      resolve(incoming);
      return true;
    });
    const datagram = wire.outgoing('app', request, 'wifi');
    if (datagram?.bytes != null) void datagram.through.send(datagram.bytes);
  });
}

/** Sends a REGISTER until it is taken; false where it is refused, or never answered. */
async function isTaken(session: Session, wire: Wire, clock: Clock, wanted: RegisterRequest): Promise<boolean> {
  let request = wanted;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await answered(session, wire, clock, request);
    if (answer?.type === 'REGISTER.200') return true;
    if (answer?.type === 'REGISTER.401') request = { ...request, authorization: true };
  }
  return false;
}

/** Registers the user's other device, which is there before the scenario begins. False where the server does not take it. */
export const registerOtherDevice = (session: Session, wire: Wire, clock: Clock): Promise<boolean> =>
  isTaken(session, wire, clock, {
    ...{ type: 'REGISTER', contact: 'otherDevice', expires: 'asked', authorization: false, stale: false },
  });

/**
 * Removes every binding that a run may have left behind. Returns the contacts of which the server did not confirm that they
 * are gone; they die with their lifetime.
 */
export async function removeBindings(session: Session, wire: Wire, clock: Clock): Promise<string[]> {
  const left: string[] = [];
  for (const farewell of wire.farewells()) {
    if (!(await isTaken(session, wire, clock, farewell))) left.push(farewell.contact);
  }
  return left;
}
