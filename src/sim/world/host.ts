import type { AnyEvent } from '../system/settings.ts';

/** How the process of a party takes part in the network: it runs, the OS has suspended it, or there is none. */
export type ProcessState = 'running' | 'suspended' | 'absent';

/** What becomes of something that arrives. */
export interface Arrival<State, Segment = AnyEvent, Told = AnyEvent> {
  readonly state: State;
  readonly deliver: Told | null;
  /** Why the machine is not told; null where it is, and where there is nothing to tell. */
  readonly undelivered: string | null;
  /** What the host answers by itself. */
  readonly reply: Segment | null;
}

/** What leaves the host, or what its sender is told at once instead. */
export interface Departure<State, Segment = AnyEvent, Told = AnyEvent> {
  readonly state: State;
  readonly segment: Segment | null;
  readonly told: Told | null;
}

/** What the start, the freezing or the end of a process brings about. */
export interface ProcessChange<State, Segment = AnyEvent, Told = AnyEvent, Peer = string> {
  readonly state: State;
  readonly deliver: readonly Told[];
  readonly notices: readonly { readonly to: Peer; readonly segment: Segment }[];
}

/**
 * What stands between the machine of a party and its links. It alone decides whether a message reaches the machine. Its
 * state is plain data, its functions are pure.
 */
export interface Host<State = unknown, Segment extends AnyEvent = AnyEvent> {
  readonly initial: State;
  /** Whether an event comes over a link, and not from the environment, a timer or the machine itself. */
  readonly isSegment: (event: AnyEvent) => boolean;
  arrive(state: State, segment: Segment, process: ProcessState): Arrival<State, Segment>;
  /** Whom a reply to a segment goes to. */
  senderOf(segment: Segment): string;
  /** The machine wants to send a message, in answer to what has come in the same reaction or by itself. */
  send(state: State, to: string, message: AnyEvent, request: Segment | null): Departure<State, Segment>;
  /** Something happens that is no message; null where the machine is not told. */
  happen(state: State, event: AnyEvent): { readonly state: State; readonly tell: AnyEvent | null };
  /** The process is suspended, goes on or ends. */
  changeProcess(state: State, before: ProcessState, after: ProcessState): ProcessChange<State, Segment>;
  /** What an onlooker sees of a message that the machine sends; null where that is nothing. */
  sightingOf(message: AnyEvent): AnyEvent | null;
  /** What an onlooker sees of what the machine shows; absent where that is the same. */
  shown?(observation: AnyEvent): AnyEvent;
}

/** A host that hands everything on. */
export const plainHost: Host<null> = {
  initial: null,
  isSegment: () => false,
  arrive: (state, segment) => ({ state, deliver: segment, undelivered: null, reply: null }),
  senderOf: () => {
    throw new Error('a plain host answers nothing by itself');
  },
  send: (state, _, message) => ({ state, segment: message, told: null }),
  happen: (state, event) => ({ state, tell: event }),
  changeProcess: (state) => ({ state, deliver: [], notices: [] }),
  sightingOf: () => null,
};
