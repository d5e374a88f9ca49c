import { and, not } from 'xstate';
import type { ClientHabits } from './clientHabits.ts';
import { type KeepAliveConfiguration, keepingAlive } from './keepAlive.ts';
import { type PushedConfiguration, registersWithout, withoutToken } from './pushProvider.ts';
import { type RegistrationMode, removesWhatItLeft } from './registrationModes.ts';
import { retransmittingUpToT2 } from './retransmission.ts';

const wishes = {
  'registration.register': { actions: 'wantRegistered' },
  'registration.remove': { actions: 'wantRemoved' },
  'registration.abandon': { actions: 'wantAbandoned' },
} as const;

/**
 * An answer that grants nothing, when the binding is no longer wanted. A retransmission may be challenged although the
 * first copy was committed and its 200 lost, so what must not stay is removed all the same.
 */
const unwanted = [
  { guard: and(['answersRegister', 'wantsRemoved']), target: 'unregistering', actions: 'noteAnswer' },
  { guard: and(['answersRegister', 'wantsAbandoned']), target: 'unregistered', actions: 'noteAnswer' },
] as const;

/** What an answer leads to that is the end of it: no more REGISTERs, or the waiting time of any failure. */
const gaveUp = { target: 'forbidden', actions: ['noteAnswer', 'noteForbidden'] } as const;
const failed = { target: 'backingOff', actions: ['noteAnswer', 'countFailure'] } as const;

const tooBrief = {
  'REGISTER.423': [
    ...unwanted,
    // RFC 3261 10.2.8: the same request again with the interval of Min-Expires.
    {
      guard: 'asksForMinimum',
      target: 'registering',
      reenter: true,
      actions: ['noteAnswer', 'askForMinimum'],
    },
    { guard: 'forbidsForGood', ...gaveUp },
    { guard: 'answersRegister', ...failed },
  ],
} as const;

/** What becomes of a REGISTER under way when the address changes: `afterMove`, unless it is no longer wanted. */
const movingTo = (afterMove: AfterMove) =>
  ({
    'registration.rebind': [
      { guard: 'wantsRemoved', target: 'unregistering' },
      { guard: 'wantsAbandoned', target: 'unregistered' },
      { target: afterMove, reenter: true },
    ],
  }) as const;

type AfterMove = 'registering' | 'unregistering';

/** What a time-out says about the connection: nothing, or that it is dead (RFC 5626 4.5: a new one is opened). */
const afterSilence = ({ connectionDiesUnnoticed }: KeepAliveConfiguration) =>
  connectionDiesUnnoticed ? (['giveUpConnection'] as const) : ([] as const);

type Silence = ReturnType<typeof afterSilence>;

/**
 * A REGISTER under way: the first one, or the refresh of a binding that is believed to be alive. `afterMove` is null for
 * a user agent whose address never changes. A refresh asks for what has been granted before, so it meets no 423.
 */
