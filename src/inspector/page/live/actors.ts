import { computed } from '@preact/signals';
import { statePath } from '../../charts/statePath.ts';
import { activePaths } from '../../model/stateWords.ts';
import type { ConnectedEvent } from '../../protocol/connections.ts';
import { ended, received } from './received.ts';

type Actor = Extract<ConnectedEvent, { type: '@xstate.actor' }>;

/** The actors; one that was started again takes the place of the former. */
export const actors = computed<readonly Actor[]>(() => [
  ...new Map(
    received.value.flatMap((one) => (one.type === '@xstate.actor' ? [[one.sessionId, one] as const] : [])),
  ).values(),
]);

/** An application: whoever sends over one connection. */
export interface Application {
  readonly connection: number;
  readonly actors: readonly Actor[];
  readonly hasEnded: boolean;
}

/** The applications, the latest first. */
export const applications = computed<readonly Application[]>(() => {
  const connections = [...new Set(actors.value.map(({ connection }) => connection))].sort((one, other) => other - one);
  return connections.map((connection) => ({
    connection,
    actors: actors.value.filter((one) => one.connection === connection),
    hasEnded: ended.value.has(connection),
  }));
});

/** Each actor by its id. */
export const actorOf = computed(() => new Map(actors.value.map((one) => [one.sessionId, one])));

/** What an actor is called; with the number of its application where there are several. */
export function nameOf(sessionId: string | undefined): string {
  const found = actorOf.value.get(sessionId ?? '');
  if (found === undefined) return sessionId ?? 'outside';
  return applications.value.length > 1 ? `${found.name} (${found.connection})` : found.name;
}

/** The snapshot of an actor as it was told last before a number. */
export function snapshotBefore(sessionId: string, index: number) {
  for (let at = Math.min(index, received.value.length) - 1; at >= 0; at--) {
    const one = received.value[at];
    if (one?.sessionId === sessionId && one.type !== '@xstate.event') return one.snapshot;
  }
  return null;
}

/** The active states of an actor before a number. */
export const statesBefore = (sessionId: string, index: number): string[] =>
  activePaths(snapshotBefore(sessionId, index)?.value ?? undefined).map(statePath);
