import type { ComponentChildren } from 'preact';
import type { MessageRow, NoteRow, ViolationRow } from '../../../sim/report/rows.ts';
import { idleText, repeatsText } from '../../../sim/report/wording.ts';
import type { PlacedRow } from '../../model/ladderLayout.ts';
import { isSystem, titleOf } from '../parties.ts';
import { isLast, type LabelPlace, messagePlace, notePlace, violationText, violationWidth } from './labelPlaces.ts';
import type { Geometry } from './ladderGeometry.ts';

interface RowProps {
  readonly placed: PlacedRow;
  readonly geometry: Geometry;
  /** Where its words stand; null where there is no room for them. */
  readonly label?: LabelPlace | null;
}

/** Only a wait that is longer than this is drawn as one. */
const leastWait = 24;

/** What a message is drawn with: its own kind, and lost or not. */
const messageClass = ({ style, arrival }: MessageRow): string =>
  `message ${style} ${arrival === 'lost' ? 'lost' : arrival === 'heard' ? 'heard' : 'unheard'}`;

const tipOf = ({ style, arrival }: MessageRow): string | undefined => {
  if (arrival === 'lost' || arrival === 'underWay') return undefined;
  if (arrival === 'unheard') return 'url(#tip-soft)';
  return style === 'push' ? 'url(#tip-push)' : style === 'http' ? 'url(#tip-soft)' : 'url(#tip-ink)';
};

/** Final answers that are refusals stand out; one that asks for credentials is none. */
const isRefusal = (label: string): boolean => /^(4(?!0[17])|5|6)\d\d /.test(label);

const rowClass = (row: MessageRow): string => `${messageClass(row)}${isRefusal(row.label) ? ' refusal' : ''}`;

const MessageArt = ({ row, placed, geometry }: RowProps & { row: MessageRow }) => {
  const { y, sentY } = placed;
  const place = messagePlace(placed, geometry);
  if (place === null) return null;
  const { startY } = place;
  const [from, to] = [geometry.edge(row.from, row.to), geometry.edge(row.to, row.from)];
  const waits = startY - sentY > leastWait;
  // What is lost ends before it gets there.
  const end = row.arrival === 'lost' || row.arrival === 'underWay' ? from + (to - from) * 0.86 : to;
  const endY = startY + ((end - from) / (to - from)) * (y - startY);
  return (
    <g class={rowClass(row)}>
      {waits && <path class="waiting" d={`M${from} ${sentY}V${startY}`} />}
      {waits && <circle class="departure" cx={from} cy={sentY} r="2.2" />}
      <path class="arrow" d={`M${from} ${startY}L${end} ${endY}`} marker-end={tipOf(row)} />
      {row.arrival === 'lost' && <path class="cross" d={`M${end - 4} ${endY - 4}l8 8m0-8l-8 8`} />}
    </g>
  );
};

const MessageWords = ({ row, placed, geometry, label }: RowProps & { row: MessageRow }) => {
  const place = messagePlace(placed, geometry);
  if (place === null) return null;
  const { x, y } = label ?? place.label;
  return (
    <g class={rowClass(row)}>
      <text class="label" x={x} y={y} text-anchor="middle">
        {row.label}
        {place.hasRemarks && row.remarks.length > 0 && (
          <tspan class="remark" dx="6">
            {row.remarks.join(', ')}
          </tspan>
        )}
      </text>
    </g>
  );
};

const noteGlyph: Readonly<Record<NoteRow['by'], string>> = { environment: '●', timer: '◷', phone: '♪', shown: '◆' };

const NoteWords = ({ row, placed, geometry, label }: RowProps & { row: NoteRow }) => {
  const place = label ?? notePlace(placed, geometry);
  if (place === null) return null;
  const isOnLeft = isLast(row.party, geometry);
  return (
    <text class={`note ${row.by}`} x={place.x} y={place.y} text-anchor={isOnLeft ? 'end' : 'start'}>
      {isOnLeft ? `${row.label} ${noteGlyph[row.by]}` : `${noteGlyph[row.by]} ${row.label}`}
    </text>
  );
};

