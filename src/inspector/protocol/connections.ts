import type { InspectionEvent } from './inspectionEvent.ts';

/** An event with the connection over which it came: the applications that send are numbered from 1 on. */
export type ConnectedEvent = InspectionEvent & { readonly connection: number };

/** What listeners of `/live` hear besides events: that the application of a connection has gone. */
export interface ConnectionEnded {
  readonly type: '@ringproof.ended';
  readonly connection: number;
}

/** That everything they heard so far is forgotten, and what is left of it. */
export interface Cleared {
  readonly type: '@ringproof.cleared';
  readonly events: readonly ConnectedEvent[];
}

export type Notice = ConnectionEnded | Cleared;

/** What a listener of `/live` may ask: that what happened so far be forgotten. */
export interface ClearRequest {
  readonly type: '@ringproof.clear';
}

/** The first application keeps its ids, as whoever listens with the stock client expects them. */
const suffixOf = (connection: number): string => (connection === 1 ? '' : `@${connection}`);

/** Every application counts its actors from `x:0` on: the ids of each further one are given the number of its connection. */
export function overConnection(event: InspectionEvent, connection: number): ConnectedEvent {
  const suffix = suffixOf(connection);
  const ids = (['sessionId', 'rootId', 'parentId', 'sourceId'] as const).flatMap((name) => {
    const id: unknown = (event as Partial<Record<typeof name, unknown>>)[name];
    return typeof id === 'string' ? [[name, id + suffix] as const] : [];
  });
  return { ...event, ...Object.fromEntries(ids), connection };
}

/** The id that the application itself gave to its actor. */
export const ownId = (sessionId: string, connection: number): string =>
  connection === 1 ? sessionId : sessionId.slice(0, -suffixOf(connection).length);

/**
 * What is left of events when what happened is forgotten: the actors that are there now, each with the last snapshot
 * that was told of it. Those of applications that have gone are forgotten as well.
 */
export function withoutHistory(
  events: readonly ConnectedEvent[],
  isThere: (connection: number) => boolean,
): ConnectedEvent[] {
  const actors = new Map<string, Extract<ConnectedEvent, { type: '@xstate.actor' }>>();
  for (const event of events) {
    if (event.type === '@xstate.event' || !isThere(event.connection)) continue;
    const known = event.type === '@xstate.actor' ? event : actors.get(event.sessionId);
    if (known !== undefined) actors.set(event.sessionId, { ...known, snapshot: event.snapshot });
  }
  return [...actors.values()].filter(({ snapshot: { status = 'active' } }) => status === 'active');
}
