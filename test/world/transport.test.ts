import { describe, expect, test } from 'vitest';
import type { Message, Network, PartyName } from '../../src/machines/messages.ts';
import {
  type LinkName,
  linkEnds,
  linkNames,
  type SuspendedSockets,
  type Transport,
} from '../../src/sim/scenario/scenario.ts';
import { type Segment, TransportLayer, type TransportState } from '../../src/sim/sipWorld/transport.ts';

const layer = (
  party: PartyName,
  changed: Partial<Record<LinkName, Transport>> = {},
  suspendedSockets: SuspendedSockets = 'defunct',
  noticesNetwork = true,
) => {
  const usual = { callerSip: 'udp', appSip: 'tls', pushServerSip: 'tls', control: 'https' } as const;
  const transports = Object.fromEntries(
    linkNames.map((name) => [name, { ...usual, pushRequest: 'https', notification: 'push', ...changed }[name]]),
  ) as Record<LinkName, Transport>;
  return new TransportLayer(party, { ends: linkEnds, transports, suspendedSockets, noticesNetwork });
};

const invite = (network: Network): Message => ({ type: 'INVITE', call: 1, contact: `app@${network}` });
const bye: Message = { type: 'BYE', call: 1, contact: 'app@wifi' };
const heartbeat: Message = { type: 'control.heartbeat' };
const over = (link: LinkName, network?: Network) => ({ link, ...(network && { network }) });
const register = (network: Network): Message => ({
  type: 'REGISTER',
  contact: `app@${network}`,
  expires: 'asked',
  authorization: true,
  stale: false,
});

/** The phone with a connection to the SIP server, over which it has sent something. */
const connected = (phone: TransportLayer): TransportState =>
  phone.send(phone.initial, 'sipServer', register('wifi'), null).state;

describe('a datagram', () => {
  const phone = layer('app', { appSip: 'udp' });
  const to = (network: Network, message: Message = invite(network)): Segment => ({
    ...message,
    over: over('appSip', network),
  });

  test.each([invite('wifi'), bye, { ...bye, type: 'CANCEL' }, { ...bye, type: 'ACK' }] as Message[])(
    'to an address that the phone has left reaches nobody: $type',
    (message) => {
      const moved = phone.changeNetwork(phone.initial);
      const arrival = phone.arrive(moved, to('wifi', message), 'running');
      expect(arrival).toMatchObject({ deliver: null, undelivered: 'addressLeft', reply: null });
      expect(phone.arrive(phone.initial, to('wifi', message), 'running').deliver).toEqual(message);
    },
  );

  test('reaches nobody where there is no process, and a suspended one only where its sockets are kept', () => {
    expect(phone.arrive(phone.initial, to('wifi'), 'absent').undelivered).toBe('nobodyThere');
    expect(phone.arrive(phone.initial, to('wifi'), 'suspended').undelivered).toBe('nobodyThere');
    const kept = layer('app', { appSip: 'udp' }, 'kept');
    const { state, undelivered } = kept.arrive(kept.initial, to('wifi'), 'suspended');
    expect(undelivered).toBe('waits');
    expect(kept.changeProcess(state, 'suspended', 'running').deliver).toEqual([invite('wifi')]);
  });

  test('18.2.2: the answer to a REGISTER goes where that came from, not to its Contact', () => {
    const server = layer('sipServer', { appSip: 'udp' });
    const request: Segment = { ...register('wifi'), over: over('appSip', 'cellular') };
    const answer: Message = { ...register('wifi'), type: 'REGISTER.200', contacts: [] } as never;
    expect(server.send(server.initial, 'app', answer, request).segment?.over).toEqual(over('appSip', 'cellular'));
    expect(server.send(server.initial, 'app', invite('wifi'), null).segment?.over).toEqual(over('appSip', 'wifi'));
  });
});

