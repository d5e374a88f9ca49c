import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { CallMessage, CallTarget, Contact, Token } from '../../src/machines/messages.ts';
import type { Waking } from '../../src/machines/serverProfile.ts';
import type { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven } from '../support/drive.ts';
import { violatedIn } from '../support/fieldScenarios.ts';

/** The SIP server itself has the phone woken, and the INVITE waits for it (RFC 8599). */

const open: ScenarioDocument['steps'][number] = { at: '1s', do: 'open' };

const usual: Waking = {
  when: 'always',
  waitMs: 15_000,
  goesTo: 'itsContact',
  tells: 'trying',
  skipsForMs: null,
  endsPush: false,
  refreshBeforeMs: 120_000,
  refreshesBy: 'ownPush',
  tokenLives: 'binding',
  announces: true,
  unsupported: 'refused',
};

const scenarioWith = (wakes: Partial<Waking> = {}, document: Partial<ScenarioDocument> = {}) =>
  resolveScenario({ name: 'pushes', title: 'Pushes', steps: [open], ...document }, serverProfiles, {
    mode: 'sipServerPushes',
    server: { ...serverProfiles.multi, digest: false, wakes: { ...usual, ...wakes } },
  });

const of = (type: CallMessage['type'], contact: CallTarget = 'addressOfRecord', more: object = {}) =>
  ({ type, call: 1, contact, ...more }) as CallMessage;

const register = (contact: Contact = 'app@wifi', more: object = {}): MachineEvent => ({
  ...{ type: 'REGISTER', contact, expires: 'asked', authorization: true, stale: false },
  ...(contact !== 'otherDevice' && { prid: 'first' as Token }),
  ...more,
});

const removing = register('app@wifi', { expires: 'zero', prid: undefined });
const push = { type: 'push', call: 1, token: 'first' } as const;
const late = { type: 'waking.over', call: 1 } as const;
const refused: MachineEvent = { type: 'push.failed', call: 1, token: 'first' };

const serverWith = (wakes: Partial<Waking> = {}, document: Partial<ScenarioDocument> = {}) =>
  new Driven(scenarioWith(wakes, document), 'sipServer');

