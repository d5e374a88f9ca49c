import { effect, signal } from '@preact/signals';
import type { InspectionEvent } from '../../protocol/inspectionEvent.ts';
import { ask } from '../ask.ts';
import { received } from '../live/received.ts';
import { boot, experiment, tell } from '../store.ts';

/** What can be sent to a hosted viewer: the run that is shown, or what applications have sent and will send. */
export type Bridged = 'run' | 'applications';

/** The state of the sending: the reader is asked, the viewer has yet to answer, that many events have been sent. */
export type Bridge = { readonly what: Bridged } & (
  | { readonly state: 'asking' | 'waiting' }
  | { readonly state: 'sending'; readonly sent: number }
);

export const bridge = signal<Bridge | null>(null);

let stop = (): void => {};

/** Nothing is sent from now on. */
export const stopSending = (): void => stop();

/** Asks the reader whether something shall leave the machine. */
export function offerBridge(what: Bridged): void {
  stop();
  bridge.value = { what, state: 'asking' };
}

export function closeBridge(): void {
  stop();
  bridge.value = null;
}

const eventsOf = (what: Bridged): Promise<readonly InspectionEvent[]> => {
  const shown = experiment.value;
  return what === 'run' && shown !== null ? ask('inspection', shown) : Promise.resolve(received.value);
};

/**
 * Opens the viewer and sends it everything as soon as it says that it is there, as `createBrowserReceiver` does; then
 * what applications go on to send. Only that window at that origin gets anything.
 */
export function sendOver(what: Bridged): void {
  const address = boot.value.viewer;
  const viewer = address === null ? null : open(address, 'xstateinspector');
  if (address === null || viewer === null) {
    closeBridge();
    tell('The viewer was not opened: nothing was sent.');
    return;
  }
  const { origin } = new URL(address);
  let sent = 0;
  /** The latest beginning: what was worked out for an earlier one, or after the end, is not sent. */
  let latest = {};
  let endFollowing = (): void => {};
  const send = (events: readonly InspectionEvent[]) => {
    for (const event of events) viewer.postMessage(event, origin);
    sent += events.length;
    bridge.value = { what, state: 'sending', sent };
  };
  const follow = () => {
    let known = received.peek().length;
    endFollowing = effect(() => {
      const news = received.value.slice(known);
      known = received.value.length;
      if (news.length > 0) send(news);
    });
  };
  const onMessage = async ({ source, origin: from, data }: MessageEvent<{ type?: unknown } | null>) => {
    if (source !== viewer || from !== origin || data?.type !== '@statelyai.connected') return;
    // A viewer that was loaded again begins again.
    endFollowing();
    const own = {};
    latest = own;
    const events = await eventsOf(what);
    if (latest !== own) return;
    sent = 0;
    send(events);
    if (what === 'applications') follow();
  };
  addEventListener('message', onMessage);
  stop = () => {
    removeEventListener('message', onMessage);
    endFollowing();
    latest = {};
    stop = () => {};
  };
  bridge.value = { what, state: 'waiting' };
}
