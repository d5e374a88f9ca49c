import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { AnyServerProfileName } from '../../src/profiles/furtherServers.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const open = { at: '1s', do: 'open' } as const;
const started = [{ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' }] as const;

describe('another device of the user', () => {
  const fork = (server: AnyServerProfileName) => {
    const proxy = new Driven(scenarioOf({ steps: [open], otherDevice: 'answers' }, 'standard', server), 'sipServer');
    const credentials = { contact: 'pushServer', expires: 'asked', authorization: true } as const;
    proxy.on({ type: 'REGISTER', ...credentials, stale: false });
    return { proxy, forked: proxy.on({ type: 'INVITE', call: 1, contact: 'addressOfRecord' }) };
  };

  test('gets its branch beside the push server, over the link to the phones beyond the server', () => {
    const { forked } = fork('kamailio');
    expect(forked.messages.filter(({ type }) => type === 'INVITE')).toEqual([
      { type: 'INVITE', call: 1, contact: 'pushServer' },
      { type: 'INVITE', call: 1, contact: 'otherDevice' },
    ]);
  });

  test.each([
    ['kamailio', { reason: 'completedElsewhere' }],
    ['sbc-nat', {}],
  ] as const)('RFC 3326 2: on %s the loser of the fork is told %j', (server, reason) => {
    const { proxy } = fork(server);
    proxy.on({ type: 'INVITE.100', call: 1, contact: 'pushServer' });
    const { messages } = proxy.on({ type: 'INVITE.200', call: 1, contact: 'otherDevice' });
    expect(messages.filter(({ type }) => type === 'CANCEL')).toEqual([
      { type: 'CANCEL', call: 1, contact: 'pushServer', ...reason },
    ]);
  });

  test('RFC 3261 9.1: a branch without any answer is cancelled, with the reason, as soon as it answers', () => {
    const { proxy } = fork('kamailio');
    proxy.on({ type: 'INVITE.200', call: 1, contact: 'otherDevice' });
    const { messages } = proxy.on({ type: 'INVITE.100', call: 1, contact: 'pushServer' });
    expect(messages).toEqual([{ type: 'CANCEL', call: 1, contact: 'pushServer', reason: 'completedElsewhere' }]);
  });

  test('a caller who gives up is no reason: the phone shows a missed call', () => {
    const { proxy } = fork('kamailio');
    proxy.on({ type: 'INVITE.100', call: 1, contact: 'pushServer' });
    const { messages } = proxy.on({ type: 'CANCEL', call: 1, contact: 'addressOfRecord' });
    expect(messages).toContainEqual({ type: 'CANCEL', call: 1, contact: 'pushServer' });
  });

  test('the push server passes the reason on, in the end-push and to an app that asks later', () => {
    const server = new Driven(scenarioOf({ steps: [open], otherDevice: 'answers' }), 'pushServer');
    server.on({ type: 'control.enable', token: 'first' }, { type: 'control.background', turn: 0 });
    server.on({ type: 'INVITE', call: 1, contact: 'pushServer' });
    const cancelled = server.on({ type: 'CANCEL', call: 1, contact: 'pushServer', reason: 'completedElsewhere' });
    const reason = { reason: 'completedElsewhere' };
    expect(cancelled.messages).toContainEqual({ type: 'push.end', call: 1, token: 'first', ...reason });
    const asked = server.on({ type: 'control.fetch', call: 1 });
    expect(asked.messages).toEqual([{ type: 'control.noCall', call: 1, ...reason }]);
  });

  test.each([
    [{ reason: 'completedElsewhere' }, []],
    [{}, [{ type: 'call.missed', call: 1 }]],
  ] as const)('the app that is told %j shows %j', (reason, missed) => {
    const app = new Driven(scenarioOf({ steps: [open], otherDevice: 'answers' }), 'app');
    app.on(...started, { type: 'notification', call: 1, token: 'first' });
    const { shown } = app.on({ type: 'notification.end', call: 1, token: 'first', ...reason });
    expect(shown.filter(({ type }) => type === 'call.missed')).toEqual(missed);
    expect(shown).toContainEqual({ type: 'ringing.stopped', call: 1 });
  });

  test('rings, and is silent once it is cancelled (RFC 3261 9.2)', () => {
    const phone = new Driven(scenarioOf({ steps: [open], otherDevice: 'ignores' }), 'caller');
    expect(phone.on({ type: 'INVITE', call: 1, contact: 'otherDevice' }).sent).toEqual(['INVITE.180']);
    const { messages } = phone.on({ type: 'CANCEL', call: 1, contact: 'otherDevice' });
    expect(messages.map((one) => ('code' in one ? one.code : one.type))).toEqual(['CANCEL.200', 487]);
  });

  test.each([
    ['declines', 603],
    ['busy', 486],
  ] as const)('RFC 3261 17.2.1: one that %s answers a copy of the INVITE by its %d again', (otherDevice, code) => {
    const phone = new Driven(scenarioOf({ steps: [open], otherDevice }), 'caller');
    const invite = { type: 'INVITE', call: 1, contact: 'otherDevice' } as const;
    phone.on(invite);
    if (otherDevice === 'declines') phone.on(elapsed('otherDeviceReaction', 'caller.otherDevice1.ringing'));
    expect(phone.on(invite).messages).toEqual([{ type: 'INVITE.failed', call: 1, contact: 'otherDevice', code }]);
  });
});

describe('a call that the user makes', () => {
  const calls: Pick<ScenarioDocument, 'steps'> = { steps: [open, { at: '20s', do: 'call' }] };
  const calling = (mode: ModeName) => new Driven(scenarioOf(calls, mode), 'app');

  test.each(['standard', 'singleDeviceEmulation', 'singleDeviceTakeover'] as const)(
    'in %s it is the app that sends the INVITE, registered or not',
    (mode) => {
      const { messages } = calling(mode).on(...started, { type: 'user.call' });
      expect(messages).toEqual([{ type: 'outgoing.INVITE', from: 'app@wifi', credentials: false }]);
    },
  );

  test('in Continuous it goes to the push server, which makes the call for an account that it knows', () => {
    const { messages } = calling('continuous').on(...started, { type: 'user.call' });
    expect(messages).toEqual([{ type: 'outgoing.INVITE', from: 'connection', credentials: false }]);
    const server = new Driven(scenarioOf(calls, 'continuous'), 'pushServer');
    expect(server.on(messages[0] as never).messages).toEqual([
      { type: 'outgoing.failed', from: 'connection', code: 403 },
    ]);
    server.on({ type: 'control.enable', token: 'first' });
    expect(server.on(messages[0] as never).messages).toEqual([
      { type: 'outgoing.INVITE', from: 'pushServer', credentials: false },
    ]);
    expect(server.on({ type: 'outgoing.180', from: 'pushServer' }).sent).toEqual(['outgoing.180']);
  });

  test('RFC 3261 22.3: a 407 is answered by the same INVITE with credentials', () => {
    const app = calling('standard');
    app.on(...started, { type: 'user.call' });
    const { messages } = app.on({ type: 'outgoing.407', from: 'app@wifi' });
    expect(messages).toEqual([{ type: 'outgoing.INVITE', from: 'app@wifi', credentials: true }]);
  });

  test.each([
    ['multi', 'outgoing.INVITE'],
    ['sbc-registered-only', 'outgoing.failed'],
  ] as const)('on %s an INVITE from an unregistered contact ends as %s', (name, type) => {
    const server = new Driven(scenarioOf(calls, 'standard', name), 'sipServer');
    const invite = { type: 'outgoing.INVITE', from: 'app@wifi', credentials: true } as const;
    expect(server.on({ ...invite, credentials: false }).sent).toEqual(['outgoing.407']);
    expect(server.on(invite).sent).toEqual([type]);
    server.on({ type: 'REGISTER', contact: 'app@wifi', expires: 'asked', authorization: true, stale: false });
    expect(server.on(invite).sent).toEqual(['outgoing.INVITE']);
  });

  test('keeps the app awake in the background', () => {
    const app = calling('standard');
    app.on(...started, { type: 'user.call' }, { type: 'user.home' });
    expect(app.is({ running: { visibility: { background: 'busy' } } })).toBe(true);
    app.on({ type: 'outgoing.failed', from: 'app@wifi', code: 403 });
    expect(app.is({ running: { visibility: { background: 'quiet' } } })).toBe(true);
  });
});

describe('iOS and its pushes (PKPushType.voIP)', () => {
  const push = { type: 'notification', call: 1, token: 'first' } as const;
  const strict = { steps: [{ ...open }], unreportedPush: 'terminates' as const };

  test('a push whose call is over already is reported all the same: the phone shows it and ends it at once', () => {
    const app = new Driven(scenarioOf(strict), 'app');
    app.on(...started, { type: 'notification.end', call: 1, token: 'first' });
    expect(app.on(push).shown.map(({ type }) => type)).toEqual(['ringing.started', 'ringing.stopped', 'push.reported']);
  });

  test('an app that waits for the INVITE is terminated, and after repeats launched no more', () => {
    const app = new Driven(scenarioOf({ ...strict, reportsPush: 'withInvite' }), 'app');
    const launched = [push, elapsed('coldStart', 'app.launching')] as const;
    expect(app.on(...launched).shown).toContainEqual({ type: 'push.unreported' });
    expect(app.is('notRunning')).toBe(true);
    app.on(...launched);
    app.on(push);
    expect(app.is('notRunning')).toBe(true);
    app.on({ type: 'user.open' });
    expect(app.is('launching')).toBe(true);
  });
});