describe('5.6.2: the INVITE waits for the REGISTER that answers the push', () => {
  test('it is parked with a 100, and goes to the contact that registers before its 200 does', () => {
    const server = serverWith();
    server.on(register());
    expect(server.on(of('INVITE'))).toMatchObject({
      messages: [of('INVITE.100'), push],
      armed: expect.arrayContaining(['waking for call 1']),
    });
    const answered = server.on(register());
    expect(answered.sent).toEqual(['REGISTER.200', 'INVITE']);
    expect(answered.messages[1]).toEqual(of('INVITE', 'app@wifi'));
    expect(answered.cancelled).toContain('waking for call 1');
  });

  test('from another address it goes there', () => {
    const server = serverWith();
    server.on(register(), of('INVITE'));
    expect(server.on(register('app@cellular')).messages[1]).toEqual(of('INVITE', 'app@cellular'));
  });

  test('a 401 leaves it parked', () => {
    const digest = resolveScenario({ name: 'd', title: 'D', steps: [open] }, serverProfiles, {
      mode: 'sipServerPushes',
      server: { ...serverProfiles.multi, wakes: usual },
    });
    const server = new Driven(digest, 'sipServer');
    server.on(register(), of('INVITE'));
    expect(server.on(register('app@wifi', { authorization: false })).sent).toEqual(['REGISTER.401']);
    expect(server.on(register()).sent).toEqual(['REGISTER.200', 'INVITE']);
  });

  test('480 once the time is over, and the REGISTER that comes later gets nothing', () => {
    const server = serverWith();
    server.on(register(), of('INVITE'));
    expect(server.on(late).messages).toEqual([of('INVITE.failed', 'addressOfRecord', { code: 480 })]);
    expect(server.on(register()).sent).toEqual(['REGISTER.200']);
  });

  test('480 at once where the push service rejects the token, which is not used again', () => {
    const server = serverWith();
    server.on(register(), of('INVITE'));
    expect(server.on(refused)).toMatchObject({
      messages: [of('INVITE.failed', 'addressOfRecord', { code: 480 })],
      shown: [{ type: 'wakeable', wakeable: false }],
    });
    const sent = server.on({ ...of('INVITE'), call: 2 });
    expect(sent.sent).toEqual(['INVITE.100', 'INVITE']);
  });

  test('the end of the time of a phone that has come says nothing of the call', () => {
    const server = serverWith();
    server.on(register(), of('INVITE'), register(), late);
    const { messages } = server.on({ type: 'branches.silent', call: 1 });
    expect(messages).toEqual([of('INVITE.failed', 'addressOfRecord', { code: 408 })]);
  });

  test('a second REGISTER brings no second INVITE', () => {
    const server = serverWith();
    server.on(register(), of('INVITE'), register());
    expect(server.on(register()).sent).toEqual(['REGISTER.200']);
  });

  test('the other device rings meanwhile, and its answer ends the waiting', () => {
    const server = serverWith({ endsPush: true }, { otherDevice: 'answers' });
    server.on(register());
    expect(server.on(of('INVITE')).messages).toEqual([of('INVITE.100'), of('INVITE', 'otherDevice'), push]);
    const answered = server.on(of('INVITE.200', 'otherDevice'));
    expect(answered.messages).toEqual([{ type: 'push.end', call: 1, token: 'first' }, of('INVITE.200', 'otherDevice')]);
    expect(server.on(register()).sent).toEqual(['REGISTER.200']);
  });

  test('where all other branches have failed it waits on', () => {
    const server = serverWith({}, { otherDevice: 'answers' });
    server.on(register(), of('INVITE'));
    expect(server.on(of('INVITE.failed', 'otherDevice', { code: 486 })).sent).toEqual(['ACK']);
    expect(server.on(register()).sent).toEqual(['REGISTER.200', 'INVITE']);
  });

  test('CANCEL ends it, with a push for the end only where the server sends one', () => {
    const cancelled = (endsPush: boolean) => {
      const server = serverWith({ endsPush });
      server.on(register(), of('INVITE'));
      return server.on(of('CANCEL')).sent;
    };
    expect(cancelled(false)).toEqual(['CANCEL.200', 'INVITE.failed']);
    expect(cancelled(true)).toEqual(['push.end', 'CANCEL.200', 'INVITE.failed']);
  });

  test('a phone that has come is told of no end', () => {
    const server = serverWith({ endsPush: true });
    server.on(register(), of('INVITE'));
    expect(server.on(register()).sent).toEqual(['REGISTER.200', 'INVITE']);
  });
});

