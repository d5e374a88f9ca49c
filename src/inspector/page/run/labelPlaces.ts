import { fullLabel } from '../../../sim/report/wording.ts';
import { type LadderLayout, leastDistance, type PlacedRow } from '../../model/ladderLayout.ts';
import type { Geometry } from './ladderGeometry.ts';

/** Widths of a character of a message's label and of other text, at most. */
const [characterWidth, plainCharacterWidth] = [7.2, 6.9];

/** A message that was on its way for longer than this many pixels waits beside its sender before it slopes. */
const steepest = 10;

/** Where an arrow begins to slope, and the middle of the foot of its words. */
export interface MessagePlace {
  readonly startY: number;
  readonly label: { readonly x: number; readonly y: number; readonly width: number };
  /** Whether there is room for what is remarked beside the name of the message. */
  readonly hasRemarks: boolean;
}

export function messagePlace({ row, y, sentY }: PlacedRow, geometry: Geometry): MessagePlace | null {
  if (row.kind !== 'message') return null;
  const [from, to] = [geometry.edge(row.from, row.to), geometry.edge(row.to, row.from)];
  const startY = Math.max(sentY, y - steepest);
  const room = Math.abs(to - from);
  const wholeWidth = fullLabel(row).length * characterWidth;
  const hasRemarks = wholeWidth <= room;
  const width = hasRemarks ? wholeWidth : row.label.length * characterWidth;
  // High enough that the slope does not cut through the words.
  const lift = 4 + ((y - startY) * Math.min(1, width / room)) / 2;
  return { startY, label: { x: (from + to) / 2, y: (startY + y) / 2 - lift, width }, hasRemarks };
}

/** Whether the words of two rows, or their dates, would be written over each other where both are shown. */
export function covers(one: PlacedRow, other: PlacedRow, geometry: Geometry): boolean {
  const wordsY = (placed: PlacedRow) => messagePlace(placed, geometry)?.label.y ?? placed.y;
  const apart = Math.min(Math.abs(one.y - other.y), Math.abs(wordsY(one) - wordsY(other)));
  return apart < leastDistance;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The height of a line of text above and below its foot. */
const [ascent, descent] = [11, 4];
/** From the foot of a line to that of the next one. */
export const lineHeight = 13;

const textBox = (left: number, y: number, width: number, lines = 1): Box => ({
  left,
  right: left + width,
  top: y - ascent,
  bottom: y + (lines - 1) * lineHeight + descent,
});

/** What the words of a row take up. */
function boxOf(placed: PlacedRow, geometry: Geometry): Box | null {
  const { row, y, top, bottom } = placed;
  if (row.kind === 'message') {
    const label = messagePlace(placed, geometry)?.label;
    return label ? textBox(label.x - label.width / 2, label.y, label.width) : null;
  }
  if (row.kind === 'note') {
    const width = (row.label.length + 3) * plainCharacterWidth;
    const isLast = row.party === geometry.order.at(-1);
    return textBox(geometry.x(row.party) + (isLast ? -14 - width : 14), y, width);
  }
  return row.kind === 'end' ? null : { left: 0, right: geometry.width, top, bottom };
}

const touch = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** Something to be written beside a lane, as near to a height as there is room. */
export interface Wish {
  readonly lines: readonly string[];
  /** Where it begins, if it stands on the right of the lane, and where it ends on the left. */
  readonly rightX: number;
  readonly leftX: number;
  readonly y: number;
}

export interface Written {
  readonly lines: readonly string[];
  readonly x: number;
  /** The foot of the first line. */
  readonly y: number;
}

/** Farther from its place than this nobody knows what a text belongs to. */
const farthest = 240;

/** Writes each text where it touches neither the words of a row nor another text; nearest to its height. */
export function writeBeside(wishes: readonly Wish[], layout: LadderLayout, geometry: Geometry): Written[] {
  const taken = layout.rows.flatMap((placed) => boxOf(placed, geometry) ?? []);
  return wishes.map(({ lines, rightX, leftX, y }) => {
    const width = Math.max(...lines.map(({ length }) => length)) * plainCharacterWidth;
    const near = taken.filter(({ top, bottom }) => bottom > y - farthest - ascent && top < y + farthest + ascent);
    const isFree = (left: number, footY: number) => {
      const box = textBox(left, footY, width, lines.length);
      const isInside = box.left >= geometry.gutter && box.right <= geometry.width - 4 && box.top >= 0;
      return isInside && near.every((one) => !touch(one, box));
    };
    for (let distance = 0; distance <= farthest; distance += 3) {
      for (const footY of [y - distance, y + distance]) {
        const left = [rightX, leftX - width].find((one) => isFree(one, footY));
        if (left === undefined) continue;
        taken.push(textBox(left, footY, width, lines.length));
        return { lines, x: left, y: footY };
      }
    }
    return { lines, x: rightX, y };
  });
}