const requesting = <Send extends 'sendRegister' | 'sendRefresh'>(
  self: 'registering' | 'refreshing',
  send: Send,
  reliable: boolean,
  afterMove: AfterMove | null,
  silence: Silence,
  triesNextServer: boolean,
  registersWithoutToken: boolean,
) =>
  ({
    entry: ['wantRegistered', 'nameOwnContact', 'beginTransaction', send],
    ...retransmittingUpToT2(send, reliable),
    on: {
      ...wishes,
      'REGISTER.200': [
        { guard: and(['confirmsOwnContact', 'wantsRemoved']), target: 'unregistering', actions: 'noteAnswer' },
        { guard: and(['confirmsOwnContact', 'wantsAbandoned']), target: 'unregistered', actions: 'noteAnswer' },
        { guard: 'confirmsOwnContact', target: 'registered', actions: 'noteAnswer' },
        { guard: 'answersRegister', ...failed },
      ],
      // RFC 3261 22.2: the same request again, with credentials for the nonce of the challenge.
      'REGISTER.401': [
        ...unwanted,
        { guard: 'forbidsForGood', ...gaveUp },
        { guard: and(['answersRegister', 'rejectsCredentials']), ...failed },
        { guard: 'answersRegister', target: self, reenter: true, actions: ['noteAnswer', 'rememberNonce'] },
      ],
      ...(self === 'registering' && tooBrief),
      'REGISTER.refused': [
        ...unwanted,
        // RFC 3263 4.3: a 503 counts as a failure of the server, and the next one is tried.
        ...(triesNextServer
          ? [
              {
                guard: and(['hasNextServer', 'saysUnavailable']),
                target: self,
                reenter: true,
                actions: ['noteAnswer', 'takeNextServer'],
              } as const,
            ]
          : []),
        ...(registersWithoutToken ? withoutToken : []),
        // RFC 3261 20.33: Retry-After says when; the back-off of RFC 5626 4.5 is for those who are told nothing.
        { guard: 'asksToRetryLater', target: 'backingOff.untilAllowed', actions: ['noteAnswer', 'countFailure'] },
        { guard: 'forbidsForGood', ...gaveUp },
        { guard: 'answersRegister', ...failed },
      ],
      // RFC 3261 8.1.3.1, 18.4: a transport error counts as a 503 without Retry-After.
      'transport.failed': [
        { guard: and(['registerFailedToSend', 'wantsRemoved']), target: 'unregistering' },
        { guard: and(['registerFailedToSend', 'wantsAbandoned']), target: 'unregistered' },
        { guard: 'registerFailedToSend', target: 'backingOff', actions: 'countFailure' },
      ],
      ...(afterMove !== null && movingTo(afterMove)),
    },
    after: {
      // RFC 3261 17.1.2.2 Timer F. The registrar may have committed the binding all the same: remove it if unwanted.
      '64T1': [
        { guard: 'wantsRemoved', target: 'unregistering', actions: silence },
        { guard: 'wantsAbandoned', target: 'unregistered', actions: silence },
        // RFC 3263 4.3: so does silence.
        ...(triesNextServer
          ? [{ guard: 'hasNextServer', target: self, reenter: true, actions: ['takeNextServer', ...silence] } as const]
          : []),
        { guard: 'givesUpInSilence', target: 'forbidden', actions: ['noteForbidden', ...silence] },
        { target: 'backingOff', actions: ['countFailure', ...silence] },
      ],
    },
  }) as const;

/**
 * The registration of one user agent (RFC 3261 10.2), a region of both `app` and `pushServer`.
 *
 * It is told `registration.register`, `.refresh` (at once), `.remove` (un-REGISTER), `.abandon` (stop refreshing, send
 * nothing) and `.rebind` (the address changed) and answers `registration.bound` or `.unbound`. A wish that comes while a REGISTER
 * is pending waits for its end: RFC 3261 10.2 forbids a new one before the final response or the time-out.
 *
 * `reliable` says whether the transport to the SIP server is. `moving` says what happens when the
 * address changes under a live binding: `removesOldContact` removes that one by name before the new one is registered,
 * `leavesOldContact` leaves it to its lifetime, and a registrar with room for one refuses the new one until then. The
 * address of the push server is `fixed`. The configuration says how it learns that its connection is dead, `mode` whether it
 * may be told to remove a binding that it has abandoned, and what it makes of refusals and lifetimes.
 */
