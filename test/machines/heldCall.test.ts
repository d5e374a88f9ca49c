import { describe, expect, test } from 'vitest';
import type { CallMessage } from '../../src/machines/messages.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

type Document = Partial<Parameters<typeof scenarioOf>[0]>;

const fromServer = (type: 'INVITE' | 'ACK' | 'CANCEL' | 'BYE') => ({ type, call: 1, contact: 'pushServer' }) as const;
const fromApp = (type: 'INVITE.180' | 'INVITE.200') => ({ type, call: 1, contact: 'connection' }) as const;
const refused = { type: 'INVITE.failed', call: 1, contact: 'connection', code: 603 } as const;
const toServer = (type: CallMessage['type'], code?: number) => ({
  type,
  call: 1,
  contact: 'pushServer',
  ...(code !== undefined && { code }),
});
const toApp = (type: CallMessage['type']) => ({ type, call: 1, contact: 'connection' });
const push = { type: 'push', call: 1, token: 'first' };
const fetch = { type: 'control.fetch', call: 1 } as const;

/** The push server on whose client the app is, or not. */
const serving = (app: 'away' | 'present', document: Document = {}) => {
  const server = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }], ...document }), 'pushServer');
  server.on({ type: 'control.enable', token: 'first' });
  if (app === 'away') server.on({ type: 'control.background', turn: 1 });
  return server;
};

/** A call that the app has been offered and rings for. */
const ringing = () => {
  const server = serving('present');
  const offered = server.on(fromServer('INVITE'));
  expect(offered.messages).toEqual([toServer('INVITE.100'), toApp('INVITE')]);
  expect(server.on(fromApp('INVITE.180')).messages).toEqual([toServer('INVITE.180')]);
  return server;
};

describe('a call for an app that sleeps', () => {
  test('is held with a 100 and pushed, every copy of the INVITE again a 100', () => {
    const server = serving('away');
    expect(server.on(fromServer('INVITE')).messages).toEqual([toServer('INVITE.100'), push]);
    expect(server.on(fromServer('INVITE')).messages).toEqual([toServer('INVITE.100')]);
  });

  test('AutoSend180: rings for the caller at once', () => {
    const { sent, shown } = serving('away', { autoSend180: true }).on(fromServer('INVITE'));
    expect(sent).toEqual(['INVITE.100', 'INVITE.180', 'push']);
    expect(shown).toContainEqual({ type: 'call.ringbackPromised', call: 1 });
  });

  test('is offered over the connection once the app asks for it, or comes to the foreground', () => {
    const server = serving('away');
    server.on(fromServer('INVITE'));
    expect(server.on(fetch).messages).toEqual([toApp('INVITE')]);
    expect(server.on(fetch).messages).toEqual([toApp('INVITE')]);
    const other = serving('away');
    other.on(fromServer('INVITE'));
    expect(other.on({ type: 'control.foreground', turn: 0, token: 'first' }).sent).toContain('INVITE');
  });

  test('21.4.18: fails with 480 and an end-push where the app does not come', () => {
    const server = serving('away');
    server.on(fromServer('INVITE'));
    const { messages } = server.on(elapsed('giveUp', 'pushServer.up.call1.waking'));
    expect(messages).toEqual([{ type: 'push.end', call: 1, token: 'first' }, toServer('INVITE.failed', 480)]);
    expect(server.on(fetch).messages).toEqual([{ type: 'control.noCall', call: 1 }]);
  });

  test('9.2: is over with 487 when it is cancelled, and the phone is told', () => {
    const server = serving('away');
    const { messages } = server.on(fromServer('INVITE'), fromServer('CANCEL'));
    expect(messages).toEqual([
      toServer('CANCEL.200'),
      { type: 'push.end', call: 1, token: 'first' },
      toServer('INVITE.failed', 487),
    ]);
    expect(server.on(fromServer('CANCEL')).messages).toEqual([toServer('CANCEL.200')]);
  });

  test('is refused for an account that nobody has switched on', () => {
    const server = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }), 'pushServer');
    expect(server.on(fromServer('INVITE')).messages).toEqual([toServer('INVITE.failed', 480)]);
    expect(server.on(fetch).messages).toEqual([{ type: 'control.noCall', call: 1 }]);
  });
});

