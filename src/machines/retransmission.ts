/**
 * Retransmission over an unreliable transport, as states that any request or answer under way can contain.
 *
 * `action` names the machine's action that sends the message again. Over a reliable transport the region stays in
 * `once` (RFC 3261 17.1.1.2, 17.1.2.2: no Timer A or E; 17.2.1: no Timer G).
 */
const sendAgain = <Action extends string, Unless extends string>(action: Action, target: string, unless?: Unless) => [
  ...(unless === undefined ? [] : [{ guard: unless, target: 'once' }]),
  { target, actions: action, reenter: true },
];

/** T1, doubling up to T2. */
const upToT2 = <Action extends string, Unless extends string>(action: Action, unless?: Unless) => ({
  first: { after: { T1: sendAgain(action, 'second', unless) } },
  second: { after: { '2T1': sendAgain(action, 'third', unless) } },
  third: { after: { '4T1': sendAgain(action, 'steady', unless) } },
  steady: { after: { T2: sendAgain(action, 'steady', unless) } },
});

/**
 * RFC 3261 17.1.2.2 Timer E and 17.2.1 Timer G: after T1, doubling up to T2, for as long as the state lasts or, where
 * `unless` names a guard, until there is nothing left to send again.
 */
export const retransmittingUpToT2 = <Action extends string, Unless extends string = never>(
  action: Action,
  reliable: boolean,
  unless?: Unless,
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
export const retransmittingDoubling = <Action extends string, Unless extends string = never>(
  action: Action,
  reliable: boolean,
  unless?: Unless,
) => ({
  initial: reliable ? 'once' : 'first',
  states: {
    once: {},
    first: { after: { T1: sendAgain(action, 'second', unless) } },
    second: { after: { '2T1': sendAgain(action, 'third', unless) } },
    third: { after: { '4T1': sendAgain(action, 'fourth', unless) } },
    fourth: { after: { '8T1': sendAgain(action, 'fifth', unless) } },
    fifth: { after: { '16T1': sendAgain(action, 'sixth', unless) } },
    sixth: { after: { '32T1': sendAgain(action, 'once', unless) } },
  },
});
