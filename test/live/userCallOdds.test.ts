import { expect, test } from 'vitest';
import type { SipSocket, SocketName } from '../../src/live/sipSocket.ts';
import { UserCall } from '../../src/live/userCall.ts';
import { userCallIn } from '../../src/live/userCallStory.ts';
import { contacts } from '../../src/machines/messages.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { cseqOf, headerValue } from '../../src/sip/message/headers.ts';
import type { SipMessage, SipRequest } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';
import { runAgainst } from './virtualRun.ts';

const challenge = { name: 'Proxy-Authenticate', value: 'Digest realm="there", nonce="one", qop="auth"' };
const account = { user: 'alice', domain: 'example.com', password: 'secret' };

/** The call on the wire, beside a server that this test plays. */
class Played {
  readonly call: UserCall;
  /** What left without the machines: `socket` and start line. */
  readonly said: string[] = [];

  constructor() {
    const socket = (name: SocketName, index: number): SipSocket => ({
      ...{ name, transport: 'udp', host: '192.0.2.1', port: 5070 + index, drop: () => {} },
      send: async (bytes) => {
        this.said.push(`${name} ${Buffer.from(bytes).toString('latin1').split('\r\n', 1)[0]}`);
        return undefined;
      },
    });
    const entries = [...contacts, 'caller' as const, 'callee' as const].map((name, at) => [name, socket(name, at)]);
    const sockets = Object.fromEntries(entries) as Record<SocketName, SipSocket>;
    const callee = { ...account, user: 'bob' };
    this.call = new UserCall({ account, callee, sockets, identifiers: randomIdentifiers });
  }

  /** The request that a message of the app's becomes. */
  app(message: Parameters<UserCall['outgoing']>[1]): SipRequest {
    return this.#parsed(this.call.outgoing('app', message)?.bytes) as SipRequest;
  }

  invite(credentials = false): SipRequest {
    return this.app({ type: 'outgoing.INVITE', from: 'app@wifi', credentials });
  }

  /** What the app is told by an answer to a request. */
  answered(request: SipRequest, status: number, headers = [challenge]) {
    const response = responseTo(request, status, { toTag: 'there', headers: status === 407 ? headers : [] });
    return this.call.incoming('app@wifi', response)?.message ?? null;
  }

  /** What the phone is told by a request that the server passes on. */
  reaches(request: SipRequest, changed: Partial<SipRequest> = {}) {
    return this.call.incoming('callee', { ...request, ...changed })?.message ?? null;
  }

  phone(type: 'outgoing.180' | 'outgoing.200'): SipMessage | null {
    const sent = this.call.outgoing('caller', { type, from: 'app@wifi' });
    return sent && this.#parsed(sent.bytes);
  }

  #parsed(bytes: Uint8Array | null | undefined): SipMessage {
    const message = parseMessage(bytes ?? new Uint8Array());
    if (message.kind === 'malformed') throw new Error('nothing was sent');
    return message;
  }
}

const unexplained = (what: string) => ({ type: 'outgoing.unexplained', from: 'app@wifi', what });

test('RFC 3261 17.1.1.2: copies are one datagram; a challenge makes another request, and is acknowledged', () => {
  const played = new Played();
  const first = played.invite();
  expect(played.invite()).toEqual(first);
  expect(played.answered(first, 407)).toEqual({ type: 'outgoing.407', from: 'app@wifi' });
  expect(played.said).toEqual(['app@wifi ACK sip:bob@example.com SIP/2.0']);
  const second = played.invite(true);
  expect([cseqOf(first)?.number, cseqOf(second)?.number]).toEqual([1, 2]);
  expect(headerValue(second, 'Proxy-Authorization')).toContain('username="alice"');
});

test('22.3: credentials that are refused are not sent again: the call has failed', () => {
  const played = new Played();
  played.answered(played.invite(), 407);
  expect(played.answered(played.invite(true), 407)).toEqual({ type: 'outgoing.failed', from: 'app@wifi', code: 403 });
  const stale = { ...challenge, value: `${challenge.value}, stale=true` };
  const again = new Played();
  again.answered(again.invite(), 407);
  expect(again.answered(again.invite(true), 407, [stale])).toMatchObject({ type: 'outgoing.407' });
  // A server whose nonces are all stale is not asked for ever.
  expect(again.answered(again.invite(true), 407, [stale])).toMatchObject({ type: 'outgoing.failed' });
});

