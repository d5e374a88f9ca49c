import { computed, effect, type Signal, signal } from '@preact/signals';
import type { Drawing } from '../../charts/chart.ts';
import type { Outline } from '../../model/outline.ts';
import type { ConnectedEvent } from '../../protocol/connections.ts';
import { ask } from '../ask.ts';
import { actorOf, applications, statesBefore } from './actors.ts';
import { eventWords } from './eventWords.ts';
import { drawingOfDefinition } from './layOut.ts';
import { received } from './received.ts';

/** Whether the applications are shown instead of a run. */
export const showsLive = signal(false);

/** The number of the event that is looked at; null follows the latest. */
export const selected = signal<number | null>(null);

/** The actor of whom alone the events are listed; null for all. */
export const chosenActor = signal<string | null>(null);

/** The connection of the application of which alone the events are listed; null for all. */
export const chosenApplication = signal<number | null>(null);

/** How what happened is shown: line by line, or from actor to actor. */
export const eventLook = signal<'list' | 'sequence'>('list');

/** The application whose events are listed; null for all. A sequence is that of one. */
export const listedApplication = computed(() => {
  const latest = eventLook.value === 'sequence' ? (applications.value[0]?.connection ?? null) : null;
  return chosenApplication.value ?? latest;
});

/** What the reader has typed to see less. */
export const liveFilter = signal('');

/** The events and snapshots of the chosen application and actor, or of all, each with its number. */
export const ofChosen = computed(() => {
  const [actor, connection] = [chosenActor.value, listedApplication.value];
  return received.value
    .map((event, index) => ({ event, index }))
    .filter(({ event }) => {
      if (event.type === '@xstate.actor') return false;
      if (connection !== null && event.connection !== connection) return false;
      return (
        actor === null || event.sessionId === actor || (event.type === '@xstate.event' && event.sourceId === actor)
      );
    });
});

/** Of these, the ones that are listed. An event is found by what stands there of it, and by what it is called. */
export const happened = computed(() => {
  const wanted = liveFilter.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return ofChosen.value;
  return ofChosen.value.filter(({ event, index }) => {
    const words = searched(event, index);
    return wanted.every((word) => words.includes(word));
  });
});

const searchedIn = new WeakMap<ConnectedEvent, string>();

/** The words of an event, made once: a filter is typed letter by letter. */
function searched(event: ConnectedEvent, index: number): string {
  const known = searchedIn.get(event);
  if (known !== undefined) return known;
  const cause = event.type === '@xstate.snapshot' ? event.event.type : '';
  const words = `${eventWords(event, index)} ${cause}`.toLowerCase();
  searchedIn.set(event, words);
  return words;
}

/** The number of the event that is shown. */
export const shownIndex = computed(() => selected.value ?? happened.value.at(-1)?.index ?? received.value.length - 1);

/** Whose machine is shown: that of the event, if nobody was chosen. */
export const shownActor = computed(
  () => actorOf.value.get(chosenActor.value ?? received.value[shownIndex.value]?.sessionId ?? '') ?? null,
);

const ofShown = (index: number): string[] =>
  shownActor.value === null ? [] : statesBefore(shownActor.value.sessionId, index);

/** The active states of the shown actor, after the shown event and before it. */
export const activeNow = computed(() => ofShown(shownIndex.value + 1));
export const activeBefore = computed(() => ofShown(shownIndex.value));

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

/** Shows one after the other; the sequence is that of the application whose event is looked at. */
export function showEventsAs(look: 'list' | 'sequence'): void {
  const connection = received.value[shownIndex.value]?.connection;
  if (look === 'sequence' && applications.value.length > 1) chosenApplication.value = connection ?? null;
  eventLook.value = look;
}