export const registrationRegion = (
  reliable: boolean,
  moving: 'removesOldContact' | 'leavesOldContact' | 'fixed',
  configuration: KeepAliveConfiguration & ClientHabits & PushedConfiguration & { readonly mode: RegistrationMode },
) => {
  const { mode, keepsAlive, readsExpires, withoutPushes, triesNextServer = false } = configuration;
  const silence = afterSilence(configuration);
  const afterMove = { removesOldContact: 'unregistering', leavesOldContact: 'registering', fixed: null } as const;
  const next = afterMove[moving];
  const onMove = <const Transition>(transition: Transition) =>
    next === null ? {} : ({ 'registration.rebind': transition } as const);
  return {
    id: 'registration',
    initial: 'unregistered',
    on: { OPTIONS: { actions: 'answerProbe' } },
    states: {
      unregistered: {
        entry: ['believeUnbound', 'announceUnbound'],
        on: {
          'registration.register': [{ guard: 'isForbidden', target: 'forbidden' }, { target: 'registering' }],
          // RFC 3261 10.2.2: to remove a binding that is not there does no harm.
          'registration.remove': removesWhatItLeft(mode)
            ? ({ target: 'unregistering', actions: 'wantRemoved' } as const)
            : ({ actions: 'announceUnbound' } as const),
          'registration.abandon': { actions: 'announceUnbound' },
        },
      },
      registering: requesting(
        'registering',
        'sendRegister',
        reliable,
        next && 'registering',
        silence,
        triesNextServer,
        registersWithout(mode, configuration),
      ),
      registered: {
        entry: [
          'forgetFailures',
          'believeBound',
          'announceBound',
          ...(readsExpires === 'largest' ? ['awaitRefresh'] : []),
          ...(withoutPushes === 'staysAwake' ? ['notePushes'] : []),
        ],
        on: {
          'registration.register': { actions: 'announceBound' },
          'registration.refresh': 'refreshing',
          'registration.remove': { target: 'unregistering', actions: 'wantRemoved' },
          'registration.abandon': { target: 'unregistered' },
          // RFC 5626 4.4.1, 4.5: a flow that has failed is replaced. At once: PJSIP waits no time before the first attempt.
          'connection.closed': { guard: 'hasLostItsFlow', target: 'refreshing' },
          ...onMove({ target: next ?? 'registering' }),
        },
        ...(readsExpires === 'largest' && { exit: 'forgetRefresh' }),
        after: { refreshInterval: { guard: 'refreshesInTime', target: 'refreshing' } },
        ...(keepsAlive && keepingAlive),
      },
      refreshing: requesting('refreshing', 'sendRefresh', reliable, next, silence, triesNextServer, false),
      unregistering: {
        entry: ['beginTransaction', 'sendUnregister'],
        ...retransmittingUpToT2('sendUnregister', reliable),
        on: {
          ...wishes,
          'REGISTER.200': [
            { guard: and(['answersUnregister', 'wantsRegistered']), target: 'registering', actions: 'noteAnswer' },
            { guard: 'answersUnregister', target: 'unregistered', actions: 'noteAnswer' },
          ],
          'REGISTER.401': [
            {
              guard: and(['answersUnregister', 'rejectsCredentials', 'wantsRegistered']),
              target: 'registering',
              actions: 'noteAnswer',
            },
            {
              guard: and(['answersUnregister', 'rejectsCredentials']),
              target: 'unregistered',
              actions: 'noteAnswer',
            },
            {
              guard: and(['answersUnregister', 'wantsRegistered']),
              target: 'registering',
              actions: ['noteAnswer', 'rememberNonce'],
            },
            {
              guard: 'answersUnregister',
              target: 'unregistering',
              reenter: true,
              actions: ['noteAnswer', 'rememberNonce'],
            },
          ],
          'REGISTER.refused': { guard: 'answersUnregister', target: 'unregistered', actions: 'noteAnswer' },
          'transport.failed': [
            { guard: and(['unregisterFailedToSend', 'wantsRegistered']), target: 'registering' },
            { guard: 'unregisterFailedToSend', target: 'unregistered' },
          ],
          ...onMove({ target: 'unregistering', reenter: true }),
        },
        // RFC 3261 10.2.7: no retry at once. The binding, if it is still there, dies with its lifetime.
        after: {
          '64T1': [
            { guard: 'wantsRegistered', target: 'registering', actions: silence },
            { target: 'unregistered', actions: silence },
          ],
        },
      },
      forbidden: {
        entry: 'believeUnbound',
        on: {
          // Other credentials come to the app by a login, after a log-out that has removed its binding.
          ...(moving === 'fixed' && { 'registration.register': { guard: not('isForbidden'), target: 'registering' } }),
          'registration.remove': { target: 'unregistering', actions: 'wantRemoved' },
          'registration.abandon': { target: 'unregistered' },
          ...onMove({ target: 'registering' }),
        },
      },
      backingOff: {
        entry: 'believeUnbound',
        initial: 'choosing',
        states: {
          choosing: {
            always: [
              { guard: { type: 'hasFailed', params: { times: 1 } }, target: 'first' },
              { guard: { type: 'hasFailed', params: { times: 2 } }, target: 'second' },
              { guard: { type: 'hasFailed', params: { times: 3 } }, target: 'third' },
              { guard: { type: 'hasFailed', params: { times: 4 } }, target: 'fourth' },
              { guard: { type: 'hasFailed', params: { times: 5 } }, target: 'fifth' },
              { target: 'sixth' },
            ],
          },
          // RFC 3261 21.5.4: no request before Retry-After is over, however often the wish is repeated.
          untilAllowed: {
            on: { 'registration.register': { actions: 'wantRegistered' } },
            after: { retryAfter: '#registration.registering' },
          },
          first: { after: { backOff1: '#registration.registering' } },
          second: { after: { backOff2: '#registration.registering' } },
          third: { after: { backOff3: '#registration.registering' } },
          fourth: { after: { backOff4: '#registration.registering' } },
          fifth: { after: { backOff5: '#registration.registering' } },
          sixth: { after: { backOff6: '#registration.registering' } },
        },
        on: {
          'registration.register': { target: 'registering' },
          'registration.remove': { target: 'unregistering', actions: 'wantRemoved' },
          'registration.abandon': { target: 'unregistered' },
          ...onMove({ target: 'registering' }),
        },
      },
    },
  } as const;
};
