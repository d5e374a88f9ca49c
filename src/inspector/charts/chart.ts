import type { PartyName } from '../../machines/messages.ts';

/** A place in a picture, in pixels. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A state as it is drawn. */
export interface ChartState extends Box {
  /** Its path from the root of the machine: `running.registration.registering`. */
  readonly path: string;
  readonly name: string;
  /** Whether it has states of its own that are drawn in it; `folded` where it has some that are not. */
  readonly inside: 'nothing' | 'drawn' | 'folded';
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Transitions that are written into it. */
  readonly lines: readonly ChartLine[];
}

/** All transitions from one state to another, as one arrow with a line for each. */
export interface ChartArrow {
  readonly from: string | null;
  readonly to: string;
  readonly lines: readonly ChartLine[];
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly label: Box | null;
}

/** One transition. */
export interface ChartLine {
  /** The type of the event; empty for one that needs none. */
  readonly event: string;
  readonly text: string;
}

/** A picture of states and transitions, laid out. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly states: readonly ChartState[];
  readonly arrows: readonly ChartArrow[];
}

/** One region of a party's machine, laid out. */
export interface Chart extends Drawing {
  /** Tells the region from others that have the same path in another configuration: `keyOf` it. */
  readonly key: string;
  readonly party: PartyName;
  /** The path of the region; empty for the machine itself. */
  readonly path: string;
}

/** Which region a picture is of. */
export interface RegionName extends Pick<Chart, 'key' | 'path'> {}
