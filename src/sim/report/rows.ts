import type { PartyName } from '../../machines/messages.ts';
import type { Standing } from './lanes.ts';

/** What every row knows: when it is and how things stand before and after it. */
interface Moment {
  readonly atMs: number;
  /** The step of the trace that it shows, or null where it shows none. */
  readonly step: number | null;
  readonly before: Standing;
  readonly after: Standing;
}

/**
 * What became of a message. `unheard`: it got to a party that cannot hear, such as a suspended app or a server that
 * is down. `underWay`: the run ended before it arrived.
 */
export type Arrival = 'heard' | 'lost' | 'unheard' | 'underWay';

/** A message at the time of its arrival, or of its loss. */
export interface MessageRow<Lane extends string = PartyName> extends Moment {
  readonly kind: 'message';
  readonly serial: number;
  readonly sentAtMs: number;
  readonly from: Lane;
  readonly to: Lane;
  readonly label: string;
  /** What an onlooker cannot see from the message alone, the most important first. */
  readonly remarks: readonly string[];
  /** Whether a retransmission timer sent it. */
  readonly isRetransmission: boolean;
  readonly style: 'sip' | 'http' | 'push';
  readonly arrival: Arrival;
}

/**
 * Something that happens to one party: a step of the environment, a timer, the phone as its user hears it, or what the
 * machine of a system that is no hand-over shows.
 */
export interface NoteRow<Lane extends string = PartyName> extends Moment {
  readonly kind: 'note';
  readonly party: Lane;
  readonly label: string;
  readonly by: 'environment' | 'timer' | 'phone' | 'shown';
}

/** A property that was violated. */
export interface ViolationRow extends Moment {
  readonly kind: 'violation';
  readonly property: string;
  readonly what: string;
}

/** Retransmissions of one message in a row, to the same effect, after the first of them has been drawn. */
export interface RepeatsRow<Lane extends string = PartyName> extends Moment {
  readonly kind: 'repeats';
  readonly messages: readonly MessageRow<Lane>[];
}

/** Something of so little interest that it is counted instead of drawn. */
export interface Hidden {
  readonly step: number;
  readonly atMs: number;
  readonly what: 'heartbeat' | 'timer';
}

/** A long time in which nothing of interest happened, and what else did. */
export interface IdleRow extends Moment {
  readonly kind: 'idle';
  readonly forMs: number;
  readonly hidden: readonly Hidden[];
}

/** The last row: nothing is known of what comes after it. */
export interface EndRow extends Moment {
  readonly kind: 'end';
}

/** One row of a ladder; a ladder of the model has the parties as lanes. */
export type Row<Lane extends string = PartyName> =
  | MessageRow<Lane>
  | NoteRow<Lane>
  | ViolationRow
  | RepeatsRow<Lane>
  | IdleRow
  | EndRow;
