import type { PartyName } from '../../../machines/messages.ts';
import type { NoteRow, ViolationRow } from '../../../sim/report/rows.ts';
import { fullLabel } from '../../../sim/report/wording.ts';
import type { LadderLayout, PlacedRow } from '../../model/ladderLayout.ts';
import type { Geometry } from './ladderGeometry.ts';

/** Widths of a character of a message's label and of other text, at most. */
const [characterWidth, plainCharacterWidth] = [7.2, 6.9];

/** A message that was on its way for longer than this many pixels waits beside its sender before it slopes. */
const steepest = 10;

/** Words keep so far off the edges of the ladder. */
const rim = 4;

/** What is nearest to a place of which words of a width are not cut off at an edge. */
const within = (left: number, width: number, geometry: Geometry): number =>
  Math.max(rim, Math.min(left, geometry.width - rim - width));

/** Where the words of a row stand. */
export interface LabelPlace {
  readonly x: number;
  /** Their foot. */
  readonly y: number;
}

/** Where an arrow begins to slope, and the middle of the foot of its words. */
interface MessagePlace {
  readonly startY: number;
  readonly label: LabelPlace & { readonly width: number };
  /** Whether there is room for what is remarked beside the name of the message. */
  readonly hasRemarks: boolean;
}

/** The words of an arrow stand so far along it, if they can. */
const halfWay = 0.5;

/** Where a message is drawn, with its words so far along its arrow. */
export function messagePlace({ row, y, sentY }: PlacedRow, geometry: Geometry, along = halfWay): MessagePlace | null {
  if (row.kind !== 'message') return null;
  const [from, to] = [geometry.edge(row.from, row.to), geometry.edge(row.to, row.from)];
  const startY = Math.max(sentY, y - steepest);
  const room = Math.abs(to - from);
  const wholeWidth = fullLabel(row).length * characterWidth;
  const hasRemarks = wholeWidth <= room;
  const width = hasRemarks ? wholeWidth : row.label.length * characterWidth;
  // High enough that the slope does not cut through the words.
  const lift = 4 + ((y - startY) * Math.min(1, width / room)) / 2;
  const middle = from + (to - from) * along;
  const x = within(middle - width / 2, width, geometry) + width / 2;
  const label = { x, y: startY + (y - startY) * along - lift, width };
  return { startY, label, hasRemarks };
}

/** Right of the last lane is no room for notes. */
export const isLast = (party: PartyName, geometry: Geometry): boolean => party === geometry.order.at(-1);

/** How wide a note is, with its glyph. */
const noteWidth = (row: NoteRow): number => (row.label.length + 3) * plainCharacterWidth;

/** Notes stand so far from their lane. */
const besideLane = 14;

/** Where the words of a note begin, or where they end. */
export function notePlace({ row, y }: PlacedRow, geometry: Geometry): LabelPlace | null {
  if (row.kind !== 'note') return null;
  const [lane, width] = [geometry.x(row.party), noteWidth(row)];
  return isLast(row.party, geometry)
    ? { x: within(lane - besideLane - width, width, geometry) + width, y }
    : { x: within(lane + besideLane, width, geometry), y };
}

/** Where the words of a row stand as long as nothing is in their way. */
const naturalPlace = (placed: PlacedRow, geometry: Geometry): LabelPlace | null =>
  messagePlace(placed, geometry)?.label ?? notePlace(placed, geometry);

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

/** What a violation says. */
export const violationText = ({ property, what }: ViolationRow): string => `✗ ${property}: ${what}`;

const boldCharacterWidth = 7;

/** How wide what a violation says is. */
export const violationWidth = (row: ViolationRow): number => violationText(row).length * boldCharacterWidth + 12;

/** What the words of a row take up, where they stand. */
function boxOf(placed: PlacedRow, geometry: Geometry, at = naturalPlace(placed, geometry)): Box | null {
  const { row, top, bottom } = placed;
  if (row.kind === 'end') return null;
  if (at === null) return { left: 0, right: geometry.width, top, bottom };
  if (row.kind === 'message') {
    const width = messagePlace(placed, geometry)?.label.width ?? 0;
    return textBox(at.x - width / 2, at.y, width);
  }
  if (row.kind === 'violation') return textBox(at.x, at.y, violationWidth(row));
  const width = row.kind === 'note' ? noteWidth(row) : 0;
  return textBox(row.kind === 'note' && isLast(row.party, geometry) ? at.x - width : at.x, at.y, width);
}

const touch = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** Whether the words of a row, where it would like to have them, are upon those of another one. */
export function covers(one: PlacedRow, other: PlacedRow, geometry: Geometry, at: LabelPlace): boolean {
  const [own, others] = [boxOf(one, geometry), boxOf(other, geometry, at)];
  return own !== null && others !== null && touch(own, others);
}

/** Along its arrow a message has its words in the first of these places that is free, beside its lane a note. */
const alongs = [halfWay, 0.3, 0.7, 0.16, 0.84] as const;
const lifts = [0, -12, 12] as const;
/** A violation keeps off by so many lines. */
const mostLines = 8;

