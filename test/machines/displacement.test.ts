import { describe, expect, test } from 'vitest';
import type { Contact, ContactOrder, RegisterRequest } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [{ at: '1s', do: 'open' as const }];
const { reject, overwrite, evict, sequential, instance } = everyServerProfile;

const register = (contact: Contact, more: Partial<RegisterRequest> = {}): RegisterRequest => ({
  type: 'REGISTER',
  contact,
  expires: 'asked',
  authorization: false,
  stale: false,
  ...more,
});
const swapping = (order: ContactOrder, contact: Contact, ...removes: Contact[]) =>
  register(contact, { swap: { removes, order } });

/** A registrar of that kind at which these contacts are bound, the oldest first. */
function registrar(profile: ServerProfile, ...bound: Contact[]): Driven {
  const server = { ...profile, digest: false };
  const driven = new Driven(scenarioIn({ name: 'x', title: 'X', steps }, 'standard', server), 'sipServer');
  driven.on(...bound.map((contact) => register(contact)));
  expect(driven.context.bindings).toEqual(bound);
  return driven;
}

describe('a REGISTER with several Contacts', () => {
  test.each(['newFirst', 'oldFirst'] as const)('10.3: is judged by its outcome, %s (Kamailio, Asterisk)', (order) => {
    const full = registrar(reject, 'app@wifi');
    const { sent, shown } = full.on(swapping(order, 'pushServer', 'app@wifi'));
    expect(sent).toEqual(['REGISTER.200']);
    const change = { how: 'registered', by: 'pushServer' };
    expect(shown).toEqual([{ type: 'bindings', contacts: ['pushServer'], change }]);
  });

  test('10.3: changes nothing where its outcome does not fit', () => {
    const full = registrar(reject, 'app@wifi');
    const { sent, shown } = full.on(swapping('oldFirst', 'pushServer', 'app@cellular'));
    expect([sent, shown]).toEqual([['REGISTER.refused'], []]);
  });

  test('removes what it names from a server that has room', () => {
    const roomy = registrar(evict, 'app@wifi');
    roomy.on(swapping('newFirst', 'pushServer', 'app@wifi', 'app@cellular'));
    expect(roomy.context.bindings).toEqual(['pushServer']);
  });
});

describe('Contact by Contact (OpenSIPS)', () => {
  test('the old one first: it is gone although the new one is refused', () => {
    const full = registrar(sequential, 'app@wifi');
    const { sent, shown } = full.on(swapping('oldFirst', 'pushServer', 'app@wifi'));
    expect(sent).toEqual(['REGISTER.refused']);
    expect(shown).toEqual([{ type: 'bindings', contacts: [], change: { how: 'removed', by: 'pushServer' } }]);
  });

  test('the new one first: a refusal that changes nothing', () => {
    const full = registrar(sequential, 'app@wifi');
    const { sent, shown } = full.on(swapping('newFirst', 'pushServer', 'app@wifi'));
    expect([sent, shown]).toEqual([['REGISTER.refused'], []]);
    expect(full.context.bindings).toEqual(['app@wifi']);
  });

  test.each(['newFirst', 'oldFirst'] as const)('%s: succeeds where the newest wins (force-registration)', (order) => {
    const forced = registrar({ ...overwrite, severalContacts: 'sequential' }, 'app@wifi');
    expect(forced.on(swapping(order, 'pushServer', 'app@wifi')).sent).toEqual(['REGISTER.200']);
    expect(forced.context.bindings).toEqual(['pushServer']);
  });

  test.each([
    ['newFirst', 'app@wifi', ['app@cellular', 'pushServer']],
    ['oldFirst', 'app@wifi', ['pushServer']],
    ['newFirst', 'app@cellular', ['pushServer']],
  ] as const)('%s, removing %s of two: one is evicted for room that the removal does not make', (order, old, left) => {
    const full = registrar({ ...evict, severalContacts: 'sequential' }, 'app@wifi', 'app@cellular');
    full.on(swapping(order, 'pushServer', old));
    expect(full.context.bindings).toEqual(left);
  });
});

