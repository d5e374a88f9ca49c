import { render } from 'preact';
import { laneTitles } from '../../../sim/report/lanes.ts';
import { runTitle, secondsText } from '../../../sim/report/wording.ts';
import type { Trace } from '../../../sim/trace/trace.ts';
import type { LadderLayout } from '../../model/ladderLayout.ts';
import { PatternDefinitions } from '../marks.tsx';
import { RowArt } from '../run/LadderRows.tsx';
import { Lifelines } from '../run/Lifelines.tsx';
import { Geometry } from '../run/ladderGeometry.ts';
import { laneViews } from '../view.ts';

const width = 980;
const headHeight = 56;

const Picture = ({ layout, trace }: { layout: LadderLayout; trace: Trace }) => {
  const geometry = new Geometry(width, laneViews.value);
  const height = layout.height + headHeight;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class="art picture"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      <title>{runTitle(trace)}</title>
      <PatternDefinitions />
      <rect class="picture-ground" width={width} height={height} />
      <text class="picture-title" x="14" y="20">
        {runTitle(trace)}
      </text>
      {geometry.order.map((lane) => (
        <text key={lane} class="picture-lane" x={geometry.x(lane)} y="44" text-anchor="middle">
          {laneTitles[lane]}
        </text>
      ))}
      <g transform={`translate(0 ${headHeight})`}>
        <Lifelines layout={layout} geometry={geometry} fromY={0} toY={layout.height} />
        {layout.rows.map((placed) => (
          <g key={placed.top}>
            <RowArt placed={placed} geometry={geometry} />
            {placed.row.step !== null && (
              <text class="picture-date" x="94" y={placed.y} text-anchor="end">
                {secondsText(placed.row.atMs)}
              </text>
            )}
          </g>
        ))}
      </g>
    </svg>
  );
};

/** What a style sheet may have said of an element, as its own attributes, so that any program can show the picture. */
const attributes = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'paint-order',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
] as const;

/** From the inside out: what is said of an element may depend on the classes around it. */
function styleInline(element: Element): void {
  for (const child of element.children) styleInline(child);
  const style = getComputedStyle(element);
  for (const name of attributes) element.setAttribute(name, style.getPropertyValue(name).replaceAll('"', "'"));
  element.removeAttribute('class');
}

/** The ladder as a picture of its own, in the colours of the page. */
export function pictureOf(layout: LadderLayout, trace: Trace): string {
  const place = document.createElement('div');
  place.className = 'unseen';
  document.body.append(place);
  render(<Picture layout={layout} trace={trace} />, place);
  const [svg] = place.children;
  if (svg !== undefined) styleInline(svg);
  const text = svg === undefined ? '' : new XMLSerializer().serializeToString(svg);
  render(null, place);
  place.remove();
  return text;
}
