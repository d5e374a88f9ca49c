import type { PartyName } from '../../../machines/messages.ts';
import { lanes } from '../../../sim/report/lanes.ts';

/** Left of the lanes stand step and date; right of them what the app does. */
const gutterWidth = 112;
const [leftMargin, rightMargin] = [36, 86];

/** Where the lanes are on a ladder of a width. */
export class Geometry {
  readonly width: number;

  constructor(width: number) {
    this.width = width;
  }

  x(lane: PartyName): number {
    const [first, last] = [gutterWidth + leftMargin, this.width - rightMargin];
    return first + (lanes.indexOf(lane) * (last - first)) / (lanes.length - 1);
  }

  /** Where an arrow touches a lane when it comes from another one: beside what is drawn on it. */
  edge(lane: PartyName, other: PartyName): number {
    const side = lanes.indexOf(other) > lanes.indexOf(lane) ? 1 : -1;
    return this.x(lane) + side * halfWidth[lane];
  }
}

/** Half the width of what is drawn on a lane. */
const halfWidth: Readonly<Record<PartyName, number>> = {
  caller: 1,
  sipServer: 8,
  pushServer: 6,
  notificationService: 1,
  app: 11,
};