describe('an instance-id that app and push server share (RFC 5626 6)', () => {
  const shared = { instance: 'shared' } as const;

  test('makes their bindings one, even where there is room for one only', () => {
    const one = registrar(instance, 'app@wifi');
    expect(one.on(register('pushServer', shared)).sent).toEqual(['REGISTER.200']);
    expect(one.context.bindings).toEqual(['pushServer']);
  });

  test('means nothing to a registrar that goes by the Contact URI (Asterisk)', () => {
    const byUri = registrar(reject, 'app@wifi');
    expect(byUri.on(register('pushServer', shared)).sent).toEqual(['REGISTER.refused']);
  });

  test('nor does one that goes by it recognise a request without', () => {
    expect(registrar(instance, 'app@wifi').on(register('pushServer')).sent).toEqual(['REGISTER.refused']);
  });

  test('lets the un-REGISTER of the one remove the binding of the other', () => {
    const one = registrar(instance, 'pushServer');
    const { shown } = one.on(register('app@wifi', { ...shared, expires: 'zero' }));
    expect(shown).toEqual([{ type: 'bindings', contacts: [], change: { how: 'removed', by: 'app' } }]);
  });

  test('takes the CSeq check away: a late REGISTER steals the binding back (Kamailio)', () => {
    const one = registrar(instance, 'pushServer');
    one.on(register('app@wifi', { ...shared, stale: true }));
    expect(one.context.bindings).toEqual(['app@wifi']);
  });
});

describe('who takes over', () => {
  const opened = elapsed('coldStart', 'app.launching');
  const bound = (app: Driven, contact: Contact) =>
    app.on({ type: 'REGISTER.200', contact, expires: 'asked', authorization: false, contacts: [contact] });
  const removedBy = ({ messages }: ReturnType<Driven['on']>) =>
    messages.flatMap((one) => (one.type === 'REGISTER' ? [one.swap?.removes ?? []] : []));

  test('the app names the push server, and no one in a refresh', () => {
    const app = new Driven(scenarioOf({ steps }, 'swap', 'reject'), 'app');
    const claimed = app.on({ type: 'user.open' }, opened, { type: 'control.enabled' });
    expect(removedBy(claimed)).toEqual([['pushServer']]);
    bound(app, 'app@wifi');
    const refreshed = app.on(elapsed('refreshInterval', 'app.running.registration.registered'));
    expect(removedBy(refreshed)).toEqual([[]]);
  });

  test('the app also names its contact on the network that it has left', () => {
    const app = new Driven(scenarioOf({ steps }, 'swap', 'reject'), 'app');
    app.on({ type: 'user.open' }, opened, { type: 'control.enabled' });
    bound(app, 'app@wifi');
    expect(removedBy(app.on({ type: 'network.change' }))).toEqual([['app@wifi', 'pushServer']]);
    expect(removedBy(app.on({ type: 'network.change' }))).toEqual([['app@cellular', 'pushServer']]);
  });

  test('the app tells where it is: on its way in, in each heartbeat, on its way out', () => {
    const app = new Driven(scenarioOf({ steps }, 'swap', 'reject'), 'app');
    const told = ({ messages }: ReturnType<Driven['on']>) =>
      messages.flatMap((one) => ('appContact' in one ? [`${one.type} ${one.appContact}`] : []));
    const claimed = app.on({ type: 'user.open' }, opened, { type: 'control.enabled' });
    expect(told(claimed)).toEqual(['control.foreground app@wifi']);
    app.on({ type: 'network.change' });
    const beat = app.on(elapsed('heartbeatInterval', 'app.running.visibility.foreground'));
    expect(told(beat)).toEqual(['control.heartbeat app@cellular']);
    bound(app, 'app@cellular');
    expect(told(app.on({ type: 'user.home' }))).toEqual(['control.background app@cellular']);
  });

  test('the push server names every contact that it was told', () => {
    const server = new Driven(scenarioOf({ steps }, 'swap', 'reject'), 'pushServer');
    server.on(
      { type: 'control.enable', token: 'first' },
      { type: 'control.foreground', turn: 1, token: 'first', appContact: 'app@wifi' },
      { type: 'control.heartbeat', appContact: 'app@cellular' },
    );
    const silent = server.on({ type: 'app.silent' });
    expect(removedBy(silent)).toEqual([['app@wifi', 'app@cellular']]);
  });

  test('the push server listens to where the app is while it is registered itself, too', () => {
    const server = new Driven(scenarioOf({ steps }, 'swap', 'reject'), 'pushServer');
    server.on({ type: 'control.enable', token: 'first' }, { type: 'app.silent' });
    server.on({ type: 'control.background', turn: 0, appContact: 'app@wifi' });
    expect(server.context.rivals).toEqual(['app@wifi']);
    server.on({ type: 'control.foreground', turn: 1, token: 'first', appContact: 'app@cellular' });
    expect(server.context.rivals).toEqual(['app@wifi', 'app@cellular']);
  });

  test('in the modes of the product nobody names another, and nobody has an instance-id', () => {
    const app = new Driven(scenarioOf({ steps }, 'singleDeviceTakeover', 'reject'), 'app');
    const { messages } = app.on({ type: 'user.open' }, opened, { type: 'control.enabled' });
    expect(messages.find(({ type }) => type === 'REGISTER')).toEqual(register('app@wifi'));
  });

  test('those who share an instance-id say so in every request, also in the un-REGISTER of a log-out', () => {
    const app = new Driven(scenarioOf({ steps }, 'sharedInstance', 'instance'), 'app');
    const claimed = app.on({ type: 'user.open' }, opened, { type: 'control.enabled' });
    expect(claimed.messages).toContainEqual(register('app@wifi', { instance: 'shared' }));
    bound(app, 'app@wifi');
    const { messages } = app.on({ type: 'user.logOut' });
    expect(messages).toContainEqual(register('app@wifi', { instance: 'shared', expires: 'zero' }));
  });
});

