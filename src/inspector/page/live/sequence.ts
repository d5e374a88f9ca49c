import { computed } from '@preact/signals';
import { actors, nameOf } from './actors.ts';
import { listedApplication, ofChosen } from './store.ts';

/** Whoever no actor is: what an application was told from outside of its machines. */
const outside = '';

/** A lane of the sequence. */
export interface Lane {
  readonly sessionId: string;
  readonly name: string;
}

/** The lanes: whoever takes part, in the order in which they came; what is outside comes first. A filter moves none. */
export const lanes = computed<readonly Lane[]>(() => {
  const known = actors.value.filter(({ connection }) => connection === listedApplication.value);
  const ids = new Set(known.map(({ sessionId }) => sessionId));
  const taking = new Set<string>();
  for (const { event } of ofChosen.value) {
    taking.add(event.sessionId);
    if (event.type === '@xstate.event') taking.add(laneOf(event.sourceId, ids));
  }
  const shown = known.filter(({ sessionId }) => taking.has(sessionId));
  return [
    ...(taking.has(outside) ? [{ sessionId: outside, name: 'outside' }] : []),
    ...shown.map(({ sessionId }) => ({ sessionId, name: nameOf(sessionId) })),
  ];
});

/** The lane of who sent something. */
export const laneOf = (sourceId: string | undefined, ids: { has(id: string): boolean }): string =>
  sourceId !== undefined && ids.has(sourceId) ? sourceId : outside;

/** The height of one event, in the list and in the sequence. */
export const rowHeight = 26;

/** Where dates end and lanes begin; how narrow a lane may become before the sequence scrolls. */
const dateWidth = 88;
const leastLane = 104;

/** The middle of each lane by the id of its actor, and how wide all of them are. */
export function placesOf(all: readonly Lane[], given: number): { xs: ReadonlyMap<string, number>; width: number } {
  const lane = Math.max(leastLane, (given - dateWidth) / Math.max(1, all.length));
  const xs = new Map(all.map(({ sessionId }, index) => [sessionId, dateWidth + lane * (index + 0.5)]));
  return { xs, width: Math.max(given, dateWidth + lane * all.length) };
}
