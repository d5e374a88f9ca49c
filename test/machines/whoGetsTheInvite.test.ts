import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { CallMessage, CallTarget, Contact } from '../../src/machines/messages.ts';
import type { ServerAxes, Waking } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven } from '../support/drive.ts';

/** A SIP server that pushes two phones: whose REGISTER lets the INVITE go, and where it goes then. */

const of = (type: CallMessage['type'], contact: CallTarget = 'addressOfRecord', more: object = {}) =>
  ({ type, call: 1, contact, ...more }) as CallMessage;
const register = (contact: Contact): MachineEvent => ({
  ...{ type: 'REGISTER', contact, expires: 'asked', authorization: true, stale: false },
  prid: contact.startsWith('app2') ? 'first2' : 'first',
});
const one = register('app@wifi');
const other = register('app2@wifi');
const busy = (contact: Contact) => of('INVITE.failed', contact, { code: 486 });

/** A server to which both phones have registered, with an INVITE for them. */
function invited(goesTo: Waking['goesTo'], wakes: Partial<Waking> = {}, axes: Partial<ServerAxes> = {}): Driven {
  const { multi } = serverProfiles;
  const scenario = resolveScenario(
    { name: 'p', title: 'P', topology: { phones: 2 }, steps: [{ at: '1s', do: 'open' }] },
    serverProfiles,
    {
      mode: 'sipServerPushes',
      server: { ...multi, digest: false, ...axes, wakes: { ...multi.wakes, goesTo, ...wakes } },
    },
  );
  const server = new Driven(scenario, 'sipServer');
  server.on(one, other, of('INVITE'));
  return server;
}

/** Where the INVITE goes with an event. */
const invitedBy = (server: Driven, event: MachineEvent): string[] =>
  server.on(event).messages.flatMap((message) => (message.type === 'INVITE' ? [message.contact] : []));

describe('the first REGISTER lets it go', () => {
  test.each<[Waking['goesTo'], string[]]>([
    ['itsContact', ['app2@wifi']],
    ['newest', ['app2@wifi']],
    ['all', ['app2@wifi', 'app@wifi']],
    ['allEachTime', ['app2@wifi', 'app@wifi']],
  ])('%s: to %j', (goesTo, contacts) => {
    expect(invitedBy(invited(goesTo), other).sort()).toEqual(contacts);
  });

  test('with all it goes to one where the server calls one contact', () => {
    expect(invitedBy(invited('all', {}, { fork: 'first' }), other)).toEqual(['app2@wifi']);
  });
});

describe('the other phone', () => {
  test.each<[Waking['goesTo'], boolean]>([
    ['itsContact', true],
    ['newest', false],
    ['all', false],
    ['allEachTime', true],
  ])('%s: is waited for once the first one is busy: %s', (goesTo, waits) => {
    const server = invited(goesTo);
    server.on(other);
    const last = [busy('app2@wifi'), ...(goesTo.startsWith('all') ? [busy('app@wifi')] : [])];
    const [failed] = last.map((event) => server.on(event)).slice(-1);
    expect(failed?.sent.includes('INVITE.failed')).toBe(!waits);
    const again = goesTo === 'allEachTime' ? ['app2@wifi'] : [];
    expect(invitedBy(server, one).sort()).toEqual(waits ? [...again, 'app@wifi'] : []);
  });

  test.each(['newest', 'all'] as const)('%s: its timer is stopped with that of the first one', (goesTo) => {
    expect(invited(goesTo).on(other).cancelled).toEqual(
      expect.arrayContaining(['waking for call 1', 'waking for call 1 of phone 2']),
    );
  });

  test.each(['itsContact', 'allEachTime'] as const)('%s: its timer runs on', (goesTo) => {
    expect(invited(goesTo).on(other).cancelled).not.toContain('waking for call 1');
  });

  test('with all a contact that rings already gets no second INVITE', () => {
    const server = invited('allEachTime');
    server.on(other);
    expect(invitedBy(server, one)).toEqual(['app@wifi']);
  });
});

describe('a phone that has refused', () => {
  /** Both get the INVITE at once, the first one is busy, and the other one registers. */
  function refused(goesTo: Waking['goesTo'], more: Partial<Waking> = {}): Driven {
    const server = invited(goesTo, { when: 'alongside', ...more }, { forksToLateBindings: true });
    server.on(busy('app@wifi'));
    return server;
  }

  test('is not invited once more by its own REGISTER (Flexisip, Fork::shouldDispatch)', () => {
    expect(invitedBy(refused('itsContact'), one)).toEqual([]);
    const waitsForNobody = refused('itsContact');
    waitsForNobody.on({ type: 'waking.over', call: 1 });
    expect(invitedBy(waitsForNobody, one)).toEqual([]);
  });

  test('is after 408 and 503, which say nothing of it', () => {
    for (const code of [408, 503]) {
      const server = invited('itsContact', { when: 'alongside' });
      server.on(of('INVITE.failed', 'app@wifi', { code }));
      expect(invitedBy(server, one)).toEqual(['app@wifi']);
    }
  });

  test('is invited with each REGISTER of another where nobody remembers it (opensips issue 1573)', () => {
    expect(invitedBy(refused('allEachTime'), other).sort()).toEqual(['app2@wifi', 'app@wifi'].sort());
    expect(invitedBy(refused('all'), other)).toEqual(['app2@wifi']);
  });

  test('8.2.2.2: over a connection it rings again, as no transaction of the former INVITE goes on', () => {
    const ringing = (transport: 'tls' | 'udp') => {
      const app = new Driven(
        resolveScenario(
          {
            name: 'd',
            title: 'D',
            user: 'declines',
            links: { appSip: { transport } },
            steps: [{ at: '1s', do: 'open' }],
          },
          serverProfiles,
          { mode: 'sipServerPushes' },
        ),
        'app',
      );
      app.on(
        { type: 'user.open' },
        { type: 'xstate.after.coldStart.app.launching' } as never,
        of('INVITE', 'app@wifi'),
      );
      app.on({ type: 'xstate.after.userReaction.app.running.call1.ringing' } as never, of('ACK', 'app@wifi'));
      return app.on(of('INVITE', 'app@wifi')).messages;
    };
    expect(ringing('tls')).toEqual([of('INVITE.180', 'app@wifi')]);
    expect(ringing('udp')).toEqual([of('INVITE.failed', 'app@wifi', { code: 482 })]);
  });
});
