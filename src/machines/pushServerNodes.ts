import { actionsOf } from './actionsOf.ts';
import { expecting } from './events.ts';
import { contactOf } from './heldCall.ts';
import type { PushServerContact } from './messages.ts';
import { observing, sending } from './observations.ts';
import type { AccountContext } from './pushServerAccount.ts';
import { freshRegistration, nextCallId, type RegistrationContext } from './registrationRules.ts';

/**
 * Two nodes of one push server, of which one is in charge. They are one party: a node that takes over is a process that begins
 * anew, at the same address or at another one, with what the former one knew or without.
 */
export interface PushServerNodes {
  /** Whether both answer at one address, as behind a load balancer or VRRP, or each registers an address of its own. */
  readonly address: 'shared' | 'own';
  /** Whether the node that takes over knows accounts and tokens: from a store that both read, or not at all. */
  readonly state: 'shared' | 'lost';
  /**
   * What becomes of the binding of a node that is stopped: it stays, the node removes it before it stops and the other one takes
   * over, or it removes it once the other one has registered.
   */
  readonly onStop: 'leaves' | 'removesFirst' | 'removesAfterwards';
  /**
   * Milliseconds for which the node in charge holds a lease that it renews in time; once it cannot, it sends no REGISTER any more,
   * and the other one waits for the end of the lease. Null where a node goes on until somebody tells it.
   */
  readonly leaseMs: number | null;
}

/** What the push server knows of its nodes. */
export interface NodesContext extends RegistrationContext, AccountContext {
  /** A binding of the former node that it is still to remove. */
  readonly leftBehind?: PushServerContact | null;
  /** The address of a former node that still takes itself for the one in charge. */
  readonly former?: PushServerContact | null;
  /** Where it listens; absent where the push server has one address. */
  readonly listens?: readonly PushServerContact[];
}

/** What there is to know of former nodes at first. */
const noFormerNode = { leftBehind: null, former: null } as const;

/** What the first node begins with. */
export const firstNode = ({ address }: PushServerNodes) => ({
  ...noFormerNode,
  ...(address === 'own' && { address: 'pushServer' as const, listens: ['pushServer' as const] }),
});

const other = (address: PushServerContact): PushServerContact =>
  address === 'pushServer' ? 'pushServer@second' : 'pushServer';

/** What happens to the node in charge. The other one is running already, so that it takes over at once where it is told to. */
export const changesOfNode = ({ onStop }: PushServerNodes) =>
  ({
    ...(onStop !== 'removesFirst' && {
      'pushServer.upgrade': { target: 'up', reenter: true, actions: 'passOnPlanned' },
    }),
    'pushServer.isolate': { target: 'up', reenter: true, actions: 'passOnUnheard' },
  }) as const;

/** The binding of the node that is stopped, or of one that lives on: regions of `up`. */
export const nodeRegions = ({ address, onStop }: PushServerNodes) =>
  ({
    ...(onStop === 'removesFirst' && {
      stopping: {
        initial: 'serving',
        states: {
          serving: { on: { 'pushServer.upgrade': 'removing' } },
          removing: {
            entry: 'removeBinding',
            on: {
              'registration.unbound': { target: '#pushServer.up', reenter: true, actions: 'passOnPlanned' },
            },
          },
        },
      },
    }),
    ...(onStop === 'removesAfterwards' && {
      leftBehind: { on: { 'registration.bound': { actions: 'removeLeftBehind' } } },
    }),
    ...(address === 'own' && { calledAt: { on: { INVITE: { actions: 'noteCalledAt' } } } }),
    formerNode: {
      initial: 'deciding',
      states: {
        deciding: { always: [{ guard: 'formerLivesOn', target: 'waiting' }, { target: 'gone' }] },
        gone: {},
        waiting: { after: { formerRefresh: 'refreshing' } },
        refreshing: {
          entry: 'refreshFormer',
          after: { refreshInterval: { target: 'refreshing', reenter: true } },
        },
      },
    },
  }) as const;

/** The guard of those regions. */
export const nodeGuards = {
  formerLivesOn: ({ context }: { context: NodesContext }) => Boolean(context.former),
};

/** The actions of a push server with two nodes, for the `setup` of the machine that contains it. */
export function nodeActions<Context extends NodesContext>({ address, state, onStop, leaseMs }: PushServerNodes) {
  const { assign, emit, enqueueActions } = actionsOf<NodesContext, Context>();
  const isRegistered = ({ registration }: Context) => registration.wanted === 'registered';
  const register = (contact: PushServerContact, expires: 'asked' | 'zero') =>
    sending('sipServer', { type: 'REGISTER', contact, expires, authorization: true, stale: false });
  const takingOver = (left: (context: Context) => Partial<NodesContext>) =>
    enqueueActions(({ context, enqueue }) => {
      const now = address === 'own' ? other(contactOf(context)) : contactOf(context);
      enqueue(
        assign(() => ({
          ...noFormerNode,
          registration: freshRegistration(now, context.registration),
          failures: { 1: null, 2: null },
          turn: null,
          ...(address === 'own' && { address: now }),
          ...(state === 'lost' && context.account !== 'disabled' && { account: 'forgotten', tokens: [] }),
          ...nextCallId(context),
          ...(isRegistered(context) && left(context)),
        })),
      );
      if (address === 'shared') return;
      const { leftBehind } = left(context);
      const listens = leftBehind && isRegistered(context) ? [now, leftBehind] : [now];
      enqueue.emit(sending('sipServer', { type: 'address.taken', listens }));
      enqueue(assign(() => ({ listens })));
    });
  return {
    passOn: takingOver(() => ({})),
    // The node that is stopped goes on listening at its own address for the calls that still go there (inference: it drains).
    passOnPlanned: takingOver((context) => (onStop === 'removesAfterwards' ? { leftBehind: contactOf(context) } : {})),
    // At one address nothing of the former node is to be seen: its REGISTERs are those of the node in charge.
    passOnUnheard: takingOver((context) =>
      address === 'own' && leaseMs === null ? { former: contactOf(context) } : {},
    ),
    noteCalledAt: assign(({ context: { calledAt }, event }) => {
      const { call, contact } = expecting(event, 'INVITE');
      const before = calledAt ?? { 1: 'pushServer', 2: 'pushServer' };
      return { calledAt: { ...before, [call]: contact } };
    }),
    removeLeftBehind: enqueueActions(({ context: { leftBehind }, enqueue }) => {
      if (!leftBehind) return;
      enqueue.emit(register(leftBehind, 'zero'));
      enqueue(assign(() => ({ leftBehind: null })));
    }),
    refreshFormer: enqueueActions(({ context: { former }, enqueue }) => {
      if (former) enqueue.emit(register(former, 'asked'));
    }),
    observeUp: emit(({ context }) =>
      observing({ type: 'pushServer.up', up: true, ...(context.listens && { at: context.listens }) }),
    ),
  };
}
