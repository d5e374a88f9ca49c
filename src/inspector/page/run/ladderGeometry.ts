import type { PartyName, Role } from '../../../machines/messages.ts';
import { roleOf } from '../../../machines/phones.ts';
import { lanes } from '../../../sim/report/lanes.ts';

/** A lane as the reader has it: in which place, and whether it is only a thin line. */
export interface LaneView {
  readonly lane: PartyName;
  readonly isCollapsed: boolean;
}

/** What stands beside the lanes: on their left step and date, on their right what the app does. */
interface Margins {
  readonly gutter: number;
  readonly left: number;
  readonly right: number;
}

const usualMargins: Margins = { gutter: 112, left: 36, right: 86 };

/** On a phone there is room for the date alone. */
const compactMargins: Margins = { gutter: 52, left: 20, right: 38 };
const narrow = 560;

/** Lanes that are nearer than this have short titles. */
const leastForTitles = 92;

const rulerWidth = 44;

/** How much room a collapsed lane takes of what another one has. */
const collapsedShare = 0.22;

const open: readonly LaneView[] = lanes.map((lane) => ({ lane, isCollapsed: false }));

/** Where the lanes are on a ladder of a width. */
export class Geometry {
  readonly width: number;
  /** Whether there is no room for whatever can be done without. */
  readonly isCompact: boolean;
  /** Whether the lanes are too near to each other for their whole titles. */
  readonly isCrowded: boolean;
  /** Left of this stand dates. */
  readonly gutter: number;
  /** The lanes from left to right. */
  readonly order: readonly PartyName[];
  readonly #x: Readonly<Partial<Record<PartyName, number>>>;

  /** Whether all lanes look the same, whatever their names. */
  readonly #isPlain: boolean;

  /** How wide the ruler is, at the left edge; 0 where there is none. */
  readonly ruler: number;

  constructor(width: number, views: readonly LaneView[] = open, hasRuler = false, isPlain = false) {
    this.#isPlain = isPlain;
    this.width = width;
    this.isCompact = width < narrow;
    this.ruler = hasRuler ? rulerWidth : 0;
    const { left, right, ...margins } = this.isCompact ? compactMargins : usualMargins;
    const gutter = margins.gutter + this.ruler;
    this.gutter = gutter;
    this.order = views.map(({ lane }) => lane);
    const share = ({ isCollapsed }: LaneView) => (isCollapsed ? collapsedShare : 1);
    let sum = 0;
    const sums = views.map((view, index) => {
      const before = views[index - 1];
      if (before !== undefined) sum += (share(before) + share(view)) / 2;
      return sum;
    });
    const [first, last] = [gutter + left, width - right];
    const places = sums.map((one) => first + (sum === 0 ? 0 : one / sum) * (last - first));
    this.isCrowded = (last - first) / Math.max(1, sum) < leastForTitles;
    this.#x = Object.fromEntries(this.order.map((lane, index) => [lane, places[index]]));
  }

  x(lane: PartyName): number {
    return this.#x[lane] ?? 0;
  }

  /** How wide the head of a lane may be, which touches neither that of a neighbour nor the edge. */
  room(lane: PartyName): number {
    const x = this.x(lane);
    const others = this.order.filter((one) => one !== lane).map((one) => Math.abs(this.x(one) - x));
    return Math.min(...others, 2 * x, 2 * (this.width - x));
  }

  /** Where an arrow touches a lane when it comes from another one: beside what is drawn on it. */
  edge(lane: PartyName, other: PartyName): number {
    return this.x(lane) + (this.x(other) > this.x(lane) ? 1 : -1) * (this.#isPlain ? 1 : halfWidth[roleOf(lane)]);
  }
}

/** Half the width of what is drawn on a lane. */
const halfWidth: Readonly<Record<Role, number>> = {
  caller: 1,
  sipServer: 8,
  pushServer: 6,
  notificationService: 1,
  app: 11,
};
