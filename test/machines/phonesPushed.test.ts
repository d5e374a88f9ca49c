import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { CallMessage, CallTarget, Contact } from '../../src/machines/messages.ts';
import type { Waking } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven } from '../support/drive.ts';

/** A SIP server that pushes several phones of one user: each has a token and a bucket of its own (RFC 8599 5.6.2). */

const scenario = (wakes: Partial<Waking>, fork: 'all' | 'first'): Scenario =>
  resolveScenario(
    {
      ...{ name: 'phones', title: 'Phones', topology: { phones: 2 } },
      steps: [
        { at: '1s', do: 'open' },
        { at: '1s', do: 'open', phone: 2 },
      ],
    },
    serverProfiles,
    {
      mode: 'sipServerPushes',
      server: { ...serverProfiles.multi, digest: false, fork, wakes: { ...serverProfiles.multi.wakes, ...wakes } },
    },
  );

const of = (type: CallMessage['type'], contact: CallTarget = 'addressOfRecord', more: object = {}) =>
  ({ type, call: 1, contact, ...more }) as CallMessage;
const register = (contact: Contact, more: object = {}): MachineEvent => ({
  ...{ type: 'REGISTER', contact, expires: 'asked', authorization: true, stale: false },
  prid: contact.startsWith('app2') ? 'first2' : 'first',
  ...more,
});
const one = register('app@wifi');
const other = register('app2@wifi');
const push = (token: 'first' | 'first2') => ({ type: 'push', call: 1, token });
const dead = (token: 'first' | 'first2') => ({ type: 'push.failed', call: 1, token }) as const;
const late = { type: 'waking.over', call: 1 } as const;
const unavailable = of('INVITE.failed', 'addressOfRecord', { code: 480 });

const serverWith = (wakes: Partial<Waking> = {}, fork: 'all' | 'first' = 'all') => {
  const server = new Driven(scenario(wakes, fork), 'sipServer');
  server.on(one, other);
  return server;
};

describe('a call for two phones', () => {
  test('pushes both, and goes to each that registers', () => {
    const server = serverWith();
    expect(server.on(of('INVITE'))).toMatchObject({
      messages: [of('INVITE.100'), push('first'), push('first2')],
      armed: expect.arrayContaining(['waking for call 1', 'waking for call 1 of phone 2']),
    });
    const answered = server.on(other);
    expect(answered.messages[1]).toEqual(of('INVITE', 'app2@wifi'));
    expect(answered.cancelled).toContain('waking for call 1 of phone 2');
    expect(answered.cancelled).not.toContain('waking for call 1');
    expect(server.on(other).sent).toEqual(['REGISTER.200']);
    expect(server.on(one).messages[1]).toEqual(of('INVITE', 'app@wifi'));
    expect(server.on(one).sent).toEqual(['REGISTER.200']);
  });

  test('is lost once neither has come in time', () => {
    const server = serverWith();
    server.on(of('INVITE'));
    expect(server.on({ ...late, phone: 2 }).messages).toEqual([]);
    expect(server.on(late).messages).toEqual([unavailable]);
  });

  test('rings on at the one that has come while the other comes late', () => {
    const server = serverWith();
    server.on(of('INVITE'), other);
    expect(server.on(late).messages).toEqual([]);
    expect(server.on(of('INVITE.failed', 'app2@wifi', { code: 486 })).messages.at(-1)).toEqual(
      of('INVITE.failed', 'addressOfRecord', { code: 486 }),
    );
  });

  test('waits on for the one whose token lives, and fails at once where neither does', () => {
    const server = serverWith();
    server.on(of('INVITE'));
    expect(server.on(dead('first2'))).toMatchObject({
      messages: [],
      shown: [{ type: 'wakeable', wakeable: false, phone: 2 }],
      cancelled: ['waking for call 1 of phone 2'],
    });
    expect(server.on(dead('first')).messages).toEqual([unavailable]);
  });

  test('takes no notice of a token that has been replaced meanwhile', () => {
    const server = serverWith();
    server.on(of('INVITE'), register('app2@wifi', { prid: 'second2' }));
    expect(server.on(dead('first2')).shown).toEqual([]);
    expect(server.context.tokens).toEqual({ 1: 'first', 2: 'second2' });
  });

  test('is answered: the phone that has not come is told of the end', () => {
    const server = serverWith({ endsPush: true });
    server.on(of('INVITE'), one);
    const { messages, cancelled } = server.on(of('INVITE.200', 'app@wifi'));
    expect(messages).toContainEqual({ type: 'push.end', call: 1, token: 'first2' });
    expect(messages).not.toContainEqual({ type: 'push.end', call: 1, token: 'first' });
    expect(cancelled).toContain('waking for call 1 of phone 2');
  });
});

describe('phones of which one cannot be woken', () => {
  test('that one gets the INVITE at once, the other a push', () => {
    const server = new Driven(scenario({ unsupported: 'registered' }, 'all'), 'sipServer');
    expect(server.on(one, register('app2@wifi', { provider: 'unsupported' })).shown).toContainEqual({
      ...{ type: 'wakeable', wakeable: false, phone: 2 },
    });
    expect(server.on(of('INVITE')).messages).toEqual([of('INVITE.100'), of('INVITE', 'app2@wifi'), push('first')]);
  });

  test('where only the unbound are pushed, the one that is bound gets the INVITE', () => {
    const server = serverWith({ when: 'unbound', tokenLives: 'account' });
    server.on({ type: 'binding.expired', contact: 'app@wifi' });
    expect(server.on(of('INVITE')).messages).toEqual([of('INVITE.100'), of('INVITE', 'app2@wifi'), push('first')]);
  });

  test('the log-out of one takes its token only', () => {
    const server = serverWith();
    server.on(register('app2@wifi', { expires: 'zero', prid: undefined }));
    expect(server.on(of('INVITE')).messages).toEqual([of('INVITE.100'), push('first')]);
  });

  test('one that cannot be reached is pushed, and not the other', () => {
    const server = serverWith({ when: 'unreachable' });
    server.on(of('INVITE'));
    const failed = server.on(of('INVITE.failed', 'app2@wifi', { code: 480 }));
    expect(failed.messages).toEqual([of('ACK', 'app2@wifi'), push('first2')]);
  });

  test('a server that calls one contact calls one of those that it need not wake', () => {
    const server = serverWith({ when: 'unbound', tokenLives: 'account' }, 'first');
    server.on(register('app2@cellular'), { type: 'binding.expired', contact: 'app@wifi' });
    expect(server.on(of('INVITE')).messages).toEqual([of('INVITE.100'), of('INVITE', 'app2@wifi'), push('first')]);
  });
});

test('5.5: the push before the end of a binding goes to its phone', () => {
  expect(serverWith().on({ type: 'refreshPush.due', contact: 'app2@wifi' }).messages).toEqual([
    { type: 'push.refresh', token: 'first2', asCall: true },
  ]);
});
