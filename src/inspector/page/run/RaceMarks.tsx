import type { RaceWindow } from '../../../sim/trace/raceWindow.ts';
import type { TraceBody } from '../../../sim/trace/trace.ts';
import { heightOf, type LadderLayout } from '../../model/ladderLayout.ts';
import { type LabelPlaces, lineHeight, writeBeside } from './labelPlaces.ts';
import type { Geometry } from './ladderGeometry.ts';
import { marksOf } from './marksOfRace.ts';

interface MarksProps {
  readonly window: RaceWindow;
  readonly trace: TraceBody;
  readonly layout: LadderLayout;
  readonly geometry: Geometry;
  /** Where the words of rows stand; null where each has its own place. */
  readonly labels: LabelPlaces | null;
}

/** The race window of a run, as brackets beside the lanes where it is decided, with words where there is room. */
export const RaceMarks = (props: MarksProps) => {
  const { window, trace, geometry, layout, labels } = props;
  const brackets = marksOf(window, trace).map(({ lane, fromMs, toMs, lines }) => {
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