describe('a call that the app has been offered', () => {
  test('is pushed after all where nobody listens at the other end of the connection', () => {
    const server = serving('present');
    server.on(fromServer('INVITE'));
    const { messages } = server.on(elapsed('connectionTimeout', 'pushServer.up.call1.offering'));
    expect(messages).toEqual([push]);
  });

  test('rings for the caller, for every copy of the INVITE again', () => {
    expect(ringing().on(fromServer('INVITE')).messages).toEqual([toServer('INVITE.180')]);
  });

  test('17.1.1.3: its refusal is acknowledged and passed on until the ACK', () => {
    const server = ringing();
    expect(server.on(refused).messages).toEqual([toApp('ACK'), toServer('INVITE.failed', 603)]);
    expect(server.on(elapsed('T1', 'pushServer.up.call1.failed.first')).messages).toEqual([
      toServer('INVITE.failed', 603),
    ]);
    expect(server.on(fromServer('INVITE')).messages).toEqual([toServer('INVITE.failed', 603)]);
    server.on(fromServer('ACK'));
    expect(server.context.failures).toEqual({ 1: null, 2: null });
    expect(server.on(refused).messages).toEqual([toApp('ACK')]);
  });

  test('9.2: a CANCEL goes on to the app, and to those that a push may still wake', () => {
    const { messages } = ringing().on(fromServer('CANCEL'));
    expect(messages).toEqual([
      toServer('CANCEL.200'),
      toApp('CANCEL'),
      { type: 'push.end', call: 1, token: 'first' },
      toServer('INVITE.failed', 487),
    ]);
  });

  test('15: a 200 that comes after the end is acknowledged, and that call ended', () => {
    const server = ringing();
    server.on(fromServer('CANCEL'), fromServer('ACK'));
    expect(server.on(fromApp('INVITE.200')).messages).toEqual([toApp('ACK'), toApp('BYE')]);
  });
});

describe('a call that the app has answered', () => {
  const answered = () => {
    const server = ringing();
    expect(server.on(fromApp('INVITE.200')).messages).toEqual([toServer('INVITE.200')]);
    return server;
  };

  test('13.3.1.4: the 200 is sent again until the ACK, which goes on to the app', () => {
    const server = answered();
    expect(server.on(elapsed('T1', 'pushServer.up.call1.answered.first')).messages).toEqual([toServer('INVITE.200')]);
    expect(server.on(fromServer('ACK')).messages).toEqual([toApp('ACK')]);
    expect(server.on(fromServer('ACK')).messages).toEqual([toApp('ACK')]);
    expect(server.is({ up: { call1: 'connected' } })).toBe(true);
  });

  test('9.2: a CANCEL that comes too late is confirmed and changes nothing', () => {
    const server = answered();
    expect(server.on(fromServer('CANCEL')).messages).toEqual([toServer('CANCEL.200')]);
    expect(server.is({ up: { call1: 'answered' } })).toBe(true);
  });

  test('15.1.2: a BYE is confirmed and goes on to the app, its copies are confirmed only', () => {
    const server = answered();
    const { messages } = server.on(fromServer('ACK'), fromServer('BYE'));
    expect(messages).toEqual([toServer('BYE.200'), toApp('BYE')]);
    expect(server.on(fromServer('BYE')).messages).toEqual([toServer('BYE.200')]);
  });
});

test('a restart leaves the account, its tokens and whose turn it was, and no calls', () => {
  const server = ringing();
  const { shown } = server.on({ type: 'pushServer.crash' });
  expect(shown).toContainEqual({ type: 'pushServer.up', up: false });
  const restarted = server.on(elapsed('restart', 'pushServer.down'));
  expect(restarted.shown).toContainEqual({ type: 'pushServer.up', up: true });
  expect(server.context).toMatchObject({ account: 'appPresent', tokens: ['first'], turn: null });
  expect(server.on(fetch).messages).toEqual([{ type: 'control.noCall', call: 1 }]);
});

test.each([
  [true, ['second']],
  [false, ['first', 'second']],
])('a new token replaces the old one (%s) or joins it', (replacesToken, tokens) => {
  const server = serving('away', { replacesToken });
  server.on({ type: 'control.enable', token: 'second' }, { type: 'control.enable', token: 'second' });
  expect(server.context.tokens).toEqual(tokens);
});
