import { expect, test } from 'vitest';
import { CalledAccount } from '../../src/live/calledAccount.ts';
import { realClock } from '../../src/live/clock.ts';
import { Session } from '../../src/live/session.ts';
import { headerValue, headerValues } from '../../src/sip/message/headers.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { serialise } from '../../src/sip/message/serialise.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';
import { loopback, udpSocket } from '../support/programs/loopback.ts';

/** The phone that the user calls, at a registrar that grants so many seconds and answers that late. */
async function registered(seconds: number, lateMs: number) {
  const server = await udpSocket();
  const asked: string[] = [];
  server.on('message', (bytes, { port, address }) => {
    const request = parseMessage(bytes);
    if (request.kind !== 'request') return;
    const wanted = headerValue(request, 'Expires') ?? '';
    asked.push(wanted);
    const bound = wanted === '0' ? [] : headerValues(request, 'Contact');
    const headers = bound.map((value) => ({ name: 'Contact', value: `${value};expires=${seconds}` }));
    const answer = serialise(responseTo(request, 200, { toTag: 'there', headers }));
    setTimeout(() => server.send(answer, port, address), lateMs);
  });
  const session = await Session.open({
    server: { host: loopback, port: server.address().port, transport: 'UDP' },
    ...{ local: loopback, allowed: [], callsOut: true },
  });
  const account = { user: 'bob', domain: loopback, password: null };
  const phone = new CalledAccount(account, session.sockets, randomIdentifiers, realClock);
  expect(await phone.register(session)).toBe(true);
  session.listen((at, message) => phone.receive(at, message));
  const close = async () => {
    await session.close();
    server.close();
  };
  return { asked, phone, session, close };
}

const waiting = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('RFC 3261 10.2.4: it stays registered, however short the lifetime is that it is given', async () => {
  const { asked, phone, session, close } = await registered(1, 0);
  await waiting(1_200);
  expect(asked.length).toBeGreaterThanOrEqual(3);
  expect(new Set(asked)).toEqual(new Set(['600']));
  expect(await phone.remove(session)).toBe(true);
  expect(asked.at(-1)).toBe('0');
  await close();
});

test('a refresh whose answer comes when it leaves does not bring it back', async () => {
  const { asked, phone, session, close } = await registered(1, 200);
  phone.again();
  expect(await phone.remove(session)).toBe(true);
  await waiting(1_200);
  expect(asked.slice(asked.indexOf('0')).every((one) => one === '0')).toBe(true);
  await close();
});
