import type { RegisterRequest, RegisterResponse } from '../machines/messages.ts';
import type { SipMessage } from '../sip/message/message.ts';
import type { Clock } from './clock.ts';
import type { Told } from './divergence.ts';
import type { Session } from './session.ts';
import type { SocketName } from './sipSocket.ts';
import type { Wire } from './wire.ts';

/** T1 of RFC 3261 17.1.2.2, and how often it is tried. */
const retryMs = 500;
const attempts = 6;

/** Who registers outside a run: puts a REGISTER on the wire, and says what a message means to it. */
export interface Registering {
  readonly ask: (request: RegisterRequest) => void;
  readonly answer: (at: SocketName, message: SipMessage) => Told | null;
}

/** Whoever registers in the run itself. */
const ofRun = (wire: Wire): Registering => ({
  ask: (request) => {
    const datagram = wire.outgoing('app', request, 'wifi');
    if (datagram?.bytes != null) void datagram.through.send(datagram.bytes);
  },
  answer: (at, message) => wire.incoming(at, message)?.message ?? null,
});

/** Waits for the answer to one REGISTER; null where none comes. */
function answered(session: Session, agent: Registering, clock: Clock, request: RegisterRequest): Promise<Told | null> {
  return new Promise((resolve) => {
    const cancel = clock.after(retryMs, () => resolve(null));
    session.listen((at, message) => {
      const incoming = agent.answer(at, message);
      const isAnswer = incoming?.type.startsWith('REGISTER.') && 'expires' in incoming;
      if (!isAnswer || incoming.expires !== request.expires || incoming.contact !== request.contact) return false;
      cancel();
      resolve(incoming);
      return true;
    });
    agent.ask(request);
  });
}

/** A 200 lists who is registered now (RFC 3261 10.3 step 8): what was to go and stands in it is still there. */
const isStillBound = ({ expires, contact, contacts }: Extract<RegisterResponse, { type: 'REGISTER.200' }>): boolean =>
  expires === 'zero' && contacts.includes(contact);

/** Sends a REGISTER until it is taken; false where it is refused, never answered, or does nothing. */
export async function isTaken(
  session: Session,
  agent: Registering,
  clock: Clock,
  wanted: RegisterRequest,
): Promise<boolean> {
  let request = wanted;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await answered(session, agent, clock, request);
    if (answer?.type === 'REGISTER.200' && !isStillBound(answer)) return true;
    if (answer?.type === 'REGISTER.401') request = { ...request, authorization: true };
  }
  return false;
}

/** Registers the user's other device, which is there before the scenario begins. False where the server does not take it. */
export const registerOtherDevice = (session: Session, wire: Wire, clock: Clock): Promise<boolean> =>
  isTaken(session, ofRun(wire), clock, {
    ...{ type: 'REGISTER', contact: 'otherDevice', expires: 'asked', authorization: false, stale: false },
  });

/**
 * Removes every binding that a run may have left behind. Returns the contacts of which the server did not confirm that they
 * are gone; they die with their lifetime.
 */
export async function removeBindings(session: Session, wire: Wire, clock: Clock): Promise<string[]> {
  const left: string[] = [];
  for (const farewell of wire.farewells()) {
    if (!(await isTaken(session, ofRun(wire), clock, farewell))) left.push(farewell.contact);
  }
  return left;
}