/** Below or above its line, where the lanes begin. */
function violationPlaces({ y, row }: PlacedRow, geometry: Geometry): LabelPlace[] {
  const width = row.kind === 'violation' ? violationWidth(row) : 0;
  const x = Math.max(geometry.ruler, Math.min(geometry.gutter + 56, geometry.width - width - 4));
  return Array.from({ length: 2 * mostLines }, (_, index) => {
    const by = (Math.floor(index / 2) + 1) * 16;
    return { x, y: y + (index % 2 === 0 ? by : -by) };
  });
}

function placesFor(placed: PlacedRow, geometry: Geometry): readonly (LabelPlace | null)[] {
  if (placed.row.kind === 'violation') return violationPlaces(placed, geometry);
  const note = notePlace(placed, geometry);
  if (note !== null) return lifts.map((by) => ({ x: note.x, y: note.y + by }));
  return alongs.map((along) => messagePlace(placed, geometry, along)?.label ?? null);
}

/** Words reach no further up or down than this from their row. */
const reach = 160;

/** Where words stand, by their rows. */
export type LabelPlaces = ReadonlyMap<PlacedRow, LabelPlace | null>;

/**
 * Where the words of each message, note and violation stand that no others touch them; null for those that find no
 * room. Those that the reader looks for choose first: violations, and what has its words at its own place.
 */
export function placeLabels({ rows }: LadderLayout, geometry: Geometry): LabelPlaces {
  const places = new Map<PlacedRow, LabelPlace | null>();
  let taken: { readonly box: Box; readonly y: number }[] = [];
  const place = (placed: PlacedRow, isLeftOut: boolean) => {
    const near = taken.filter(({ y }) => Math.abs(y - placed.y) < reach);
    const boxAt = (at: LabelPlace | null) => at && boxOf(placed, geometry, at);
    const all = placesFor(placed, geometry);
    const found = all.find((at) => {
      const box = boxAt(at);
      if (box === null || box.left < geometry.ruler || box.right > geometry.width) return false;
      return near.every((one) => !touch(one.box, box));
    });
    const at = found ?? (isLeftOut ? null : (all[0] ?? null));
    const box = boxAt(at);
    if (box !== null) taken = [...taken, { box, y: placed.y }];
    places.set(placed, at);
  };
  for (const placed of rows) if (placed.row.kind === 'violation') place(placed, false);
  for (const placed of rows) if (placed.row.kind === 'message' || placed.row.kind === 'note') place(placed, true);
  return places;
}

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

/** Where the arrow of a message slopes: its ends. */
interface Arrow {
  readonly from: LabelPlace;
  readonly to: LabelPlace;
}

function arrowOf(placed: PlacedRow, geometry: Geometry): Arrow | null {
  const { row, y } = placed;
  const place = messagePlace(placed, geometry);
  if (row.kind !== 'message' || place === null) return null;
  const [fromX, toX] = [geometry.edge(row.from, row.to), geometry.edge(row.to, row.from)];
  return { from: { x: fromX, y: place.startY }, to: { x: toX, y } };
}

/** Whether an arrow goes through a box. */
function strikes({ from, to }: Arrow, box: Box): boolean {
  const left = Math.max(box.left, Math.min(from.x, to.x));
  const right = Math.min(box.right, Math.max(from.x, to.x));
  if (left >= right) return false;
  const heights = [left, right].map((x) => from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x));
  return Math.min(...heights) < box.bottom && Math.max(...heights) > box.top;
}

/** Farther from its place than this nobody knows what a text belongs to, and so far it goes to stand beside no arrow. */
const [farthest, fromArrows] = [240, 48];

/** Writes each text where it touches neither the words of a row nor another text, nor an arrow if it can; nearest to its height. */
export function writeBeside(
  wishes: readonly Wish[],
  layout: LadderLayout,
  geometry: Geometry,
  labels: LabelPlaces | null,
): Written[] {
  const taken = layout.rows.flatMap((placed) => {
    const at = labels?.get(placed);
    return at === null ? [] : (boxOf(placed, geometry, at) ?? []);
  });
  const arrows = layout.rows.flatMap((placed) => arrowOf(placed, geometry) ?? []);
  return wishes.map(({ lines, rightX, leftX, y }) => {
    const width = Math.max(...lines.map(({ length }) => length)) * plainCharacterWidth;
    const near = taken.filter(({ top, bottom }) => bottom > y - farthest - ascent && top < y + farthest + ascent);
    const isFree = (left: number, footY: number, struck: readonly Arrow[]) => {
      const box = textBox(left, footY, width, lines.length);
      const isInside = box.left >= geometry.gutter && box.right <= geometry.width - 4 && box.top >= 0;
      return isInside && near.every((one) => !touch(one, box)) && struck.every((one) => !strikes(one, box));
    };
    const found = (most: number, struck: readonly Arrow[]): Written | null => {
      for (let distance = 0; distance <= most; distance += 3) {
        for (const footY of [y - distance, y + distance]) {
          const left = [rightX, leftX - width].find((one) => isFree(one, footY, struck));
          if (left !== undefined) return { lines, x: left, y: footY };
        }
      }
      return null;
    };
    const written = found(fromArrows, arrows) ?? found(farthest, []);
    if (written === null) return { lines, x: rightX, y };
    taken.push(textBox(written.x, written.y, width, lines.length));
    return written;
  });
}
