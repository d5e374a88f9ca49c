import type { Registered } from '../sim/report/lanes.ts';
import type { Outcome } from './call.ts';

/** A SIP message of a capture, to be shown with its text. */
export interface TracedMessage {
  /** Milliseconds from the first SIP message of the capture. */
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Who is registered when it comes. */
  readonly registered: Registered;
  readonly isRetransmission: boolean;
  /** Index of its file, and the number of its packet there, from 1. */
  readonly file: number;
  readonly frame: number;
  /** As it was on the wire, but for credentials. */
  readonly text: string;
}

/** A call of a capture and what surrounds it. */
export interface CallTrace {
  readonly aor: string;
  readonly call: {
    readonly outcome: Outcome;
    readonly callId: string;
    readonly result: string;
    readonly why: string;
    readonly invitedAtMs: number;
    readonly file: number;
    readonly frame: number;
  };
  /** From left to right. */
  readonly lanes: readonly (readonly [lane: string, title: string])[];
  readonly messages: readonly TracedMessage[];
  /** What the two are called that `registered` of a message tells apart. */
  readonly registered: readonly [app: string, pushServer: string];
}
