import { expect, test } from 'vitest';
import { RegisterLeg } from '../../src/live/registerLeg.ts';
import type { SipSocket, SocketName } from '../../src/live/sipSocket.ts';
import { type CallId, type Contact, contacts, type RegisterRequest } from '../../src/machines/messages.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';

const socket = (name: SocketName): SipSocket => ({
  name,
  transport: 'udp',
  host: '127.0.0.1',
  port: 5070,
  send: async () => undefined,
  drop: () => undefined,
});
const sockets = Object.fromEntries(contacts.map((contact) => [contact, socket(contact)])) as Record<Contact, SipSocket>;

/** The Call-ID and the CSeq of a request as it is written. */
function written(leg: RegisterLeg, process: CallId, number: number) {
  const request = {
    ...{ type: 'REGISTER', contact: 'app@wifi', expires: 'asked', authorization: false, stale: false },
    sequence: { process, number },
  } as RegisterRequest;
  const text = Buffer.from(leg.request(request, sockets['app@wifi'])).toString();
  return { callId: /^Call-ID: (.*)\r$/m.exec(text)?.[1], cseq: /^CSeq: (\d+) /m.exec(text)?.[1] };
}

test('a client that keeps its Call-ID over a restart begins with CSeq 1 under it', () => {
  const account = { user: 'alice', domain: '127.0.0.1', password: null };
  const leg = new RegisterLeg({ account, sockets, askedExpires: 600, instance: 'x', identifiers: randomIdentifiers });
  const before = [written(leg, 0, 1), written(leg, 0, 2)];
  const after = [written(leg, 1, 1), written(leg, 1, 2)];
  expect([...before, ...after].map(({ cseq }) => cseq)).toEqual(['1', '2', '1', '2']);
  expect(new Set([...before, ...after].map(({ callId }) => callId)).size).toBe(1);
});
