import { describe, expect, test } from 'vitest';
import type { CallMessage, CallTarget, Contact } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { productProfiles } from '../../src/profiles/products.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** What happens to a call after the phone has rung, machine by machine. */

type Document = Partial<Parameters<typeof scenarioOf>[0]>;

const of = (type: CallMessage['type'], contact: CallTarget, more: object = {}) =>
  ({ type, call: 1, contact, ...more }) as CallMessage;
const byCallee = { by: 'callee' };
const failedToSend = (message: CallMessage) => ({ type: 'transport.failed', message }) as const;
const appIsGone = { type: 'connection.closed', from: 'app', network: 'wifi' } as const;
const ended = (cause: string) => ({ type: 'phone.ended', call: 1, cause });

describe('the push server', () => {
  const toServer = (type: CallMessage['type'], more: object = {}) => of(type, 'pushServer', more);
  const toApp = (type: CallMessage['type'], more: object = {}) => of(type, 'connection', more);
  const push = { type: 'push', call: 1, token: 'first' };
  const endPush = { type: 'push.end', call: 1, token: 'first' };
  const timer = (delay: string, state: string) => elapsed(delay, `pushServer.up.call1.${state}`);

  const offering = (document: Document = {}) => {
    const server = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }], ...document }), 'pushServer');
    server.on({ type: 'control.enable', token: 'first' }, toServer('INVITE'));
    return server;
  };
  /** It has offered the call, heard nothing, and wakes the app once more. */
  const wakingAgain = () => {
    const server = offering();
    expect(server.on(timer('connectionTimeout', 'offering')).messages).toEqual([push]);
    return server;
  };
  const connected = () => {
    const server = offering();
    server.on(toApp('INVITE.180'), toApp('INVITE.200'), toServer('ACK'));
    return server;
  };

  test('passes on the 180 and the 200 of an offer after it has begun to wake the app once more', () => {
    const server = wakingAgain();
    expect(server.on(toApp('INVITE.180')).messages).toEqual([toServer('INVITE.180')]);
    expect(server.on(toApp('INVITE.200')).messages).toEqual([toServer('INVITE.200')]);
    expect(wakingAgain().on(toApp('INVITE.200')).messages).toEqual([toServer('INVITE.200')]);
    expect(wakingAgain().on(toApp('INVITE.failed', { code: 603 })).messages).toEqual([
      toApp('ACK'),
      toServer('INVITE.failed', { code: 603 }),
    ]);
  });

  test('cancels what it has offered when it is cancelled, or gives up, while it wakes the app once more', () => {
    const { messages } = wakingAgain().on(toServer('CANCEL'));
    expect(messages).toEqual([
      toServer('CANCEL.200'),
      toApp('CANCEL'),
      endPush,
      toServer('INVITE.failed', { code: 487 }),
    ]);
    expect(wakingAgain().on(timer('giveUp', 'wakingAgain')).messages).toEqual([
      toApp('CANCEL'),
      endPush,
      toServer('INVITE.failed', { code: 480 }),
    ]);
  });

  test('18.4: wakes the app at once where its connection is gone', () => {
    expect(offering().on(failedToSend(toApp('INVITE'))).messages).toEqual([push]);
    expect(offering().on(failedToSend(toApp('ACK'))).messages).toEqual([]);
    expect(offering().on(appIsGone).messages).toEqual([push]);
    expect(offering().on({ type: 'connection.closed', from: 'sipServer' }).messages).toEqual([]);
  });

  test('wakes an app once more that has died while it rang', () => {
    const server = offering();
    server.on(toApp('INVITE.180'));
    expect(server.on(appIsGone).messages).toEqual([push]);
  });

  test('13.3.1.4: ends a call towards both sides whose 200 nobody acknowledges', () => {
    const server = offering();
    server.on(toApp('INVITE.180'), toApp('INVITE.200'));
    expect(server.on(timer('64T1', 'answered')).messages).toEqual([
      toApp('ACK'),
      toApp('BYE'),
      toServer('BYE', byCallee),
    ]);
    expect(server.on(timer('T1', 'hangingUp.first')).messages).toEqual([toServer('BYE', byCallee)]);
    server.on(toServer('BYE.200', byCallee));
    expect(server.is({ up: { call1: 'over' } })).toBe(true);
  });

  test('15.1.2: a BYE of the app is confirmed and goes on to the caller', () => {
    expect(connected().on(toApp('BYE', byCallee)).messages).toEqual([
      toApp('BYE.200', byCallee),
      toServer('BYE', byCallee),
    ]);
  });

  test('a call whose app has died is ended for the caller', () => {
    expect(connected().on(appIsGone).messages).toEqual([toServer('BYE', byCallee)]);
  });

  test('15: no BYE goes to a caller whose ACK has not come, though the app has died in the meantime', () => {
    const server = offering();
    server.on(toApp('INVITE.180'), toApp('INVITE.200'));
    expect(server.on(appIsGone).messages).toEqual([]);
    expect(server.on(timer('T1', 'answeredInVain.first')).messages).toEqual([toServer('INVITE.200')]);
    expect(server.on(toServer('CANCEL')).messages).toEqual([toServer('CANCEL.200')]);
    expect(server.on(toServer('ACK')).messages).toEqual([toServer('BYE', byCallee)]);
  });

  test('15.1.1: a BYE that the caller has not confirmed is sent again, whatever the app confirms', () => {
    const server = offering();
    server.on(toApp('INVITE.180'), toApp('INVITE.200'), timer('64T1', 'answered'), toApp('BYE.200'));
    expect(server.on(timer('T1', 'hangingUp.first')).messages).toEqual([toServer('BYE', byCallee)]);
  });

  test('9.2: a CANCEL that comes after the ACK is confirmed and ends nothing', () => {
    expect(connected().on(toServer('CANCEL')).messages).toEqual([toServer('CANCEL.200')]);
  });

  test('14.1, 13.2.2.4: a re-INVITE is confirmed, a copy of the 200 acknowledged', () => {
    expect(connected().on(toApp('reINVITE', { target: 'connection' })).messages).toEqual([
      toApp('reINVITE.200', { target: 'connection' }),
    ]);
    expect(connected().on(toApp('INVITE.200')).messages).toEqual([toApp('ACK')]);
  });

  test('12.2.2: after a restart there is no such dialog', () => {
    const server = connected();
    server.on({ type: 'pushServer.crash' }, elapsed('restart', 'pushServer.down'));
    expect(server.on(toServer('BYE')).messages).toEqual([toServer('BYE.481')]);
    expect(server.on(toApp('BYE', byCallee)).messages).toEqual([toApp('BYE.481', byCallee)]);
    const moved = toApp('reINVITE', { target: 'connection' });
    const denied = toApp('reINVITE.481', { target: 'connection' });
    expect(server.on(moved).messages).toEqual([denied]);
    const ended = connected();
    ended.on(toServer('BYE'));
    expect(ended.on(moved).messages).toEqual([denied]);
  });
});