describe('how servers differ', () => {
  test('180 to the caller with the push', () => {
    const server = serverWith({ tells: 'ringing' });
    server.on(register());
    expect(server.on(of('INVITE'))).toMatchObject({
      messages: [of('INVITE.100'), push, of('INVITE.180')],
      shown: [{ type: 'call.ringbackPromised', call: 1 }],
    });
  });

  test('alongside: the INVITE goes to the binding at once, and again to the one that registers', () => {
    const server = serverWith({ when: 'alongside' });
    server.on(register());
    expect(server.on(of('INVITE')).messages).toEqual([of('INVITE.100'), of('INVITE', 'app@wifi'), push]);
    expect(server.on(of('INVITE.failed', 'app@wifi', { code: 503 })).sent).toEqual(['ACK']);
    expect(server.on(register()).sent).toEqual(['REGISTER.200', 'INVITE']);
  });

  test('alongside without waiting: the failure of the branch is that of the call', () => {
    const server = serverWith({ when: 'alongside', waitMs: 0 });
    server.on(register());
    expect(server.on(of('INVITE')).armed).not.toContain('waking for call 1');
    expect(server.on(of('INVITE.failed', 'app@wifi', { code: 408 })).sent).toEqual(['ACK', 'INVITE.failed']);
  });

  test('unbound: no push while there is a binding; without one the token must outlive it', () => {
    const server = serverWith({ when: 'unbound', tokenLives: 'account' });
    server.on(register());
    expect(server.on(of('INVITE')).sent).toEqual(['INVITE.100', 'INVITE']);
    server.on({ type: 'binding.expired', contact: 'app@wifi' });
    expect(server.on({ ...of('INVITE'), call: 2 }).sent).toEqual(['INVITE.100', 'push']);

    const forgetful = serverWith({ when: 'unbound' });
    forgetful.on(register(), { type: 'binding.expired', contact: 'app@wifi' });
    expect(forgetful.on(of('INVITE')).sent).toEqual(['INVITE.failed']);
  });

  test.each<[string, MachineEvent, string[]]>([
    ['the branch cannot be delivered', { type: 'transport.failed', message: of('INVITE', 'app@wifi') }, ['push']],
    ['it stays without an answer', { type: 'branches.silent', call: 1 }, ['push']],
    ['it fails with 480', of('INVITE.failed', 'app@wifi', { code: 480 }), ['ACK', 'push']],
    ['the user is busy', of('INVITE.failed', 'app@wifi', { code: 486 }), ['ACK', 'INVITE.failed']],
    ['the user declines', of('INVITE.failed', 'app@wifi', { code: 603 }), ['ACK', 'INVITE.failed']],
  ])('unreachable: where %s', (_, event, sent) => {
    const server = serverWith({ when: 'unreachable' });
    server.on(register(), of('INVITE'));
    expect(server.on(event).sent).toEqual(sent);
  });

  test('unreachable: only once for a call', () => {
    const server = serverWith({ when: 'unreachable' });
    server.on(register(), of('INVITE'), of('INVITE.failed', 'app@wifi', { code: 480 }), register());
    expect(server.on(of('INVITE.failed', 'app@wifi', { code: 480 })).sent).toEqual(['ACK', 'INVITE.failed']);
  });
});

describe('the token', () => {
  test('comes with the REGISTER, and goes with the un-REGISTER of the log-out (4.1.2)', () => {
    const server = serverWith();
    expect(server.on(register()).shown).toContainEqual({ type: 'wakeable', wakeable: true });
    expect(server.on(register()).shown).not.toContainEqual({ type: 'wakeable', wakeable: true });
    expect(server.on(register('app@wifi', { prid: 'second' })).shown).not.toContainEqual(
      expect.objectContaining({ type: 'wakeable' }),
    );
    expect(server.on(removing).shown).toContainEqual({ type: 'wakeable', wakeable: false });
  });

  test('the app names it in each REGISTER, and not in an un-REGISTER', () => {
    const app = new Driven(scenarioWith(), 'app');
    app.on({ type: 'user.open' });
    const [request] = app.on({ type: 'xstate.after.coldStart.app.launching' } as never).messages;
    expect(request).toMatchObject({ type: 'REGISTER', prid: 'first' });
    app.on({
      type: 'REGISTER.200',
      contacts: ['app@wifi'],
      contact: 'app@wifi',
      expires: 'asked',
      authorization: false,
    });
    const [removal] = app.on({ type: 'user.logOut' }).messages;
    expect(removal).toMatchObject({ type: 'REGISTER', expires: 'zero' });
    expect(removal).not.toHaveProperty('prid');
  });

  test('5.5: a push before the binding ends, unless its lifetime is no longer than that', () => {
    expect(serverWith().on(register()).armed).toContain('push to refresh app@wifi');
    expect(serverWith({}, { expires: { app: '120s' } }).on(register()).armed).not.toContain('push to refresh app@wifi');
    expect(serverWith({ refreshBeforeMs: null }).on(register()).armed).not.toContain('push to refresh app@wifi');
    const server = serverWith();
    server.on(register());
    const due = { type: 'refreshPush.due', contact: 'app@wifi' } as const;
    expect(server.on(due).messages).toEqual([{ type: 'push.refresh', token: 'first' }]);
    server.on(removing);
    expect(server.on(due).messages).toEqual([]);
  });

  test('the push service passes both kinds on, and rejects both for a dead token', () => {
    const service = new Driven(scenarioWith(), 'notificationService');
    const refresh = { type: 'push.refresh', token: 'first' } as const;
    expect(service.on(refresh).messages).toEqual([{ type: 'notification.refresh', token: 'first' }]);
    service.on({ type: 'token.die' });
    expect(service.on(refresh).messages).toEqual([{ type: 'push.failed', token: 'first' }]);
    expect(service.on(push).messages).toEqual([{ type: 'push.failed', call: 1, token: 'first' }]);
  });
});