describe('a connection', () => {
  const phone = layer('app');
  const server = layer('sipServer');
  const segment: Segment = { ...invite('wifi'), over: over('appSip', 'wifi') };

  test('is opened by the phone, and used by the server from then on', () => {
    const { segment: sent } = phone.send(phone.initial, 'sipServer', register('wifi'), null);
    expect(server.send(server.initial, 'app', invite('wifi'), null)).toMatchObject({
      segment: null,
      told: { type: 'transport.failed', message: invite('wifi'), network: 'wifi' },
    });
    const { state } = server.arrive(server.initial, sent as Segment, 'running');
    expect(server.send(state, 'app', invite('wifi'), null).segment).toEqual(segment);
    expect(phone.arrive(connected(phone), segment, 'running').deliver).toEqual(invite('wifi'));
  });

  test('is none to the address of another network', () => {
    const { state } = server.arrive(server.initial, { ...register('wifi'), over: over('appSip', 'wifi') }, 'running');
    expect(server.send(state, 'app', invite('cellular'), null).told).toMatchObject({ network: 'cellular' });
  });

  test('is closed by the OS when the process ends, and the other end is told', () => {
    const { state, notices } = phone.changeProcess(connected(phone), 'running', 'absent');
    const closed = { type: 'connection.closed', from: 'app', network: 'wifi', over: over('appSip', 'wifi') };
    expect(notices).toEqual([{ to: 'sipServer', segment: closed }]);
    const known = server.arrive(server.initial, { ...register('wifi'), over: over('appSip', 'wifi') }, 'running').state;
    const arrival = server.arrive(known, closed as Segment, 'running');
    expect(arrival.deliver).toMatchObject({ type: 'connection.closed', network: 'wifi' });
    expect(server.send(arrival.state, 'app', invite('wifi'), null).segment).toBeNull();
    expect(phone.arrive(state, segment, 'absent').undelivered).toBe('nobodyThere');
  });

  test('that is gone at one end is reset, and the sender learns which message it was', () => {
    const { undelivered, reply } = phone.arrive(phone.initial, segment, 'running');
    expect(undelivered).toBe('nobodyThere');
    expect(reply).toMatchObject({ type: 'transport.failed', message: invite('wifi'), network: 'wifi' });
    const known = server.arrive(server.initial, { ...register('wifi'), over: over('appSip', 'wifi') }, 'running').state;
    const { deliver, state } = server.arrive(known, reply as Segment, 'running');
    expect(deliver).toMatchObject({ type: 'transport.failed', message: invite('wifi') });
    expect(state.open).toEqual([]);
  });

  test('is silently dead after a change of network', () => {
    const moved = phone.changeNetwork(connected(phone));
    expect(moved.open).toEqual([]);
    expect(phone.arrive(moved, segment, 'running')).toMatchObject({ undelivered: 'addressLeft', reply: null });
  });

  test('of a suspended app: kept, its bytes wait until it is thawed, within bounds', () => {
    const kept = layer('app', {}, 'kept');
    let { state } = kept.changeProcess(connected(kept), 'running', 'suspended');
    for (const call of [1, 2] as const) {
      for (const type of ['INVITE', 'CANCEL', 'ACK', 'BYE'] as const) {
        ({ state } = kept.arrive(
          state,
          { type, call, contact: 'app@wifi', over: over('appSip', 'wifi') },
          'suspended',
        ));
      }
    }
    const further: Segment = { type: 'INVITE.100', call: 1, contact: 'app@wifi', over: over('appSip', 'wifi') };
    expect(kept.arrive(state, further, 'suspended').undelivered).toBe('bufferFull');
    const { deliver, state: thawed } = kept.changeProcess(state, 'suspended', 'running');
    expect(deliver.map(({ type }) => type)).toEqual([
      ...['INVITE', 'CANCEL', 'ACK', 'BYE'],
      ...['INVITE', 'CANCEL', 'ACK', 'BYE'],
    ]);
    expect(thawed).toMatchObject({ buffered: [], open: [over('appSip', 'wifi')] });
  });

  test('of a suspended app: defunct, nothing leaves the phone, and what comes is reset', () => {
    const { state, notices } = phone.changeProcess(connected(phone), 'running', 'suspended');
    expect(notices).toEqual([]);
    expect(state.open).toEqual([]);
    expect(phone.arrive(state, segment, 'suspended')).toMatchObject({
      deliver: null,
      undelivered: 'nobodyThere',
      reply: { type: 'transport.failed' },
    });
  });

  test('to a server that is down is refused', () => {
    const request = phone.send(phone.initial, 'sipServer', register('wifi'), null).segment as Segment;
    const { reply } = server.arrive(server.initial, request, 'absent');
    expect(reply).toMatchObject({ type: 'transport.failed', message: register('wifi') });
    expect(phone.arrive(connected(phone), reply as Segment, 'running').deliver).toMatchObject({
      type: 'transport.failed',
    });
  });

  test('of a server that goes down closes towards everybody who has one', () => {
    const pushServer = layer('pushServer');
    const known = pushServer.arrive(
      pushServer.initial,
      { ...heartbeat, over: over('control', 'cellular') },
      'running',
    ).state;
    const { notices } = pushServer.changeProcess(known, 'running', 'absent');
    expect(notices.map(({ to }) => to)).toEqual(['app', 'sipServer', 'notificationService']);
  });
});

