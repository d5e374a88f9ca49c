import { computed, effect, type Signal, signal } from '@preact/signals';
import type { Drawing } from '../../charts/chart.ts';
import type { Outline } from '../../model/outline.ts';
import { activePaths } from '../../model/stateWords.ts';
import type { ConnectedEvent, ConnectionEnded } from '../../protocol/connections.ts';
import { ask } from '../ask.ts';
import { isOneFile } from '../parts.ts';
import { drawingOfDefinition } from './layOut.ts';

type Actor = Extract<ConnectedEvent, { type: '@xstate.actor' }>;

/** What applications have sent, in its order. */
export const received = signal<readonly ConnectedEvent[]>([]);

/** Whether the applications are shown instead of a run. */
export const showsLive = signal(false);

/** The number of the event that is looked at; null follows the latest. */
export const selected = signal<number | null>(null);

/** The actor of whom alone the events are listed; null for all. */
export const chosenActor = signal<string | null>(null);

/** The actors; one that was started again takes the place of the former. */
export const actors = computed<readonly Actor[]>(() => [
  ...new Map(
    received.value.flatMap((one) => (one.type === '@xstate.actor' ? [[one.sessionId, one] as const] : [])),
  ).values(),
]);

/** The connections of applications that have gone. */
const ended = signal<ReadonlySet<number>>(new Set());

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

/** What an actor is called; with the number of its application where there are several. */
export function nameOf(sessionId: string | undefined): string {
  const found = actors.value.find((one) => one.sessionId === sessionId);
  if (found === undefined) return sessionId ?? 'outside';
  return applications.value.length > 1 ? `${found.name} (${found.connection})` : found.name;
}

/** The events and snapshots of the chosen actor or of all, each with its number. */
export const happened = computed(() =>
  received.value
    .map((event, index) => ({ event, index }))
    .filter(
      ({ event: { type, sessionId } }) => type !== '@xstate.actor' && sessionId === (chosenActor.value ?? sessionId),
    ),
);

/** The number of the event that is shown. */
export const shownIndex = computed(() => selected.value ?? happened.value.at(-1)?.index ?? received.value.length - 1);

/** Whose machine is shown: that of the event, if nobody was chosen. */
export const shownActor = computed(() => {
  const sessionId = chosenActor.value ?? received.value[shownIndex.value]?.sessionId;
  return actors.value.find((one) => one.sessionId === sessionId) ?? null;
});

/** The snapshot of an actor as it was told last before a number. */
export function snapshotBefore(sessionId: string, index: number) {
  for (let at = Math.min(index, received.value.length) - 1; at >= 0; at--) {
    const one = received.value[at];
    if (one?.sessionId === sessionId && one.type !== '@xstate.event') return one.snapshot;
  }
  return null;
}

const pathsBefore = (index: number): string[] => {
  const actor = shownActor.value;
  const value = actor && snapshotBefore(actor.sessionId, index)?.value;
  return activePaths(value ?? undefined).map((path) => path.join('.'));
};

/** The active states of the shown actor, after the shown event and before it. */
export const activeNow = computed(() => pathsBefore(shownIndex.value + 1));
export const activeBefore = computed(() => pathsBefore(shownIndex.value));

/** What became of each definition: what was made of it, or why there is nothing. */
type Made<Thing> = ReadonlyMap<string, Thing | string>;

const outlines = signal<Made<Outline>>(new Map());
const drawings = signal<Made<Drawing>>(new Map());

/** The machine of the shown actor; a sentence where there is none to be drawn; null until it is known. */
export const outline = computed<Outline | string | null>(() => {
  const actor = shownActor.value;
  if (actor === null) return null;
  if (actor.definition === undefined) return 'This actor has sent no definition.';
  return outlines.value.get(actor.definition) ?? null;
});

/** The picture of that machine; why there is none; null until it is laid out. */
export const drawing = computed(() => drawings.value.get(shownActor.value?.definition ?? '') ?? null);

function keep<Thing>(made: Signal<Made<Thing>>, definition: string, thing: Thing | string): void {
  made.value = new Map([...made.peek(), [definition, thing]]);
}

const asked = new Set<string>();

/** Has each definition that is looked at read and laid out, once. */
export const keepOutlines = (): (() => void) =>
  effect(() => {
    const definition = shownActor.value?.definition;
    if (definition === undefined || !showsLive.value || asked.has(definition)) return;
    asked.add(definition);
    ask('outline', definition).then(
      (found) => keep(outlines, definition, found),
      ({ message }: Error) =>
        keep(outlines, definition, `The definition that this actor has sent cannot be read: ${message}`),
    );
    drawingOfDefinition(definition).then(
      (found) => keep(drawings, definition, found),
      ({ message }: Error) => keep(drawings, definition, message),
    );
  });

/** Moves the selection among the listed events. */
export function moveLive(by: 1 | -1): void {
  const all = happened.value;
  const here = shownIndex.value;
  const next = by === 1 ? all.find(({ index }) => index > here) : all.findLast(({ index }) => index < here);
  if (next !== undefined) selected.value = next.index;
}

let arrived: ConnectedEvent[] = [];
let frame = 0;

/** Listens to what the server passes on. A page in one file has no server of ours, wherever it is from. */
export function listenToApplications(): void {
  if (isOneFile()) return;
  const url = new URL('live', location.href);
  url.protocol = 'ws:';
  url.hash = '';
  const socket = new WebSocket(url);
  socket.addEventListener('message', ({ data }) => {
    const told = JSON.parse(String(data)) as ConnectedEvent | ConnectionEnded;
    if (told.type === '@ringproof.ended') {
      ended.value = new Set([...ended.peek(), told.connection]);
      return;
    }
    arrived.push(told);
    cancelAnimationFrame(frame);
    // Applications send many events at once: they are shown together.
    frame = requestAnimationFrame(() => {
      received.value = [...received.value, ...arrived];
      arrived = [];
    });
  });
}