/** Phone asleep for two hours, then a call: nobody but the push keeps the registration alive. */
const asleep: Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'> = {
  steps: [open, { at: '10s', do: 'home' }, { at: ['30min', '31min'], do: 'dial', call: 1 }],
  links: { appSip: { transport: 'tls' } },
};

const verdictOf = (property: string, scenario: Parameters<typeof check>[0]) =>
  check(scenario, { properties: [propertyNamed(property)] }).decisions[0]?.verdict;

describe('what is proved', () => {
  test('with the refresh pushes no call is lost after half an hour; without them the token is gone with its binding', () => {
    expect(verdictOf('noInviteLost', scenarioWith({}, asleep))).toBe('holds');
    expect(verdictOf('noBlackout', scenarioWith({}, asleep))).toBe('holds');
    const without = scenarioWith({ refreshBeforeMs: null }, asleep);
    expect(verdictOf('noInviteLost', without)).toBe('violated');
    expect(verdictOf('noBlackout', without)).toBe('violated');
    expect(verdictOf('noInviteLost', scenarioWith({ refreshBeforeMs: null, tokenLives: 'account' }, asleep))).toBe(
      'holds',
    );
    const unbound = scenarioWith({ when: 'unbound', refreshBeforeMs: null, tokenLives: 'account' }, asleep);
    expect(verdictOf('noInviteLost', unbound)).toBe('holds');
  });

  test('a killed app is woken, on each product that pushes by itself', () => {
    const document = {
      ...{ name: 'killed', title: 'Killed' },
      steps: [open, { at: '10s', do: 'home' }, { at: '20s', do: 'kill' }, { at: ['29s', '31s'], do: 'dial', call: 1 }],
      links: { appSip: { transport: 'tls' } },
    } as const;
    const lost = (server: keyof typeof everyServerProfile) =>
      violatedIn(document as never, 'sipServerPushes', server).includes('noInviteLost');
    expect(
      ['opensips-push', 'flexisip-fork-late', 'kazoo', 'kamailio-parking', 'flexisip'].filter((one) =>
        lost(one as never),
      ),
    ).toEqual(
      // Its binding is still there, so nothing is pushed, and the branch fails.
      ['kamailio-parking', 'flexisip'],
    );
  });

  test('4.1.3: an app that takes itself for registered and answers no push loses the call', () => {
    const steps = [open, { at: '20s', do: 'dial', call: 1 }] as ScenarioDocument['steps'];
    expect(verdictOf('noInviteLost', scenarioWith({}, { steps }))).toBe('holds');
    expect(verdictOf('noInviteLost', scenarioWith({}, { steps, refreshesOnPush: false }))).toBe('violated');
  });

  test('nothing of it happens where a push server pushes', () => {
    const { records } = simulate(
      resolveScenario({ name: 'p', title: 'P', ...asleep }, serverProfiles, { mode: 'standard' }),
      1,
    );
    const registers = records.flatMap(({ event }) => (event.type === 'REGISTER' ? [event] : []));
    expect(registers.length).toBeGreaterThan(0);
    for (const one of registers) expect(one).not.toHaveProperty('prid');
  });
});
