import { describe, expect, test } from 'vitest';
import type { CallMessage, CallTarget } from '../../src/machines/messages.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

type Document = Partial<Parameters<typeof scenarioOf>[0]>;

const path = 'app.running.call1';
const of = (type: CallMessage['type'], contact: CallTarget = 'app@wifi', code?: number) =>
  ({ type, call: 1, contact, ...(code !== undefined && { code }) }) as CallMessage;
const push = { type: 'notification', call: 1, token: 'first' } as const;
const ended = { type: 'notification.end', call: 1, token: 'first' } as const;
const reaction = elapsed('userReaction', `${path}.ringing`);

const open = (document: Document = {}) => {
  const app = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }], ...document }), 'app');
  app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
  return app;
};

/** The phone rings for an INVITE. */
const alerting = (document: Document = {}, contact: CallTarget = 'app@wifi') => {
  const app = open(document);
  const { messages, shown } = app.on(of('INVITE', contact));
  expect(messages).toEqual([of('INVITE.180', contact)]);
  expect(shown.map(({ type }) => type)).toEqual(['ringing.started', 'ringing.alerting']);
  return app;
};

describe('a phone that rings', () => {
  test('answers every copy of the INVITE with a 180', () => {
    expect(alerting().on(of('INVITE')).messages).toEqual([of('INVITE.180')]);
  });

  test('8.2.2.2: refuses the same call by another path with 482, whatever has become of it', () => {
    const app = alerting();
    expect(app.on(of('INVITE', 'connection')).messages).toEqual([of('INVITE.failed', 'connection', 482)]);
    app.on(reaction, of('ACK'));
    expect(app.on(of('INVITE', 'connection')).messages).toEqual([of('INVITE.failed', 'connection', 482)]);
    app.on(of('BYE'));
    expect(app.on(of('INVITE', 'connection')).messages).toEqual([of('INVITE.failed', 'connection', 482)]);
  });

  test('9.2: falls silent on a CANCEL and ends the INVITE with 487 until the ACK', () => {
    const app = alerting();
    const { messages, shown } = app.on(of('CANCEL'));
    expect(messages).toEqual([of('CANCEL.200'), of('INVITE.failed', 'app@wifi', 487)]);
    expect(shown).toContainEqual({ type: 'ringing.stopped', call: 1 });
    expect(app.on(elapsed('T1', `${path}.cancelled.first`)).messages).toEqual([of('INVITE.failed', 'app@wifi', 487)]);
    expect(app.on(of('CANCEL')).messages).toEqual([of('CANCEL.200')]);
    expect(app.on(of('INVITE')).messages).toEqual([of('INVITE.failed', 'app@wifi', 487)]);
    app.on(of('ACK'));
    expect(app.context.paths).toEqual({ 1: null, 2: null });
    expect(app.on(of('CANCEL')).messages).toEqual([of('CANCEL.200')]);
  });

  test('9.1: rings on when the CANCEL is for the same call by another path', () => {
    const app = alerting();
    expect(app.on(of('CANCEL', 'connection')).messages).toEqual([]);
    expect(app.is({ running: { call1: { ringing: 'alerting' } } })).toBe(true);
  });

  test('stops by itself after so long', () => {
    const app = alerting({ user: 'ignores' });
    expect(app.on(reaction).sent).toEqual([]);
    const { shown } = app.on(elapsed('ringLimit', `${path}.ringing.alerting`));
    expect(shown).toEqual([{ type: 'ringing.stopped', call: 1 }]);
  });

  test('21.6.2: a user who declines sends 603 until the ACK', () => {
    const app = alerting({ user: 'declines' });
    expect(app.on(reaction).messages).toEqual([of('INVITE.failed', 'app@wifi', 603)]);
    expect(app.on(elapsed('T1', `${path}.declining.first`)).messages).toEqual([of('INVITE.failed', 'app@wifi', 603)]);
    expect(app.on(of('INVITE')).messages).toEqual([of('INVITE.failed', 'app@wifi', 603)]);
    expect(app.on(of('INVITE', 'connection')).messages).toEqual([of('INVITE.failed', 'connection', 482)]);
    app.on(of('ACK'));
    expect(app.is({ running: { call1: 'declined' } })).toBe(true);
    expect(app.on(of('INVITE', 'app@wifi')).sent).toEqual(['INVITE.failed']);
  });

  test('keeps the app awake in the background', () => {
    const app = alerting();
    app.on({ type: 'user.home' });
    expect(app.is({ running: { visibility: { background: 'busy' } } })).toBe(true);
  });
});

describe('a call that the user answers', () => {
  const answered = () => {
    const app = alerting({}, 'connection');
    const { messages, shown } = app.on(reaction);
    expect(messages).toEqual([of('INVITE.200', 'connection')]);
    expect(shown).toEqual([
      { type: 'ringing.stopped', call: 1 },
      { type: 'ringing.answered', call: 1 },
    ]);
    return app;
  };

  test('13.3.1.4: the 200 is sent again until the ACK, on the connection too', () => {
    const app = answered();
    expect(app.on(elapsed('T1', `${path}.answering.first`)).messages).toEqual([of('INVITE.200', 'connection')]);
    app.on(of('ACK', 'connection'));
    expect(app.is({ running: { call1: 'active' } })).toBe(true);
  });

  test('15.1.2: ends with the BYE of the caller, every copy of which is confirmed', () => {
    const app = answered();
    expect(app.on(of('ACK', 'connection'), of('BYE', 'connection')).messages).toEqual([of('BYE.200', 'connection')]);
    expect(app.is({ running: { call1: 'over' } })).toBe(true);
    expect(app.on(of('BYE', 'connection')).messages).toEqual([of('BYE.200', 'connection')]);
  });

  test('9.2: a CANCEL that comes too late is confirmed and ends nothing', () => {
    const app = answered();
    expect(app.on(of('CANCEL', 'connection')).messages).toEqual([of('CANCEL.200', 'connection')]);
    expect(app.is({ running: { call1: 'answering' } })).toBe(true);
  });
});

describe('a push', () => {
  test('rings at once, asks the push server for the call, and once more after a change of network', () => {
    const app = open();
    const { messages, shown } = app.on(push);
    expect(messages).toEqual([{ type: 'control.fetch', call: 1 }]);
    expect(shown).toEqual([{ type: 'ringing.started', call: 1 }]);
    expect(app.on({ type: 'network.change' }).sent).toContain('control.fetch');
    expect(app.on(of('INVITE', 'connection')).shown).toEqual([{ type: 'ringing.alerting', call: 1 }]);
  });

  test('is forgotten when its end comes while the app still starts', () => {
    const app = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }), 'app');
    const { shown } = app.on(push, ended, elapsed('coldStart', 'app.launching'));
    expect(shown.map(({ type }) => type)).not.toContain('ringing.started');
  });

  test.each([ended, { type: 'control.noCall', call: 1 } as const])('falls silent on %j: a missed call', (end) => {
    const app = open({ otherDevice: 'ignores' });
    app.on(push);
    expect(app.on(end).shown.map(({ type }) => type)).toEqual(['ringing.stopped', 'call.missed']);
  });
});