describe('the phone', () => {
  const path = 'app.running.call1';
  const push = { type: 'notification', call: 1, token: 'first' } as const;
  const reaction = elapsed('userReaction', `${path}.ringing`);
  const open = (document: Document = {}) => {
    const app = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }], ...document }), 'app');
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
    return app;
  };
  const alerting = (document: Document = {}, contact: CallTarget = 'app@wifi') => {
    const app = open(document);
    app.on(of('INVITE', contact));
    return app;
  };
  const active = (document: Document = {}, contact: CallTarget = 'app@wifi') => {
    const app = alerting(document, contact);
    const { shown } = app.on(reaction, of('ACK', contact));
    expect(shown).toEqual([{ type: 'phone.connected', call: 1 }]);
    return app;
  };

  test('21.4.18: says 480 when it stops ringing by itself', () => {
    const app = alerting({ user: 'ignores' });
    const { messages } = app.on(elapsed('ringLimit', `${path}.ringing.alerting`));
    expect(messages).toEqual([of('INVITE.failed', 'app@wifi', { code: 480 })]);
    expect(app.on(elapsed('T1', `${path}.givingUp.first`)).messages).toEqual(messages);
  });

  test.each([480, 486, 603] as const)('a decline sends %i where the scenario says so', (code) => {
    const app = alerting({ user: 'declines', declinesWith: code });
    expect(app.on(reaction).messages).toEqual([of('INVITE.failed', 'app@wifi', { code })]);
  });

  test('17.2.1: over the connection to the push server no answer is sent twice', () => {
    const app = alerting({ user: 'declines' }, 'connection');
    expect(app.on(reaction).sent).toEqual(['INVITE.failed']);
    expect(app.on(elapsed('T1', `${path}.declining.first`)).sent).toEqual([]);
  });

  test('21.4.21: is busy while the user is not to be disturbed, and for a second call without call waiting', () => {
    expect(open({ user: 'doNotDisturb' }).on(of('INVITE', 'app@wifi')).messages).toEqual([
      of('INVITE.failed', 'app@wifi', { code: 486 }),
    ]);
    expect(open({ user: 'doNotDisturb' }).on(push).shown).toEqual([]);
    const second = { ...of('INVITE', 'app@wifi'), call: 2 } as CallMessage;
    expect(alerting({ callWaiting: false }).on(second).messages).toEqual([
      { ...of('INVITE.failed', 'app@wifi', { code: 486 }), call: 2 },
    ]);
    expect(alerting().on(second).sent).toEqual(['INVITE.180']);
  });

  test('answered on the push alone, it answers the INVITE as soon as that comes', () => {
    const app = open();
    const { shown } = app.on(push, reaction);
    expect(shown).toEqual([
      { type: 'ringing.stopped', call: 1 },
      { type: 'ringing.answered', call: 1 },
    ]);
    const answer = app.on(of('INVITE', 'connection'));
    expect(answer.messages).toEqual([of('INVITE.200', 'connection')]);
    expect(answer.shown).toEqual([{ type: 'ringing.alerting', call: 1 }]);
  });

  test('answered on the push alone, it asks for the call once more from another network', () => {
    expect(open().on(push, reaction, { type: 'network.change' }).sent).toContain('control.fetch');
  });

  test('answered for a call that is gone, it is told so, or stops waiting for the INVITE', () => {
    expect(open().on(push, reaction, { type: 'control.noCall', call: 1 }).shown).toEqual([ended('told')]);
    expect(open().on(push, reaction, { ...push, type: 'notification.end' }).shown).toEqual([ended('told')]);
    expect(open().on(push, reaction, elapsed('watchdog', `${path}.accepted`)).shown).toEqual([ended('noInvite')]);
  });

  test('declined on the push alone, it declines the INVITE as soon as that comes, or forgets it', () => {
    const declined = () => {
      const app = open({ user: 'declines' });
      app.on(push, reaction);
      return app;
    };
    expect(declined().on(of('INVITE', 'connection')).messages).toEqual([
      of('INVITE.failed', 'connection', { code: 603 }),
    ]);
    for (const event of [
      { type: 'control.noCall', call: 1 } as const,
      { ...push, type: 'notification.end' } as const,
      elapsed('watchdog', `${path}.refusing`),
    ]) {
      const app = declined();
      app.on(event);
      expect(app.is({ running: { call1: 'over' } })).toBe(true);
    }
  });

  test('an end-push stops the ringing of a call that came over the connection', () => {
    const end = { ...push, type: 'notification.end' } as const;
    expect(alerting({}, 'connection').on(end).messages).toEqual([of('INVITE.failed', 'connection', { code: 487 })]);
    expect(alerting().on(end).messages).toEqual([]);
  });

  test('13.3.1.4: a 200 without ACK ends in a BYE, which is sent again until it is confirmed', () => {
    const app = alerting();
    app.on(reaction);
    const { messages, shown } = app.on(elapsed('64T1', `${path}.answering`));
    expect(messages).toEqual([of('BYE', 'app@wifi', byCallee)]);
    expect(shown).toEqual([ended('noAck')]);
    expect(app.on(elapsed('T1', `${path}.hangingUp.first`)).messages).toEqual(messages);
    expect(app.on(of('BYE', 'app@wifi')).messages).toEqual([of('BYE.200', 'app@wifi')]);
    app.on(of('BYE.481', 'app@wifi', byCallee));
    expect(app.is({ running: { call1: 'over' } })).toBe(true);
  });

  test('15.1.1: hangs up where the user ends the call', () => {
    const app = active({ endsCall: 'user' });
    const { messages, shown } = app.on(elapsed('talk', `${path}.active`));
    expect(messages).toEqual([of('BYE', 'app@wifi', byCallee)]);
    expect(shown).toEqual([ended('hungUp')]);
    app.on(of('BYE.200', 'app@wifi', byCallee));
    expect(app.is({ running: { call1: 'over' } })).toBe(true);
  });

  test('12.2.2: knows no dialog of a process that has ended', () => {
    expect(open().on(of('BYE', 'app@wifi')).messages).toEqual([of('BYE.481', 'app@wifi')]);
  });

  test('12.2.1.1: answers from the network that it is in by then', () => {
    const app = alerting();
    const { messages } = app.on({ type: 'network.change' }, reaction);
    expect(messages).toEqual([of('INVITE.200', 'app@wifi', { target: 'app@cellular' })]);
  });

  test('13.3.1.4: repeats the same 200, also where it moves before the ACK', () => {
    const app = alerting();
    app.on(reaction);
    app.on({ type: 'network.change' });
    expect(app.on(elapsed('T1', `${path}.answering.first`)).messages).toEqual([of('INVITE.200', 'app@wifi')]);
    const moved = alerting();
    moved.on({ type: 'network.change' }, reaction, { type: 'network.change' });
    expect(moved.on(elapsed('T1', `${path}.answering.first`)).messages).toEqual([
      of('INVITE.200', 'app@wifi', { target: 'app@cellular' }),
    ]);
    moved.on(of('ACK', 'app@cellular'), of('BYE', 'app@cellular'));
    expect(moved.context.answeredFrom).toEqual({});
  });

  test('12.2.1.2: ends a call whose other end does not answer the re-INVITE', () => {
    const app = active();
    app.on({ type: 'network.change' });
    const { messages, shown } = app.on(elapsed('64T1', `${path}.active.moving`));
    expect(messages).toEqual([of('BYE', 'app@wifi', byCallee)]);
    expect(shown).toEqual([ended('noAnswer')]);
  });

  test('12.2.1.2: learns from the 481 to its re-INVITE that the call is over', () => {
    const app = active();
    app.on({ type: 'network.change' });
    const { shown } = app.on(of('reINVITE.481', 'app@wifi', { target: 'app@cellular' }));
    expect(shown).toEqual([ended('told')]);
    expect(app.is({ running: { call1: 'over' } })).toBe(true);
  });

  test('14.1: tells the other end of a call where it has moved, again and again until that has answered', () => {
    const app = active();
    const moved = of('reINVITE', 'app@wifi', { target: 'app@cellular' });
    expect(app.on({ type: 'network.change' }).messages).toContainEqual(moved);
    expect(app.on(elapsed('T1', `${path}.active.moving.first`)).messages).toEqual([moved]);
    expect(app.on(of('reINVITE.200', 'app@wifi', { target: 'app@cellular' })).messages).toEqual([
      of('reINVITE.ACK', 'app@wifi'),
    ]);
    expect(app.is({ running: { call1: { active: 'still' } } })).toBe(true);
    const silent = active({ followsNetwork: false }).on({ type: 'network.change' });
    expect(silent.sent).not.toContain('reINVITE');
  });

  test('keeps its new address also where a call is told of the move', () => {
    const app = open();
    app.on(push, { type: 'network.change' });
    expect(app.context.network).toBe('cellular');
  });

  test('killed in the midst of ringing, it says for which calls', () => {
    expect(alerting().on({ type: 'app.kill', notice: false }).shown).toContainEqual({
      type: 'ringing.cutOff',
      calls: [1],
    });
    expect(
      open()
        .on({ type: 'app.kill', notice: false })
        .shown.map(({ type }) => type),
    ).not.toContain('ringing.cutOff');
  });
});

