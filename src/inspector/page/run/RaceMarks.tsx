import type { PartyName } from '../../../machines/messages.ts';
import { formatDuration } from '../../../sim/data/duration.ts';
import { lanes } from '../../../sim/report/lanes.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import type { RaceWindow } from '../../../sim/trace/raceWindow.ts';
import type { Trace, TraceRecord } from '../../../sim/trace/trace.ts';
import { heightOf, type LadderLayout } from '../../model/ladderLayout.ts';
import { type LabelPlaces, lineHeight, writeBeside } from './labelPlaces.ts';
import type { Geometry } from './ladderGeometry.ts';

interface MarksProps {
  readonly window: RaceWindow;
  readonly trace: Trace;
  readonly layout: LadderLayout;
  readonly geometry: Geometry;
  /** Where the words of rows stand; null where each has its own place. */
  readonly labels: LabelPlaces | null;
}

interface Mark {
  readonly lane: PartyName;
  readonly fromMs: number;
  readonly toMs: number;
  /** In lines that fit between two lanes. */
  readonly lines: readonly string[];
}

const laneOf = ({ targetRef }: TraceRecord): PartyName => lanes.find((lane) => lane === targetRef) ?? 'sipServer';

/** When an event was created: a message when it was sent, anything else by the delay that it had. */
function createdMs(record: TraceRecord, allowedMs: readonly [number, number], violatingMs: readonly [number, number]) {
  if (record.kind === 'message') return record.sentAtMs;
  // A step that counts from the start of the run has its date as its delay.
  return record.atMs >= allowedMs[0] && record.atMs <= allowedMs[1] && violatingMs[1] >= record.atMs ? 0 : null;
}

/** For each delay the dates at which the run goes wrong, for each race the time that it takes to lose it. */
function marksOf({ window: { property, delays, races }, trace: { records } }: MarksProps): Mark[] {
  const verb = property === 'noInviteLost' ? 'lost' : 'fails';
  const bySerial = new Map(records.filter(({ kind }) => kind !== 'start').map((one) => [one.serial, one]));
  const narrowed = delays.flatMap(({ serial, allowedMs, violatingMs }): Mark[] => {
    const record = bySerial.get(serial);
    const since = record ? createdMs(record, [...allowedMs], [...violatingMs]) : null;
    if (record === undefined || since === null) return [];
    const [fromMs, toMs] = [since + violatingMs[0], since + violatingMs[1]];
    return [
      {
        lane: laneOf(record),
        fromMs,
        toMs,
        lines: [`${verb} from ${secondsText(fromMs)} `, `to ${secondsText(toMs)}`],
      },
    ];
  });
  const lost = races.flatMap(({ first, second, gapMs }): Mark[] => {
    const [one, other] = [bySerial.get(first), bySerial.get(second)];
    if (one === undefined || other === undefined) return [];
    return [{ lane: laneOf(other), fromMs: one.atMs, toMs: other.atMs, lines: [`race ≤ ${formatDuration(gapMs[1])}`] }];
  });
  return [...narrowed, ...lost];
}

/** The race window of a run, as brackets beside the lanes where it is decided, with words where there is room. */
export const RaceMarks = (props: MarksProps) => {
  const { geometry, layout, labels } = props;
  const brackets = marksOf(props).map(({ lane, fromMs, toMs, lines }) => {
    // Beside the first lane there is room on its left.
    const isFirst = lane === geometry.order[0];
    const [x, out] = isFirst ? [geometry.x(lane) - 8, -6] : [geometry.x(lane) + 12, 6];
    const fromY = heightOf(layout, fromMs);
    const endY = Math.max(heightOf(layout, toMs), fromY + 6);
    return { x, out, fromY, endY, lines, lane };
  });
  const wishes = brackets.map(({ lane, fromY, endY, lines }) => ({
    lines,
    rightX: geometry.x(lane) + (lane === geometry.order[0] ? 14 : 23),
    leftX: geometry.x(lane) - 19,
    y: (fromY + endY) / 2 + 4,
  }));
  return (
    <g class="race">
      {brackets.map(({ x, out, fromY, endY, lines }) => (
        <path key={lines.join('')} d={`M${x} ${fromY}h${out}V${endY}h${-out}`} />
      ))}
      {writeBeside(wishes, layout, geometry, labels).map(({ lines, x, y }) => (
        <text key={lines.join('')} y={y}>
          {lines.map((line, index) => (
            <tspan key={line} x={x} dy={index === 0 ? 0 : lineHeight}>
              {line}
            </tspan>
          ))}
        </text>
      ))}
    </g>
  );
};
