import type { Message, RegisterRequest } from '../machines/messages.ts';
import type { Clock } from './clock.ts';
import type { Session } from './session.ts';
import type { Wire } from './wire.ts';

/** T1 of RFC 3261 17.1.2.2, and how often it is tried. */
const retryMs = 500;
const attempts = 6;

/** Waits for the answer to one un-REGISTER; null where none comes. */
function answered(session: Session, wire: Wire, clock: Clock, request: RegisterRequest): Promise<Message | null> {
  return new Promise((resolve) => {
    const cancel = clock.after(retryMs, () => resolve(null));
    session.listen((at, message) => {
      const incoming = wire.incoming(at, message)?.message;
      const isAnswer = incoming?.type.startsWith('REGISTER.') && 'expires' in incoming;
      if (!isAnswer || incoming.expires !== 'zero' || incoming.contact !== request.contact) return false;
      cancel();
      resolve(incoming);
      return true;
    });
    const datagram = wire.outgoing('app', request, 'wifi');
    if (datagram?.bytes != null) void datagram.through.send(datagram.bytes);
  });
}

/**
 * Removes every binding that a run may have left behind. Returns the contacts of which the server did not confirm that they
 * are gone; they die with their lifetime.
 */
export async function removeBindings(session: Session, wire: Wire, clock: Clock): Promise<string[]> {
  const left: string[] = [];
  for (const farewell of wire.farewells()) {
    let request = farewell;
    let isGone = false;
    for (let attempt = 0; attempt < attempts && !isGone; attempt++) {
      const answer = await answered(session, wire, clock, request);
      isGone = answer?.type === 'REGISTER.200';
      if (answer?.type === 'REGISTER.401') request = { ...request, authorization: true };
    }
    if (!isGone) left.push(request.contact);
  }
  return left;
}