describe('the SIP server', () => {
  const ofCaller = 'addressOfRecord';
  const timer = (delay: string, state: string) => elapsed(delay, `sipServer.up.call1.${state}`);
  const serverWith = (bound: readonly Contact[], profile: Partial<ServerProfile> = {}, document: Document = {}) => {
    const scenario = resolveScenario(
      { name: 'x', title: 'x', steps: [{ at: '1s', do: 'open' }], ...document },
      serverProfiles,
      { server: { ...serverProfiles.multi, digest: false, ...profile } },
    );
    const server = new Driven(scenario, 'sipServer');
    for (const contact of bound)
      server.on({ type: 'REGISTER', contact, expires: 'asked', authorization: false, stale: false });
    return server;
  };
  /** A call with two branches, both of which ring. */
  const ringing = (profile: Partial<ServerProfile> = {}, document: Document = {}) => {
    const server = serverWith(['app@wifi', 'pushServer'], profile, document);
    server.on(of('INVITE', ofCaller), of('INVITE.180', 'app@wifi'), of('INVITE.180', 'pushServer'));
    return server;
  };
  const failed = (contact: Contact, code: number) => of('INVITE.failed', contact, { code });

  test('16.7 step 5: a 6xx cancels the other branches, adds none and is passed on in the end', () => {
    const server = ringing({ forksToLateBindings: true });
    expect(server.on(failed('app@wifi', 603)).messages).toEqual([of('ACK', 'app@wifi'), of('CANCEL', 'pushServer')]);
    const late = { type: 'REGISTER', contact: 'app@cellular', expires: 'asked', authorization: false, stale: false };
    expect(server.on(late as never).sent).toEqual(['REGISTER.200']);
    expect(server.on(failed('pushServer', 487)).messages).toEqual([
      of('ACK', 'pushServer'),
      of('INVITE.failed', ofCaller, { code: 603 }),
    ]);
  });

  test('a B2BUA may let the others ring on after a 6xx, and everybody does after a 486', () => {
    expect(ringing({ onGlobalFailure: 'waitsForBranches' }).on(failed('app@wifi', 603)).sent).toEqual(['ACK']);
    expect(ringing().on(failed('app@wifi', 486)).sent).toEqual(['ACK']);
  });

  test('16.7 step 6: a 503 is the last choice, and a 500 upstream', () => {
    const server = ringing();
    server.on(failed('app@wifi', 503));
    expect(server.on(failed('pushServer', 482)).messages).toContainEqual(of('INVITE.failed', ofCaller, { code: 482 }));
    const alone = serverWith(['app@wifi']);
    alone.on(of('INVITE', ofCaller));
    expect(alone.on(failed('app@wifi', 503)).messages).toContainEqual(of('INVITE.failed', ofCaller, { code: 500 }));
  });

  test.each([
    [503, 500],
    [477, 477],
  ] as const)('16.9: a branch that cannot be reached counts as %i, which the caller gets as %i', (code, upstream) => {
    const server = serverWith(['app@wifi'], { unreachableCode: code });
    server.on(of('INVITE', ofCaller));
    expect(server.on(failedToSend(of('INVITE', 'app@wifi'))).messages).toEqual([
      of('INVITE.failed', ofCaller, { code: upstream }),
    ]);
  });

  test('15: a BYE that cannot be delivered is answered for the one who has gone', () => {
    const server = ringing();
    server.on(of('INVITE.200', 'app@wifi'), of('ACK', 'app@wifi'), of('BYE', 'app@wifi'));
    expect(server.on(failedToSend(of('BYE', 'app@wifi'))).messages).toEqual([of('BYE.481', 'app@wifi')]);
  });

  test('16.9: a CANCEL or an ACK that cannot be delivered ends no branch', () => {
    for (const type of ['CANCEL', 'ACK'] as const) {
      const server = ringing();
      expect(server.on(failedToSend(of(type, 'app@wifi'))).messages).toEqual([]);
      expect(server.context).toMatchObject({ calls: { 1: { branches: { 'app@wifi': 'proceeding' } } } });
    }
  });

  test('15: a branch that cannot be reached after another one has answered denies no BYE', () => {
    const server = serverWith(['app@wifi', 'pushServer']);
    server.on(of('INVITE', ofCaller), of('INVITE.200', 'app@wifi'), of('ACK', 'app@wifi'));
    expect(server.on(failedToSend(of('INVITE', 'pushServer'))).messages).toEqual([]);
    expect(server.context).toHaveProperty('calls.1.branches', {});
  });

  test('16.12: requests of the one who was called go to the caller, and their answers back', () => {
    const server = ringing();
    server.on(of('INVITE.200', 'app@wifi', { target: 'app@cellular' }), of('ACK', 'app@cellular'));
    for (const message of [
      of('reINVITE', 'app@wifi', { target: 'app@cellular' }),
      of('reINVITE.200', 'app@wifi', { target: 'app@cellular' }),
      of('reINVITE.481', 'app@wifi', { target: 'app@cellular' }),
      of('reINVITE.ACK', 'app@wifi'),
      of('BYE', 'app@wifi', byCallee),
      of('BYE.481', 'app@wifi', byCallee),
      of('BYE.200', 'app@wifi', byCallee),
    ]) {
      expect(server.on(message).messages).toEqual([message]);
    }
    expect(server.on(of('BYE', 'app@wifi', byCallee)).messages).toEqual([of('BYE', 'app@wifi', byCallee)]);
  });

  test('16.4: a dialog outlives a restart, for its route is in its requests', () => {
    const server = serverWith(['app@wifi']);
    expect(server.on(of('BYE', 'app@wifi')).messages).toEqual([of('BYE', 'app@wifi')]);
    expect(server.on(of('BYE.200', 'app@wifi')).messages).toEqual([of('BYE.200', 'app@wifi')]);
    expect(server.on(of('BYE.481', 'app@wifi')).messages).toEqual([of('BYE.481', 'app@wifi')]);
  });

  test('16.7 step 2: waits for an answer from the INVITE on, until there is one', () => {
    const ends = [of('INVITE.200', 'app@wifi'), of('CANCEL', ofCaller), failed('app@wifi', 603)];
    for (const end of ends) {
      const server = serverWith(['app@wifi']);
      expect(server.on(of('INVITE', ofCaller)).armed).toContain('answer of call 1');
      expect(server.on(end).cancelled).toContain('answer of call 1');
    }
  });

  test('16.7 step 2: an 18x begins the time for an answer anew where the product does so', () => {
    expect(ringing({ ringingRestartsNoAnswer: true }).on(of('INVITE.180', 'app@wifi')).armed).toEqual([
      'answer of call 1',
    ]);
    expect(ringing().on(of('INVITE.180', 'app@wifi')).armed).toEqual([]);
  });

  test.each([
    ['none', 'INVITE.failed', 'INVITE.failed'],
    ['noAnswer', 'INVITE.200', 'INVITE.failed'],
    ['noAnswerOrBusy', 'INVITE.200', 'INVITE.200'],
  ] as const)('a mailbox that takes %s: nobody answers %s, busy %s', (mailboxTakes, timeOut, busy) => {
    expect(ringing({ mailboxTakes }).on({ type: 'answer.missing', call: 1 }).sent).toContain(timeOut);
    const server = ringing({ mailboxTakes });
    server.on(failed('app@wifi', 486));
    expect(server.on(failed('pushServer', 480)).sent).toContain(busy);
  });

  test.each([
    ['none', 'INVITE.failed'],
    ['noAnswer', 'INVITE.200'],
    ['noAnswerOrBusy', 'INVITE.200'],
  ] as const)('16.7: a silent branch is no answer for a mailbox that takes %s: %s', (mailboxTakes, end) => {
    const server = serverWith(['app@wifi'], { mailboxTakes });
    server.on(of('INVITE', ofCaller));
    expect(server.on({ type: 'branches.silent', call: 1 }).sent).toContain(end);
  });

  test.each([
    [486, 'INVITE.200'],
    [480, 'INVITE.failed'],
    [603, 'INVITE.failed'],
  ] as const)('the mailbox of the sample configuration of Kamailio after %s: %s', (code, end) => {
    const { mailboxTakes } = productProfiles['kamailio-voicemail'];
    const server = serverWith(['app@wifi'], { mailboxTakes });
    server.on(of('INVITE', ofCaller));
    server.on(of('INVITE.180', 'app@wifi'));
    expect(server.on(failed('app@wifi', code)).sent).toContain(end);
  });

  test('17.1.1.2, 17.1.2.2, 17.2.1: each hop retransmits for itself', () => {
    const overTls = { appSip: { transport: 'tls' } } as const;
    const server = serverWith(['app@wifi', 'pushServer'], {}, { links: overTls });
    server.on(of('INVITE', ofCaller));
    expect(server.on(timer('T1', 'proceeding.first')).messages).toEqual([of('INVITE', 'pushServer')]);
    const trunk = serverWith(['app@wifi'], {}, { links: { callerSip: { transport: 'tls' } } });
    trunk.on(of('INVITE', ofCaller));
    expect(trunk.on(timer('T1', 'proceeding.first')).messages).toEqual([of('INVITE', 'app@wifi')]);
    trunk.on(failed('app@wifi', 480));
    expect(trunk.is({ up: { call1: { failed: 'once' } } })).toBe(true);
  });
});

