import type { InspectionEvent } from './inspectionEvents.ts';

/** An event with the connection over which it came: the applications that send are numbered from 1 on. */
export type ConnectedEvent = InspectionEvent & { readonly connection: number };

/** What listeners of `/live` hear besides events: that the application of a connection has gone. */
export interface ConnectionEnded {
  readonly type: '@ringproof.ended';
  readonly connection: number;
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
