import type { ConnectedEvent } from '../../protocol/connections.ts';
import { becameWords } from './eventWords.ts';
import { type Lane, laneOf, rowHeight } from './sequence.ts';
import { chosenActor, selected } from './store.ts';

/** An event with its number, and the row that it has. */
export interface Placed {
  readonly event: ConnectedEvent;
  readonly index: number;
  readonly row: number;
}

interface RowProps {
  readonly placed: Placed;
  readonly xs: ReadonlyMap<string, number>;
  readonly laneWidth: number;
}

/** So wide is a letter of the labels, about. */
const letter = 6.4;
const shortened = (text: string, width: number): string => {
  const most = Math.max(3, Math.floor(width / letter));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
};

const EventArt = ({ placed: { event, row }, xs, laneWidth }: RowProps) => {
  if (event.type !== '@xstate.event') return null;
  const y = row * rowHeight + rowHeight - 5;
  const to = xs.get(event.sessionId) ?? 0;
  const from = xs.get(laneOf(event.sourceId, xs)) ?? to;
  const label = event.event.type;
  if (from === to) {
    return (
      <g class="told">
        <path class="arrow" d={`M${to} ${y - 12}h18v10h-12`} marker-end="url(#tip-ink)" />
        <text x={to + 23} y={y - 2}>
          {shortened(label, laneWidth - 28)}
        </text>
      </g>
    );
  }
  const end = to + (from < to ? -5 : 5);
  return (
    <g class="told">
      <path class="arrow" d={`M${from} ${y}H${end}`} marker-end="url(#tip-ink)" />
      <text x={(from + to) / 2} y={y - 5} text-anchor="middle">
        {shortened(label, Math.abs(to - from) - 12)}
      </text>
    </g>
  );
};

/** Of states the innermost is the end of the path. */
const endOf = (text: string, width: number): string => {
  const most = Math.max(3, Math.floor(width / letter));
  return text.length <= most ? text : `…${text.slice(1 - most)}`;
};

const SnapshotArt = ({ placed: { event, index, row }, xs, laneWidth }: RowProps) => {
  const x = xs.get(event.sessionId) ?? 0;
  const words = becameWords(event, index);
  const text = endOf(words, laneWidth - 20);
  const width = text.length * letter + 14;
  const y = row * rowHeight;
  if (words === 'unchanged' || words === 'changed context') {
    return (
      <g class="became">
        <circle cx={x} cy={y + rowHeight / 2} r="3" />
        {words !== 'unchanged' && (
          <text x={x + 8} y={y + rowHeight / 2 + 4}>
            {shortened('context', laneWidth / 2)}
          </text>
        )}
      </g>
    );
  }
  return (
    <g class="became">
      <rect x={x - width / 2} y={y + 4} width={width} height={rowHeight - 8} rx="9" />
      <text x={x} y={y + rowHeight / 2 + 4} text-anchor="middle">
        {text}
      </text>
    </g>
  );
};

interface Props {
  readonly rows: readonly Placed[];
  /** The row of the event that is looked at. */
  readonly selected: number;
  readonly lanes: readonly Lane[];
  readonly xs: ReadonlyMap<string, number>;
  readonly width: number;
  readonly height: number;
}

/** What the actors of an application told each other, and what became of them. */
export const SequenceArt = ({ rows, selected: here, lanes, xs, width, height }: Props) => {
  const [first, last] = [rows[0]?.row ?? 0, rows.at(-1)?.row ?? 0];
  const top = Math.max(0, first - 1) * rowHeight;
  const bottom = Math.min(height, (last + 2) * rowHeight);
  const [one = 0, other] = [...xs.values()];
  const laneWidth = other === undefined ? width - one : other - one;
  return (
    <svg
      class="art sequence"
      style={{ top: `${top}px` }}
      width={width}
      height={Math.max(0, bottom - top)}
      viewBox={`0 ${top} ${width} ${Math.max(0, bottom - top)}`}
      aria-hidden="true"
    >
      {here >= 0 && <rect class="selected" x="0" y={here * rowHeight} width={width} height={rowHeight} />}
      {lanes.map(({ sessionId }) => (
        <path key={sessionId} class="capture-line" d={`M${xs.get(sessionId) ?? 0} ${top}V${bottom}`} />
      ))}
      {rows.map((placed) =>
        placed.event.type === '@xstate.event' ? (
          <EventArt key={placed.index} placed={placed} xs={xs} laneWidth={laneWidth} />
        ) : (
          <SnapshotArt key={placed.index} placed={placed} xs={xs} laneWidth={laneWidth} />
        ),
      )}
    </svg>
  );
};

/** The names of the lanes; each chooses its actor. */
export const SequenceHeads = ({ lanes, xs, width }: Pick<Props, 'lanes' | 'xs' | 'width'>) => (
  <div class="sequence-heads" style={{ width: `${width}px` }}>
    {lanes.map(({ sessionId, name }) =>
      sessionId === '' ? (
        <b key={sessionId} style={{ left: `${xs.get(sessionId) ?? 0}px` }}>
          {name}
        </b>
      ) : (
        <button
          key={sessionId}
          type="button"
          style={{ left: `${xs.get(sessionId) ?? 0}px` }}
          aria-pressed={chosenActor.value === sessionId}
          title={name}
          onClick={() => {
            chosenActor.value = chosenActor.value === sessionId ? null : sessionId;
            selected.value = null;
          }}
        >
          {name}
        </button>
      ),
    )}
  </div>
);
