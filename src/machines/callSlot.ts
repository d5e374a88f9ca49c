import { and } from 'xstate';
import type { MachineEvent } from './events.ts';
import type { Call, Message } from './messages.ts';

/**
 * A region that follows one call, made from a template that speaks of "this call".
 *
 * Parties follow two calls at once. The region is written once; here every named action gets the slot as its
 * parameter, every transition on an event gets the guard `isThisCall`, and `#thisCall` becomes the region's own id,
 * of which `name` is the beginning.
 */
export function forCall(call: Call, template: object, name = 'call'): CallRegion {
  const params = { call };
  const id = `${name}${call}`;
  const named = (value: unknown) => (typeof value === 'string' ? { type: value, params } : value);
  const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
  const transition = (ofEvent: boolean) => (value: unknown) => {
    const { target, guard, actions, ...rest } = (
      typeof value === 'string' ? { target: value } : value
    ) as TransitionTemplate;
    const guards = [...(ofEvent ? [{ type: 'isThisCall', params }] : []), ...list(guard).map(named)];
    return {
      ...rest,
      ...(target === undefined ? {} : { target: target.replace('#thisCall', `#${id}`) }),
      actions: list(actions).map(named),
      ...(guards.length === 0 ? {} : { guard: guards.length === 1 ? guards[0] : and(guards as never) }),
    };
  };
  const each = (record: object, ofEvent: boolean) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, list(value).map(transition(ofEvent))]));
  const node = ({ entry, exit, on, after, always, states, ...rest }: NodeTemplate): object => ({
    ...rest,
    ...(entry === undefined ? {} : { entry: list(entry).map(named) }),
    ...(exit === undefined ? {} : { exit: list(exit).map(named) }),
    ...(on === undefined ? {} : { on: each(on, true) }),
    ...(after === undefined ? {} : { after: each(after, false) }),
    ...(always === undefined ? {} : { always: list(always).map(transition(false)) }),
    ...(states === undefined
      ? {}
      : { states: Object.fromEntries(Object.entries(states).map(([name, state]) => [name, node(state)])) }),
  });
  return { id, ...node(template as NodeTemplate) } as CallRegion;
}

/**
 * What frees the slot of a call that is over, to be added to its template where a run has more calls than slots; nothing
 * elsewhere. `actions` forget what else is remembered of the call. Not with `reenter`: XState would begin the regions beside this
 * one anew as well.
 */
export const cleared = (reusesCalls: boolean | undefined, actions: readonly string[] = []) =>
  reusesCalls === true ? { on: { 'call.cleared': { target: '#thisCall', actions } } } : {};

/** What `createMachine` sees of a region of a call: its names are checked by the tests, not by the compiler. */
export interface CallRegion {
  id: string;
  initial: string;
  states: Record<string, Record<never, never>>;
}

interface TransitionTemplate {
  target?: string;
  guard?: unknown;
  actions?: unknown;
}

interface NodeTemplate {
  entry?: unknown;
  exit?: unknown;
  on?: object;
  after?: object;
  always?: unknown;
  states?: Record<string, NodeTemplate>;
}

/** Parameter that every action and guard of such a region receives. */
export interface ThisCall {
  call: Call;
}

/** The guard that every transition on an event has: events of the other call are not for this region. */
export const isThisCall = ({ event }: { event: MachineEvent }, { call }: ThisCall): boolean => {
  const subject = event.type === 'transport.failed' ? event.message : event;
  return !('call' in subject) || subject.call === call;
};

/** Whether the transport could not deliver a request of that kind (RFC 3261 18.4). */
export const failedToSend =
  (type: Message['type']) =>
  ({ event }: { event: MachineEvent }): boolean =>
    event.type === 'transport.failed' && event.message.type === type;
