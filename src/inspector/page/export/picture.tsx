import { render } from 'preact';
import { runTitle, secondsText } from '../../../sim/report/wording.ts';
import type { RaceWindow } from '../../../sim/trace/raceWindow.ts';
import type { TraceBody } from '../../../sim/trace/trace.ts';
import type { LadderLayout } from '../../model/ladderLayout.ts';
import { fillOf, PatternDefinitions, registeredLegend } from '../marks.tsx';
import { isSystem, titleOf } from '../parties.ts';
import { RowArt, RowWords } from '../run/LadderRows.tsx';
import { Lifelines } from '../run/Lifelines.tsx';
import { placeLabels } from '../run/labelPlaces.ts';
import { Geometry } from '../run/ladderGeometry.ts';
import { RaceMarks } from '../run/RaceMarks.tsx';
import { Ruler } from '../run/Ruler.tsx';
import { laneViews } from '../view.ts';

const width = 980;
const [titleHeight, lineHeight, lanesHeight, legendHeight] = [26, 18, 30, 30];

/** A line of the verdict holds so many characters. */
const mostCharacters = 130;

/** A text in lines that fit beside each other's ends. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
    if (lines.length > 0 && longer.length <= mostCharacters) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** What the colours of the SIP server's lifeline mean. */
const Legend = ({ y }: { y: number }) => (
  <g transform={`translate(14 ${y})`}>
    {registeredLegend.map(([value, word], index) => (
      <g key={value} transform={`translate(${index * 120} 0)`}>
        <rect width="18" height="12" rx="2" class={fillOf[value]} />
        <text class="picture-legend" x="25" y="10">
          {word}
        </text>
      </g>
    ))}
  </g>
);

interface PictureProps {
  readonly layout: LadderLayout;
  readonly trace: TraceBody;
  readonly window: RaceWindow | null;
  /** The verdict in sentences. */
  readonly said: readonly string[];
}

const Picture = ({ layout, trace, window, said }: PictureProps) => {
  const geometry = new Geometry(width, laneViews.value, layout.scale !== null, isSystem.value);
  const verdict = said.flatMap(linesOf);
  const headHeight = titleHeight + verdict.length * lineHeight + lanesHeight;
  const height = headHeight + layout.height + legendHeight;
  const labels = layout.scale === null ? null : placeLabels(layout, geometry);
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
      {verdict.map((line, index) => (
        <text key={line} class="picture-verdict" x="14" y={titleHeight + 14 + index * lineHeight}>
          {line}
        </text>
      ))}
      {geometry.order.map((lane) => (
        <text key={lane} class="picture-lane" x={geometry.x(lane)} y={headHeight - 12} text-anchor="middle">
          {titleOf(lane)}
        </text>
      ))}
      <g transform={`translate(0 ${headHeight})`}>
        {layout.scale && <Ruler scale={layout.scale} geometry={geometry} fromY={0} toY={layout.height} />}
        <Lifelines layout={layout} geometry={geometry} fromY={0} toY={layout.height} />
        {layout.rows.map((placed) => (
          <g key={placed.top}>
            <RowArt placed={placed} geometry={geometry} />
            {placed.row.step !== null && !placed.isCrowded && (
              <text class="picture-date" x={94 + geometry.ruler} y={placed.y} text-anchor="end">
                {secondsText(placed.row.atMs)}
              </text>
            )}
          </g>
        ))}
        {layout.rows.map((placed) => {
          const label = labels?.get(placed);
          return (
            <RowWords key={placed.top} placed={placed} geometry={geometry} {...(label !== undefined && { label })} />
          );
        })}
        {window !== null && (
          <RaceMarks window={window} trace={trace} layout={layout} geometry={geometry} labels={labels} />
        )}
      </g>
      <Legend y={headHeight + layout.height + 8} />
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
export function pictureOf(props: PictureProps): string {
  const place = document.createElement('div');
  place.className = 'unseen';
  document.body.append(place);
  render(<Picture {...props} />, place);
  const [svg] = place.children;
  if (svg !== undefined) styleInline(svg);
  const text = svg === undefined ? '' : new XMLSerializer().serializeToString(svg);
  render(null, place);
  place.remove();
  return text;
}