const Torn = ({ placed: { top, bottom }, geometry, children }: RowProps & { children: ComponentChildren }) => {
  const zigzag = (y: number) => {
    const teeth = Math.ceil(geometry.width / 12);
    return `M0 ${y}${'l6 3l6 -3'.repeat(teeth)}`;
  };
  return (
    <g class="torn">
      <rect x="0" y={top + 3} width={geometry.width} height={Math.max(0, bottom - top - 6)} />
      <path d={zigzag(top + 3)} />
      <path d={zigzag(bottom - 5)} />
      <text x={geometry.width / 2} y={(top + bottom) / 2 + 4} text-anchor="middle">
        {children}
      </text>
    </g>
  );
};

const ViolationArt = ({ row, placed, geometry }: RowProps & { row: ViolationRow }) => {
  const { top, bottom } = placed;
  const text = violationText(row);
  // Right of the first lane nothing of that lane is drawn over the words, if there is room for them.
  const besideLane = geometry.x(geometry.order[0] ?? 'caller') + 18;
  const hasRoom = besideLane + violationWidth(row) < geometry.width - 4;
  return (
    <g class="violated">
      <rect x="8" y={top + 2} width={geometry.width - 16} height={bottom - top - 4} rx="4" />
      <text x={hasRoom ? besideLane : 20} y={(top + bottom) / 2 + 4}>
        {text}
      </text>
    </g>
  );
};

/** A violation where time is to scale: it has no line of its own. */
const ViolationWords = ({ row, x, y }: LabelPlace & { row: ViolationRow }) => (
  <g class="violated">
    <rect x={x} y={y - 12} width={violationWidth(row)} height="17" rx="4" />
    <text x={x + 6} y={y}>
      {violationText(row)}
    </text>
  </g>
);

/** What a row says that is written over all arrows. */
export const RowWords = (props: RowProps) => {
  const { row } = props.placed;
  if (props.label === null) return null;
  if (row.kind === 'message') return <MessageWords {...props} row={row} />;
  if (row.kind === 'violation') return props.label ? <ViolationWords row={row} {...props.label} /> : null;
  return row.kind === 'note' ? <NoteWords {...props} row={row} /> : null;
};

/** The picture of one row, without the words of messages and notes, or anything that has its place among them. Lifelines are drawn below it. */
export const RowArt = ({ placed, geometry }: RowProps) => {
  const { row } = placed;
  switch (row.kind) {
    case 'message':
      return <MessageArt row={row} placed={placed} geometry={geometry} />;
    case 'note':
      return null;
    case 'idle':
      return (
        <Torn placed={placed} geometry={geometry}>
          {idleText(row)}
        </Torn>
      );
    case 'repeats':
      return (
        <Torn placed={placed} geometry={geometry}>
          {repeatsText(row)}
        </Torn>
      );
    case 'violation':
      return geometry.ruler > 0 ? null : <ViolationArt row={row} placed={placed} geometry={geometry} />;
    case 'end':
      return (
        <text
          class="note end"
          x={geometry.x((isSystem.value ? geometry.order[0] : undefined) ?? 'sipServer') + 14}
          y={placed.y}
        >
          end of the run
        </text>
      );
  }
};

/** What a row says to somebody who does not see it. */
export function spokenRow({ row }: PlacedRow): string {
  switch (row.kind) {
    case 'message': {
      const remarks = row.remarks.length === 0 ? '' : `, ${row.remarks.join(', ')}`;
      return `${titleOf(row.from)} to ${titleOf(row.to)}: ${row.label}${remarks}`;
    }
    case 'note':
      return `${titleOf(row.party)}: ${row.label}`;
    case 'idle':
      return idleText(row);
    case 'repeats':
      return repeatsText(row);
    case 'violation':
      return `${row.property} is violated: ${row.what}`;
    case 'end':
      return 'end of the run';
  }
}