describe('the caller', () => {
  const talking = (document: Document = {}) => {
    const caller = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'dial', call: 1 }], ...document }), 'caller');
    caller.on({ type: 'call.dial', call: 1 }, of('INVITE.100', 'addressOfRecord'), of('INVITE.200', 'app@wifi'));
    return caller;
  };

  test('15.1.2: is hung up on', () => {
    const caller = talking();
    const { messages, shown } = caller.on(of('BYE', 'app@wifi', byCallee));
    expect(messages).toEqual([of('BYE.200', 'app@wifi', byCallee)]);
    expect(shown).toEqual([{ type: 'call.ended', call: 1 }]);
    expect(caller.on(of('BYE', 'app@wifi', byCallee)).messages).toEqual([of('BYE.200', 'app@wifi', byCallee)]);
  });

  test('12.2.2: confirms the BYE of another branch, and talks on', () => {
    const caller = talking();
    expect(caller.on(of('BYE', 'pushServer', byCallee)).messages).toEqual([of('BYE.200', 'pushServer', byCallee)]);
    expect(caller.is({ call1: 'talking' })).toBe(true);
  });

  test('12.2.1.1: follows a phone that moves', () => {
    const caller = talking();
    expect(caller.on(of('reINVITE', 'app@wifi', { target: 'app@cellular' })).messages).toEqual([
      of('reINVITE.200', 'app@wifi', { target: 'app@cellular' }),
    ]);
    const { messages, shown } = caller.on(elapsed('talk', 'caller.call1.talking'));
    expect(messages).toEqual([of('BYE', 'app@cellular')]);
    expect(shown).toEqual([{ type: 'call.hungUp', call: 1 }]);
    expect(caller.on(of('BYE', 'app@wifi', byCallee)).sent).toEqual(['BYE.200']);
    // 12.2.2: for the caller the dialog has ended, though the phone moves once more.
    const denied = of('reINVITE.481', 'app@wifi', { target: 'app@wifi' });
    expect(caller.on(of('reINVITE', 'app@wifi', { target: 'app@wifi' })).messages).toEqual([denied]);
    caller.on(of('BYE.481', 'app@cellular'));
    expect(caller.is({ call1: 'over' })).toBe(true);
    expect(caller.on(of('reINVITE', 'app@wifi', { target: 'app@wifi' })).messages).toEqual([denied]);
  });

  test('8.1.3.1: a server that refuses the connection is a failure at once', () => {
    const caller = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'dial', call: 1 }] }), 'caller');
    const { shown } = caller.on({ type: 'call.dial', call: 1 }, failedToSend(of('INVITE', 'addressOfRecord')));
    expect(shown).toContainEqual({ type: 'call.failed', call: 1, code: 503 });
  });

  test('17.1.3: what cannot be sent besides the INVITE does not end it', () => {
    const caller = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'dial', call: 1 }] }), 'caller');
    const { shown } = caller.on({ type: 'call.dial', call: 1 }, failedToSend(of('ACK', 'addressOfRecord')));
    expect(shown).not.toContainEqual(expect.objectContaining({ type: 'call.failed' }));
  });
});

