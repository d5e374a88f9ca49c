import { batch, computed, effect, signal } from '@preact/signals';
import type { OpenRecording } from '../../model/recording.ts';
import type { ClearRequest, ConnectedEvent, Notice } from '../../protocol/connections.ts';
import { isOneFile } from '../parts.ts';

/** What applications have sent to our server, in its order, and which of them have gone. */
const live = signal<readonly ConnectedEvent[]>([]);
const gone = signal<ReadonlySet<number>>(new Set());

/** A recording that was opened, with the name of its file: shown instead of what comes in. */
export const recording = signal<OpenRecording | null>(null);

/** What is shown of applications. */
export const received = computed(() => recording.value?.events ?? live.value);

/** The connections of applications that have gone; those of a recording all have. */
export const ended = computed<ReadonlySet<number>>(() =>
  recording.value === null ? gone.value : new Set(recording.value.events.map(({ connection }) => connection)),
);

/** Whether a server passes on what applications send: `none` where there never was one. */
export const liveServer = signal<'none' | 'there' | 'gone'>('none');

/** Where applications send to. */
export const inspectUrl = (): string => {
  const url = new URL('inspect', location.href);
  url.protocol = 'ws:';
  url.hash = '';
  return url.href;
};

let socket: WebSocket | null = null;
let arrived: ConnectedEvent[] = [];

function take(told: ConnectedEvent | Notice): void {
  if (told.type === '@ringproof.ended') {
    gone.value = new Set([...gone.peek(), told.connection]);
    return;
  }
  if (told.type === '@ringproof.cleared') {
    arrived = [];
    batch(() => {
      live.value = told.events;
      gone.value = new Set();
    });
    return;
  }
  // Applications send many events at once: they are shown together.
  if (arrived.push(told) > 1) return;
  requestAnimationFrame(() => {
    live.value = [...live.value, ...arrived];
    arrived = [];
  });
}

/** Listens to what the server passes on. A page in one file has no server of ours, wherever it is from. */
export function listenToApplications(): void {
  if (isOneFile()) return;
  socket = new WebSocket(inspectUrl().replace(/inspect$/, 'live'));
  socket.addEventListener('open', () => {
    liveServer.value = 'there';
  });
  socket.addEventListener('close', () => {
    liveServer.value = 'gone';
  });
  socket.addEventListener('message', ({ data }) => take(JSON.parse(String(data))));
}

/** Has the server forget what happened so far; what the applications are now stays. */
export function forgetEvents(): void {
  socket?.send(JSON.stringify({ type: '@ringproof.clear' } satisfies ClearRequest));
}

/** Calls back whenever other events are shown than before, rather than more of them: whether they are of another source. */
export function onOtherEvents(act: (isOtherSource: boolean) => void): void {
  let before = received.peek();
  let from = recording.peek();
  effect(() => {
    const [events, source] = [received.value, recording.value];
    const isOther = source !== from || events[0] !== before[0];
    if (before.length > 0 && isOther) act(source !== from);
    [before, from] = [events, source];
  });
}
