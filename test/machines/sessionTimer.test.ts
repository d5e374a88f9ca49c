import { describe, expect, test } from 'vitest';
import type { CallMessage, CallTarget } from '../../src/machines/messages.ts';
import { sessionExpiryMs, sessionRefreshMs } from '../../src/machines/sessionTimer.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** Session timers (RFC 4028), machine by machine. */

const of = (type: CallMessage['type'], contact: CallTarget, more: object = {}) =>
  ({ type, call: 1, contact, ...more }) as CallMessage;
const byCallee = { by: 'callee' };
const steps = [{ at: '1s', do: 'open' }] as const;
const scenario = (refresher: 'caller' | 'user') => scenarioOf({ steps: [...steps], sessionTimers: { refresher } });

test('10: the refresh comes at half the interval, the end 32 s or a third of it before it expires', () => {
  expect([90_000, 1_800_000].map(sessionRefreshMs)).toEqual([45_000, 900_000]);
  expect([90_000, 1_800_000].map(sessionExpiryMs)).toEqual([60_000, 1_768_000]);
});

describe('the caller', () => {
  const talking = (refresher: 'caller' | 'user', contact: CallTarget = 'app@wifi') => {
    const caller = new Driven(scenario(refresher), 'caller');
    const { armed } = caller.on({ type: 'call.dial', call: 1 }, of('INVITE.200', contact));
    return { caller, armed };
  };
  const due = elapsed('sessionRefresh', 'caller.session1.waiting');
  const noRefresh = elapsed('sessionExpiry', 'caller.session1.watching');
  const bye = of('BYE', 'app@wifi');
  const expired = { type: 'call.expired', call: 1 };

  test('refreshes with an UPDATE, again and again, and sends it once more over UDP', () => {
    const { caller } = talking('caller');
    expect(caller.on(due).messages).toEqual([of('UPDATE', 'app@wifi')]);
    expect(caller.on(elapsed('T1', 'caller.session1.refreshing.first')).sent).toEqual(['UPDATE']);
    expect(caller.on(of('UPDATE.200', 'app@wifi')).armed).toEqual([expect.stringContaining('sessionRefresh')]);
    expect(caller.on(due).sent).toEqual(['UPDATE']);
  });

  test('12.2.1.1 of RFC 3261: sends it to where the phone has moved', () => {
    const { caller } = talking('caller');
    caller.on(of('reINVITE', 'app@wifi', { target: 'app@cellular' }));
    expect(caller.on(due).messages).toEqual([of('UPDATE', 'app@cellular')]);
  });

  test('10: a 481, or no answer for 64*T1, ends the call with a BYE', () => {
    const { caller } = talking('caller');
    expect(caller.on(due, of('UPDATE.481', 'app@wifi'))).toMatchObject({ messages: [bye], shown: [expired] });
    const other = talking('caller').caller;
    other.on(due);
    expect(other.on(elapsed('64T1', 'caller.session1.refreshing'))).toMatchObject({
      messages: [bye],
      shown: [expired],
    });
    expect(other.on(elapsed('T1', 'caller.call1.hangingUp.first')).messages).toEqual([bye]);
  });

  test('that awaits the refresh confirms it, and ends the call where none comes', () => {
    const { caller } = talking('user');
    const { messages, armed } = caller.on(of('UPDATE', 'app@wifi', byCallee));
    expect(messages).toEqual([of('UPDATE.200', 'app@wifi', byCallee)]);
    expect(armed).toEqual([expect.stringContaining('sessionExpiry')]);
    expect(caller.on(noRefresh)).toMatchObject({ messages: [bye], shown: [expired] });
    caller.on(of('BYE.200', 'app@wifi'));
    expect(caller.on(of('UPDATE', 'app@wifi', byCallee)).messages).toEqual([of('UPDATE.481', 'app@wifi', byCallee)]);
  });

  test('has no timer with a mailbox or another phone, and stops it with the call', () => {
    expect(talking('caller', 'pushServer').armed.some((one) => one.includes('session'))).toBe(true);
    for (const contact of ['voicemail', 'otherDevice'] as const)
      expect(talking('caller', contact).armed.some((one) => one.includes('session'))).toBe(false);
    const { caller } = talking('caller');
    expect(caller.on(of('BYE', 'app@wifi', byCallee)).cancelled).toContainEqual(
      expect.stringContaining('sessionRefresh'),
    );
    expect(caller.is({ session1: 'none' })).toBe(true);
  });
});