describe('keep-alives (RFC 5626 3.5.1, 4.4.1)', () => {
  const ping: Message = { type: 'keepAlive.ping' };
  const missed: Message = { type: 'keepAlive.missed' };
  const segment: Segment = { ...ping, over: over('appSip', 'wifi') };
  const server = layer('sipServer');

  test('the transport of the other end answers a ping, and its machine hears nothing of it', () => {
    const { state } = server.arrive(server.initial, { ...register('wifi'), over: over('appSip', 'wifi') }, 'running');
    const { deliver, reply, undelivered } = server.arrive(state, segment, 'running');
    expect([deliver, undelivered]).toEqual([null, null]);
    expect(reply).toEqual({ type: 'keepAlive.pong', over: over('appSip', 'wifi') });
    const trunk: Segment = { ...ping, over: over('pushServerSip') };
    expect(server.arrive(server.initial, trunk, 'running').reply).toMatchObject({ type: 'keepAlive.pong' });
    for (const [unknown, process] of [
      [server.initial, 'running'],
      [state, 'absent'],
    ] as const)
      expect(server.arrive(unknown, segment, process).reply).toMatchObject({ type: 'transport.failed', message: ping });
    const phone = layer('app');
    expect(phone.arrive(connected(phone), reply as Segment, 'running').deliver).toEqual({ type: 'keepAlive.pong' });
  });

  test('who hears no pong closes the connection and is told so', () => {
    const phone = layer('app');
    const { state, segment: sent, told } = phone.send(connected(phone), 'sipServer', missed, null);
    expect(sent).toBeNull();
    expect(state.open).toEqual([]);
    expect(told).toEqual({ type: 'connection.closed', from: 'sipServer', network: 'wifi' });
    const pushServer = layer('pushServer');
    expect(pushServer.send(pushServer.initial, 'sipServer', missed, null).told).toEqual({
      type: 'connection.closed',
      from: 'sipServer',
    });
  });
});

describe('where the OS does not tell of a change of network', () => {
  const unnoticing = (suspendedSockets: SuspendedSockets = 'defunct') => layer('app', {}, suspendedSockets, false);
  const phone = unnoticing();
  const open = phone.send(connected(phone), 'pushServer', heartbeat, null).state;
  const moved = phone.changeNetwork(open);

  test('the connection to the SIP server stays open for the phone, and what it sends over it leads nowhere', () => {
    expect(phone.tellsOfChange(open)).toBe(false);
    expect(moved).toMatchObject({ network: 'cellular', open: [over('appSip', 'wifi')] });
    const { segment } = phone.send(moved, 'sipServer', register('wifi'), null);
    const server = layer('sipServer');
    const arrival = server.arrive(server.initial, segment as Segment, 'running');
    expect(arrival).toMatchObject({ state: server.initial, deliver: null, undelivered: 'addressLeft', reply: null });
    const { state } = server.arrive(server.initial, { ...register('wifi'), over: over('appSip', 'wifi') }, 'running');
    const invited = server.send(state, 'app', invite('wifi'), null).segment as Segment;
    expect(phone.arrive(moved, invited, 'running')).toMatchObject({ undelivered: 'addressLeft', reply: null });
  });

  test('the OS notices for the push server’s API, and for a phone without a connection', () => {
    expect(phone.send(moved, 'pushServer', heartbeat, null).segment?.over).toEqual(over('control', 'cellular'));
    expect(phone.tellsOfChange(phone.initial)).toBe(true);
    expect(layer('app').tellsOfChange(open)).toBe(true);
  });

  test('it is alive again where the phone comes back', () => {
    const back = phone.changeNetwork(moved);
    expect(phone.send(back, 'sipServer', register('wifi'), null).segment?.over).toEqual(over('appSip', 'wifi'));
  });

  test('who gives it up sees that the network is another one, and tells nobody of its end', () => {
    const { state, segment, told } = phone.send(moved, 'sipServer', { type: 'keepAlive.missed' }, null);
    expect([segment, told]).toEqual([null, { type: 'network.change' }]);
    expect(phone.send(state, 'sipServer', register('cellular'), null).segment?.over).toEqual(
      over('appSip', 'cellular'),
    );
  });

  test('so does an app whose sockets or whose process end', () => {
    const told = [{ type: 'network.change' }];
    expect(phone.changeProcess(moved, 'running', 'absent')).toMatchObject({ deliver: told, notices: [] });
    expect(phone.changeProcess(moved, 'running', 'suspended')).toMatchObject({ deliver: told, state: { open: [] } });
    expect(phone.changeProcess(open, 'running', 'suspended').deliver).toEqual([]);
    expect(unnoticing('kept').changeProcess(moved, 'running', 'suspended')).toMatchObject({
      deliver: [],
      state: moved,
    });
  });
});

test('a notification goes through the OS: it arrives whatever has become of process and network', () => {
  const phone = layer('app');
  const notification: Message = { type: 'notification', call: 1, token: 'first' };
  const moved = phone.changeNetwork(phone.initial);
  for (const process of ['running', 'suspended', 'absent'] as const) {
    expect(phone.arrive(moved, notification, process).deliver).toEqual(notification);
  }
});