describe('another device of the user', () => {
  const invite = of('INVITE', 'otherDevice');
  const phone = (otherDevice: 'answers' | 'busy' | 'declines') =>
    new Driven(scenarioOf({ steps: [{ at: '1s', do: 'dial', call: 1 }], otherDevice }), 'caller');

  test('13.3.1.4: answers when the user does', () => {
    const device = phone('answers');
    expect(device.on(invite, elapsed('otherDeviceReaction', 'caller.otherDevice1.ringing')).messages).toEqual([
      of('INVITE.200', 'otherDevice'),
    ]);
  });

  test('shares a party with the caller, and each takes only the BYE that is for it', () => {
    const device = phone('answers');
    device.on(invite, elapsed('otherDeviceReaction', 'caller.otherDevice1.ringing'), of('ACK', 'otherDevice'));
    device.on({ type: 'call.dial', call: 1 }, of('INVITE.200', 'otherDevice'), { type: 'call.hangUp', call: 1 });
    expect(device.on(of('BYE', 'app@wifi', byCallee)).messages).toEqual([of('BYE.200', 'app@wifi', byCallee)]);
    expect(device.is({ otherDevice1: 'active' })).toBe(true);
    expect(device.on(of('BYE', 'otherDevice')).messages).toEqual([of('BYE.200', 'otherDevice')]);
    expect(device.is({ otherDevice1: 'over', call1: 'hangingUp' })).toBe(true);
  });

  test('21.4.21: is busy at once', () => {
    expect(phone('busy').on(invite).messages).toEqual([of('INVITE.failed', 'otherDevice', { code: 486 })]);
  });

  test('21.6.2: declines when the user does', () => {
    const device = phone('declines');
    const declined = [of('INVITE.failed', 'otherDevice', { code: 603 })];
    expect(device.on(invite, elapsed('otherDeviceReaction', 'caller.otherDevice1.ringing')).messages).toEqual(declined);
    expect(device.on(elapsed('T1', 'caller.otherDevice1.refusing.first')).messages).toEqual(declined);
    device.on(of('ACK', 'otherDevice'));
    expect(device.is({ otherDevice1: 'over' })).toBe(true);
  });
});
