import { computed, signal } from '@preact/signals';
import type { InspectionEvent } from '../../protocol/inspectionEvents.ts';

/** What applications have sent, in its order. */
export const received = signal<readonly InspectionEvent[]>([]);

/** Whether the applications are shown instead of a run. */
export const showsLive = signal(false);
export const selected = signal<number | null>(null);

export const actors = computed(() => received.value.filter(({ type }) => type === '@xstate.actor'));

/** The events and snapshots, each with its number. */
export const happened = computed(() =>
  received.value.map((event, index) => ({ event, index })).filter(({ event }) => event.type !== '@xstate.actor'),
);

/** The snapshot of an actor as it was told last at or before a number. */
export function snapshotBefore(sessionId: string, index: number) {
  const found = received.value
    .slice(0, index)
    .findLast((one) => one.sessionId === sessionId && one.type !== '@xstate.event');
  return found === undefined || found.type === '@xstate.event' ? null : found.snapshot;
}

let arrived: InspectionEvent[] = [];
let frame = 0;

/** Listens to what the server passes on. A page that was opened from a file has no server. */
export function listenToApplications(): void {
  if (!location.protocol.startsWith('http')) return;
  const url = new URL('live', location.href);
  url.protocol = 'ws:';
  url.hash = '';
  const socket = new WebSocket(url);
  socket.addEventListener('message', ({ data }) => {
    arrived.push(JSON.parse(String(data)) as InspectionEvent);
    cancelAnimationFrame(frame);
    // Applications send many events at once: they are shown together.
    frame = requestAnimationFrame(() => {
      received.value = [...received.value, ...arrived];
      arrived = [];
    });
  });
}