describe('a registrar that tells bindings apart by their Call-ID (FreeSWITCH)', () => {
  const restarted = { callId: 1 } as const;
  const before = { callId: 0 } as const;
  const bound = (profile: ServerProfile) => {
    const driven = registrar(profile);
    driven.on(register('app@wifi', before));
    return driven;
  };

  test('counts the binding that a process before this one has left, and refuses the next at the limit', () => {
    const full = bound(everyServerProfile['freeswitch-limited']);
    expect(full.on(register('app@wifi', restarted)).sent).toEqual(['REGISTER.refused']);
    expect(full.on(register('app@wifi', before)).sent).toEqual(['REGISTER.200']);
  });

  test('lets nobody remove what another process has registered, and then what is his own', () => {
    const open = bound(everyServerProfile['freeswitch-call-id']);
    open.on(register('app@wifi', { ...restarted, expires: 'zero' }));
    expect(open.context.bindings).toEqual(['app@wifi']);
    open.on(register('app@wifi', restarted), register('app@wifi', { ...restarted, expires: 'zero' }));
    expect(open.context.bindings).toEqual([]);
  });

  test('is told a new Call-ID by every process, and no other registrar is told any', () => {
    const told = (server: 'freeswitch-limited' | 'multi') => {
      const app = new Driven(scenarioOf({ steps }, 'standard', server), 'app');
      const opened = [{ type: 'user.open' }, elapsed('coldStart', 'app.launching')] as const;
      const first = app.on(...opened, { type: 'control.enabled' });
      const second = app.on({ type: 'app.kill', notice: false }, ...opened);
      return [first, second].map(({ messages }) =>
        messages.flatMap((one) => (one.type === 'REGISTER' ? [one.callId] : [])),
      );
    };
    expect(told('freeswitch-limited')).toEqual([[0], [1]]);
    expect(told('multi')).toEqual([[undefined], [undefined]]);
  });
});
