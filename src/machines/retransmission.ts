/**
 * Retransmission over an unreliable transport, as states that any request or answer under way can contain.
 *
 * `action` names the machine's action that sends the message again. Over a reliable transport the region stays in
 * `once` (RFC 3261 17.1.1.2, 17.1.2.2: no Timer A or E; 17.2.1: no Timer G).
 */
const sendAgain = <Action extends string, Guard extends string>(action: Action, target: string, unless?: Guard) => [
  ...(unless === undefined ? [] : [{ guard: unless, target: 'once' }]),
  { target, actions: action, reenter: true },
];

/** A guard that ends it: asked before each copy, or before the first one alone where its answer cannot change. */
export type Unless<Guard extends string> = { readonly everyTime: Guard } | { readonly atFirst: Guard };

const guardsOf = <Guard extends string>(unless?: Unless<Guard>): { first?: Guard; later?: Guard } => {
  if (unless === undefined) return {};
  return 'atFirst' in unless ? { first: unless.atFirst } : { first: unless.everyTime, later: unless.everyTime };
};

/** T1, doubling up to T2. */
const upToT2 = <Action extends string, Guard extends string>(action: Action, unless?: Unless<Guard>) => {
  const { first, later } = guardsOf(unless);
  return {
    first: { after: { T1: sendAgain(action, 'second', first) } },
    second: { after: { '2T1': sendAgain(action, 'third', later) } },
    third: { after: { '4T1': sendAgain(action, 'steady', later) } },
    steady: { after: { T2: sendAgain(action, 'steady', later) } },
  };
};

/**
 * RFC 3261 17.1.2.2 Timer E and 17.2.1 Timer G: after T1, doubling up to T2, for as long as the state lasts or, where
 * `unless` names a guard, until there is nothing left to send again.
 */
export const retransmittingUpToT2 = <Action extends string, Guard extends string = never>(
  action: Action,
  reliable: boolean,
  unless?: Unless<Guard>,
) => ({
  initial: reliable ? 'once' : 'first',
  states: { once: {}, ...upToT2(action, unless) },
});

/** RFC 3261 13.3.1.4: a 200 is sent again until its ACK, in the rhythm of Timer G, whatever the transport. */
export const repeatingAnswer = <Action extends string>(action: Action) => ({
  initial: 'first',
  states: upToT2(action),
});

/**
 * RFC 3261 17.1.1.2 Timer A: after T1, doubling without limit until Timer B ends the transaction or, where `unless`
 * names a guard, until there is nothing left to send again.
 */
export const retransmittingDoubling = <Action extends string, Guard extends string = never>(
  action: Action,
  reliable: boolean,
  unless?: Unless<Guard>,
) => {
  const { first, later } = guardsOf(unless);
  return {
    initial: reliable ? 'once' : 'first',
    states: {
      once: {},
      first: { after: { T1: sendAgain(action, 'second', first) } },
      second: { after: { '2T1': sendAgain(action, 'third', later) } },
      third: { after: { '4T1': sendAgain(action, 'fourth', later) } },
      fourth: { after: { '8T1': sendAgain(action, 'fifth', later) } },
      fifth: { after: { '16T1': sendAgain(action, 'sixth', later) } },
      sixth: { after: { '32T1': sendAgain(action, 'once', later) } },
    },
  };
};
