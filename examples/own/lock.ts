import { defineProperty, defineSystem } from 'ringproof';
import { setup } from 'xstate';

/** A lock with a lease. Who holds it says so again and again, and must let go in time where nobody hears that. */

type Client = 'ann' | 'bob';
type ToServer = { type: 'acquire' | 'renew'; from: Client };
type ToClient = { type: 'granted' | 'refused' | 'renewed' };
type Seen = { type: 'held' | 'left'; client: Client };

const ofServer = setup({
  types: {
    context: {} as { holder: Client | null },
    events: {} as ToServer,
    emitted: {} as { type: 'send'; to: Client; message: ToClient },
  },
  delays: { lease: 10_000 },
});

const answer = (type: ToClient['type']) =>
  ofServer.emit(({ event }) => ({ type: 'send', to: event.from, message: { type } }));

const lockServer = ofServer.createMachine({
  context: { holder: null },
  initial: 'free',
  states: {
    free: {
      entry: ofServer.assign({ holder: null }),
      on: {
        acquire: {
          target: 'held',
          actions: [ofServer.assign({ holder: ({ event }) => event.from }), answer('granted')],
        },
      },
    },
    held: {
      after: { lease: 'free' },
      on: {
        renew: {
          guard: ({ context, event }) => context.holder === event.from,
          target: 'held',
          reenter: true,
          actions: answer('renewed'),
        },
        acquire: { actions: answer('refused') },
      },
    },
  },
});

const ofClient = setup({
  types: {
    events: {} as ToClient | { type: 'user.lock' },
    emitted: {} as { type: 'send'; to: 'server'; message: ToServer } | { type: 'observe'; observation: Seen },
  },
  delays: { answerTimeout: 1_000, retry: 2_000, heartbeat: 4_000, lease: 10_000 },
});

/** A client: asks, asks again, and while it holds the lock renews it until its lease is over. */
const client = (name: Client) => {
  const send = (type: ToServer['type']) => ofClient.emit({ type: 'send', to: 'server', message: { type, from: name } });
  const show = (type: Seen['type']) => ofClient.emit({ type: 'observe', observation: { type, client: name } });
  return ofClient.createMachine({
    initial: 'idle',
    states: {
      idle: { on: { 'user.lock': 'asking' } },
      asking: {
        entry: send('acquire'),
        on: { granted: 'holding', refused: 'waiting' },
        after: { answerTimeout: 'waiting' },
      },
      waiting: { after: { retry: 'asking' } },
      holding: {
        entry: show('held'),
        exit: show('left'),
        type: 'parallel',
        states: {
          heartbeats: {
            initial: 'next',
            states: { next: { after: { heartbeat: { target: 'next', reenter: true, actions: send('renew') } } } },
          },
          lease: {
            initial: 'running',
            states: {
              running: { after: { lease: '#over' }, on: { renewed: { target: 'running', reenter: true } } },
            },
          },
        },
      },
      over: { id: 'over' },
    },
  });
};

/** No two clients take themselves for the holder. */
export const oneHolder = defineProperty<readonly Client[], Seen>({
  name: 'oneHolder',
  says: 'at most one client takes itself for the holder',
  initial: [],
  on: {
    held: (holders, { client }) => [...holders, client],
    left: (holders, { client }) => holders.filter((one) => one !== client),
  },
  violation: (holders) => (holders.length > 1 ? `${holders.join(' and ')} both hold the lock` : null),
  witnessed: (holders) => holders.length > 0,
});

/** The lock, with clients that take their lease to last so long. */
export const lock = (lease: string) =>
  defineSystem({
    name: 'lock',
    title: `A lock with a lease of 10 s, of which the clients use ${lease}`,
    parties: {
      ann: { machine: client('ann'), delays: { lease } },
      server: { machine: lockServer },
      bob: { machine: client('bob'), delays: { lease, retry: ['2s', '3s'] } },
    },
    links: {
      annToServer: { between: ['ann', 'server'], transport: 'udp', latency: ['5ms', '90ms'] },
      bobToServer: { between: ['bob', 'server'], transport: 'udp', latency: ['5ms', '90ms'] },
    },
    steps: [
      { at: '1s', party: 'ann', event: { type: 'user.lock' } },
      { at: ['2s', '5s'], party: 'bob', event: { type: 'user.lock' } },
      { at: '7s', cut: 'annToServer' },
    ],
    properties: [oneHolder],
    until: '30s',
  });

export default lock('10s');