describe('the phone', () => {
  const active = (refresher: 'caller' | 'user', contact: CallTarget = 'app@wifi') => {
    const app = new Driven(scenario(refresher), 'app');
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
    app.on(of('INVITE', contact), elapsed('userReaction', 'app.running.call1.ringing'), of('ACK', contact));
    return app;
  };
  const due = elapsed('sessionRefresh', 'app.running.session1.waiting');
  const expired = { type: 'phone.ended', call: 1, cause: 'expired' };

  test('refreshes, and ends the call that the other end does not know', () => {
    const app = active('user');
    expect(app.on(due).messages).toEqual([of('UPDATE', 'app@wifi', byCallee)]);
    app.on(of('UPDATE.200', 'app@wifi', byCallee));
    const { messages, shown } = app.on(due, of('UPDATE.481', 'app@wifi', byCallee));
    expect(messages).toEqual([of('BYE', 'app@wifi', byCallee)]);
    expect(shown).toEqual([expired]);
  });

  test('17.1.2.2 of RFC 3261: sends it once more over UDP', () => {
    const app = active('user');
    app.on(due);
    expect(app.on(elapsed('T1', 'app.running.session1.refreshing.first')).messages).toEqual([
      of('UPDATE', 'app@wifi', byCallee),
    ]);
  });

  test('has no timer any more when the call is over', () => {
    const app = active('user');
    expect(app.is({ running: { session1: 'waiting' } })).toBe(true);
    app.on(of('BYE', 'app@wifi'));
    expect(app.is({ running: { session1: 'none' } })).toBe(true);
  });

  test('17.1.2.2 of RFC 3261: sends nothing twice over the connection to the push server', () => {
    const app = active('user', 'connection');
    expect(app.on(due).messages).toEqual([of('UPDATE', 'connection', byCallee)]);
    expect(app.on(elapsed('T1', 'app.running.session1.refreshing.first')).sent).toEqual([]);
  });

  test('that awaits the refresh confirms it, and ends the call where none comes', () => {
    const app = active('caller');
    expect(app.on(of('UPDATE', 'app@wifi')).messages).toEqual([of('UPDATE.200', 'app@wifi')]);
    expect(app.on(elapsed('sessionExpiry', 'app.running.session1.watching'))).toMatchObject({
      messages: [of('BYE', 'app@wifi', byCallee)],
      shown: [expired],
    });
    expect(app.on(of('UPDATE', 'app@wifi')).messages).toEqual([of('UPDATE.481', 'app@wifi')]);
  });
});

describe('between them', () => {
  const connected = () => {
    const server = new Driven(scenario('caller'), 'pushServer');
    server.on({ type: 'control.enable', token: 'first' }, of('INVITE', 'pushServer'));
    server.on(of('INVITE.180', 'connection'), of('INVITE.200', 'connection'), of('ACK', 'pushServer'));
    return server;
  };

  test.each(['UPDATE', 'UPDATE.200', 'UPDATE.481'] as const)('the push server passes %s across', (type) => {
    const server = connected();
    expect(server.on(of(type, 'pushServer')).messages).toEqual([of(type, 'connection')]);
    expect(server.on(of(type, 'connection', byCallee)).messages).toEqual([of(type, 'pushServer', byCallee)]);
  });

  test('12.2.2 of RFC 3261: a push server that has restarted, or whose call is over, knows no such dialog', () => {
    const server = connected();
    server.on(of('BYE', 'pushServer'));
    expect(server.on(of('UPDATE', 'connection', byCallee)).messages).toEqual([
      of('UPDATE.481', 'connection', byCallee),
    ]);
    server.on({ type: 'pushServer.crash' }, elapsed('restart', 'pushServer.down'));
    expect(server.on(of('UPDATE', 'pushServer')).messages).toEqual([of('UPDATE.481', 'pushServer')]);
  });

  test('the SIP server passes them on within the dialog, and after a restart', () => {
    const server = new Driven(scenario('caller'), 'sipServer');
    expect(server.on(of('UPDATE', 'app@wifi')).messages).toEqual([of('UPDATE', 'app@wifi')]);
    for (const type of ['UPDATE', 'UPDATE.200', 'UPDATE.481'] as const) {
      expect(server.on(of(type, 'app@wifi', byCallee)).messages).toEqual([of(type, 'app@wifi', byCallee)]);
      expect(server.on(of(type, 'app@wifi')).messages).toEqual([of(type, 'app@wifi')]);
    }
  });
});
