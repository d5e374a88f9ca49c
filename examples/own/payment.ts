import { defineProperty, defineSystem } from 'ringproof';
import { setup } from 'xstate';

/** A payment over an unsure network: the shop asks again where no answer comes, and gives up in the end. */

type ToBank = { type: 'charge' };
type ToShop = { type: 'charged' };
type Seen = { type: 'charged' | 'paid' | 'givenUp' };

const ofBank = setup({
  types: {
    events: {} as ToBank,
    emitted: {} as { type: 'send'; to: 'shop'; message: ToShop } | { type: 'observe'; observation: Seen },
  },
});

const confirm = ofBank.emit({ type: 'send', to: 'shop', message: { type: 'charged' } });
const debit = ofBank.emit({ type: 'observe', observation: { type: 'charged' } });

/** A bank that remembers what it has charged answers a copy without charging again. */
const bank = (remembers: boolean) =>
  ofBank.createMachine({
    initial: 'open',
    states: {
      open: { on: { charge: { target: 'charged', actions: [debit, confirm] } } },
      charged: { on: { charge: { actions: remembers ? confirm : [debit, confirm] } } },
    },
  });

const ofShop = setup({
  types: {
    events: {} as ToShop | { type: 'user.pay' },
    emitted: {} as { type: 'send'; to: 'bank'; message: ToBank } | { type: 'observe'; observation: Seen },
  },
  delays: { answerTimeout: 2_000, patience: 7_000 },
});

const shop = ofShop.createMachine({
  initial: 'idle',
  states: {
    idle: { on: { 'user.pay': 'paying' } },
    paying: {
      initial: 'asking',
      on: { charged: 'paid' },
      after: { patience: 'givenUp' },
      states: {
        asking: {
          entry: ofShop.emit({ type: 'send', to: 'bank', message: { type: 'charge' } }),
          after: { answerTimeout: { target: 'asking', reenter: true } },
        },
      },
    },
    paid: { entry: ofShop.emit({ type: 'observe', observation: { type: 'paid' } }) },
    givenUp: { entry: ofShop.emit({ type: 'observe', observation: { type: 'givenUp' } }) },
  },
});

export const chargedOnce = defineProperty<number, Seen>({
  name: 'chargedOnce',
  says: 'a payment is charged at most once',
  initial: 0,
  on: { charged: (times) => Math.min(times + 1, 2) },
  violation: (times) => (times > 1 ? 'the payment was charged twice' : null),
  witnessed: (times) => times > 0,
});

/** What the shop takes for given up has not been charged. */
export const endsAgree = defineProperty<{ charged: boolean; shop: 'open' | 'paid' | 'givenUp' }, Seen>({
  name: 'endsAgree',
  says: 'what the shop has given up is not charged',
  initial: { charged: false, shop: 'open' },
  on: {
    charged: (state) => ({ ...state, charged: true }),
    paid: (state) => ({ ...state, shop: 'paid' }),
    givenUp: (state) => ({ ...state, shop: 'givenUp' }),
  },
  violation: ({ charged, shop }) => (charged && shop === 'givenUp' ? 'it was charged, and the shop gave up' : null),
  witnessed: ({ shop }) => shop !== 'open',
});

/** So long after the start of the run it is known how the payment ended. */
export const endsWithin = (ms: number) =>
  defineProperty<'open' | 'over', Seen | { type: 'environment' }>({
    name: 'endsInTime',
    says: `the payment is over within ${ms / 1000} s`,
    initial: 'open',
    on: { paid: () => 'over', givenUp: () => 'over' },
    withinMs: (state) => (state === 'open' ? ms : null),
    witnessed: (state) => state === 'over',
  });

export const payment = (remembers: boolean, withinMs = 11_000) =>
  defineSystem({
    name: 'payment',
    title: `A payment, with a bank that ${remembers ? 'remembers' : 'forgets'} what it has charged`,
    parties: { shop: { machine: shop }, bank: { machine: bank(remembers) } },
    links: { network: { between: ['shop', 'bank'], transport: 'udp', latency: ['20ms', '3s'] } },
    steps: [{ at: '1s', party: 'shop', event: { type: 'user.pay' } }],
    properties: [chargedOnce, endsAgree, endsWithin(withinMs)],
    until: '30s',
  });

export default payment(false);