test('what the model has no word for keeps its name', () => {
  const played = new Played();
  const invite = played.invite();
  expect(played.answered(invite, 100)).toBe(null);
  expect(played.answered(invite, 183)).toEqual(unexplained('183 to INVITE'));
  expect(played.answered(invite, 486)).toEqual({ type: 'outgoing.failed', from: 'app@wifi', code: 486 });
  played.reaches(invite);
  expect(played.reaches({ ...invite, method: 'SHUTDOWN' })).toEqual(unexplained('another request'));
  expect(played.said.at(-1)).toMatch(/^callee SIP\/2.0 488 /);
});

test('9.2: a server that takes the INVITE back is answered, and the phone answers nothing more', () => {
  const played = new Played();
  const invite = played.invite();
  expect(played.reaches(invite)).toEqual({ type: 'outgoing.INVITE', from: 'app@wifi', credentials: false });
  expect(played.phone('outgoing.180')).toMatchObject({ kind: 'response', status: 180 });
  expect(played.reaches({ ...invite, method: 'CANCEL' })).toEqual(unexplained('CANCEL'));
  expect(played.said.map((one) => one.slice(0, 18))).toEqual(['callee SIP/2.0 200', 'callee SIP/2.0 487']);
  expect(played.phone('outgoing.200')).toBe(null);
  expect(played.reaches({ ...invite, method: 'ACK' })).toBe(null);
});

test('9.2: once it has been answered, a CANCEL takes nothing back', () => {
  const played = new Played();
  const invite = played.invite();
  played.reaches(invite);
  expect(played.phone('outgoing.200')).toMatchObject({ status: 200 });
  played.reaches({ ...invite, method: 'CANCEL' });
  expect(played.said.map((one) => one.slice(0, 18))).toEqual(['callee SIP/2.0 200']);
  expect(played.phone('outgoing.200')).toMatchObject({ status: 200 });
});

test('a B2BUA changes the Call-ID: who calls tells whose call it is, and nobody else gets through', () => {
  const renamed = (request: SipRequest, from: string) =>
    request.headers.map((one) =>
      one.name === 'Call-ID'
        ? { ...one, value: 'of the B2BUA' }
        : one.name === 'From'
          ? { ...one, value: `<sip:${from}@example.com>;tag=b` }
          : one,
    );
  const played = new Played();
  const invite = played.invite();
  expect(played.reaches(invite, { headers: renamed(invite, 'mallory') })).toBe(null);
  expect(played.reaches(invite, { headers: renamed(invite, 'alice') })).toMatchObject({ type: 'outgoing.INVITE' });
});

test('an answer of another phone than the first is no answer that the model knows', () => {
  const played = new Played();
  const invite = played.invite();
  expect(played.answered(invite, 200)).toEqual({ type: 'outgoing.200', from: 'app@wifi' });
  const other = responseTo(invite, 200, { toTag: 'elsewhere' });
  expect(played.call.incoming('app@wifi', other)?.message).toEqual(unexplained('200 to INVITE'));
});

const scenario = (until: string) =>
  scenarioIn(
    {
      ...{ name: 'calling', title: 'The user calls', until },
      steps: [
        { at: '100ms', do: 'open' },
        { at: '2s', do: 'call' },
      ],
    },
    'standard',
    serverProfiles.multi,
  );

test('a call that nobody answers before the run is over is neither lost nor fine; Timer B makes it a loss', async () => {
  const silent = async (until: string) => runAgainst(scenario(until), () => null);
  const [short, long] = [await silent('20s'), await silent('40s')];
  expect(userCallIn(short.trace)).toBe('undecided');
  expect(userCallIn(long.trace)).toBe('lost');
});

test('a failure that the profile does not explain is a step of the run, and the call is lost', async () => {
  const { trace, record } = await runAgainst(scenario('20s'), ({ method }) => (method === 'INVITE' ? 486 : null));
  const came = { type: 'outgoing.failed', from: 'app@wifi', code: 486 };
  expect(record.divergences).toContainEqual(expect.objectContaining({ kind: 'unexpected', to: 'app', came }));
  expect(userCallIn(trace)).toBe('lost');
  expect(replay(trace, 'live').digest).toBe(trace.digest);
});
