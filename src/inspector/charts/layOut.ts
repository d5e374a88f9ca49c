import Elk, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { PartyName } from '../../machines/messages.ts';
import type { PartyMachines } from '../../machines/parties.ts';
import type { Chart, ChartArrow, ChartLine, ChartState } from './chart.ts';
import { firstKeyOf, insideOf, keyOf, pathOf, type Region, regionsOf } from './region.ts';

/** The package says of its types that the class is the default of a default, and it is the default. */
const Layouter = Elk as unknown as typeof Elk.default;

const titleCharacter = 7.1;
const labelCharacter = 6.1;
/** Height of a line of a label, and of a state. */
const [lineHeight, stateHeight] = [13, 30];
/** More transitions than this between two states are counted instead of named. */
const mostLines = 5;

/** Options do not reach into compounds by themselves: each gets them. */
const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.spacing.nodeNodeBetweenLayers': '20',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '9',
  'elk.spacing.edgeLabel': '3',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
};

const padding = { 'elk.padding': '[top=34,left=14,bottom=14,right=14]' };

/** The lines of an arrow, not too many. */
function shortened(lines: readonly ChartLine[]): ChartLine[] {
  if (lines.length <= mostLines) return [...lines];
  return [...lines.slice(0, mostLines - 1), { event: '', text: `${lines.length - mostLines + 1} more` }];
}

const dotId = (index: number): string => `dot ${index}`;

function nodeOf(node: AnyStateNode, region: Region): ElkNode {
  const children = region.states.filter(({ parent }) => parent === node).map((child) => nodeOf(child, region));
  const dots = region.arrows.flatMap(({ from, to }, index) =>
    from === null && to.parent === node ? [{ id: dotId(index), width: 8, height: 8 }] : [],
  );
  if (children.length === 0) {
    const fold = insideOf(node) === 'folded' ? 14 : 0;
    return { id: pathOf(node), width: node.key.length * titleCharacter + 24 + fold, height: stateHeight };
  }
  return { id: pathOf(node), layoutOptions: { ...options, ...padding }, children: [...dots, ...children] };
}

function edgeOf({ from, to, lines }: Region['arrows'][number], index: number): ElkExtendedEdge {
  const texts = shortened(lines).map(({ text }) => text);
  const width = Math.max(...texts.map((text) => text.length), 1) * labelCharacter + 10;
  const label = { text: texts.join('\n'), width, height: texts.length * lineHeight + 4 };
  return {
    id: `edge ${index}`,
    sources: [from === null ? dotId(index) : pathOf(from)],
    targets: [pathOf(to)],
    // Labels on the line itself; an empty one would not be placed.
    ...(texts.length > 0 && {
      labels: [{ ...label, layoutOptions: { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' } }],
    }),
  };
}

const round = (value: number | undefined): number => Math.round((value ?? 0) * 10) / 10;

const boxOf = ({ x, y, width, height }: { x?: number; y?: number; width?: number; height?: number }) => ({
  x: round(x),
  y: round(y),
  width: round(width),
  height: round(height),
});

interface Wanted {
  readonly party: PartyName;
  readonly region: Region;
}

/** The regions of the machines in all configurations, by their keys: those that are the same in several are there once. */
function wantedIn(configured: readonly PartyMachines[]): Map<string, Wanted> {
  const all = configured.flatMap((machines) => Object.entries(machines) as [PartyName, AnyStateMachine][]);
  // Many configurations share machines.
  const distinct = new Map(all.map(([party, machine]) => [machine, party]));
  const regions = [...distinct].flatMap(([machine, party]) => regionsOf(machine).map((region) => ({ party, region })));
  return new Map(regions.map((wanted) => [keyOf(wanted.region), wanted]));
}

const everyNode = (node: ElkNode): ElkNode[] => (node.children ?? []).flatMap((child) => [child, ...everyNode(child)]);

async function chartOf(key: string, { party, region }: Wanted): Promise<Chart> {
  const root = nodeOf(region.node, region);
  const graph = {
    ...root,
    id: 'root',
    layoutOptions: { ...options, 'elk.padding': '[top=8,left=8,bottom=8,right=8]' },
  };
  const laid = await new Layouter().layout({ ...graph, edges: region.arrows.map(edgeOf) });
  const placed = new Map(everyNode(laid).map((node) => [node.id, node]));
  const states = region.states.flatMap((node): ChartState[] => {
    const found = placed.get(pathOf(node));
    return found ? [{ path: pathOf(node), name: node.key, inside: insideOf(node), ...boxOf(found) }] : [];
  });
  const arrows = region.arrows.flatMap(({ from, to, lines }, index): ChartArrow[] => {
    const edge = laid.edges?.[index];
    const [section] = edge?.sections ?? [];
    if (edge === undefined || section === undefined) return [];
    const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
    return [
      {
        from: from && pathOf(from),
        to: pathOf(to),
        lines: shortened(lines),
        points: points.map(({ x, y }) => [round(x), round(y)] as const),
        label: edge.labels?.[0] ? boxOf(edge.labels[0]) : null,
      },
    ];
  });
  return {
    key,
    party,
    path: pathOf(region.node),
    width: round(laid.width),
    height: round(laid.height),
    states,
    arrows,
  };
}

/** The picture of the first slot, as that of the second one. */
function ofSecondSlot(chart: Chart, key: string, { region }: Wanted): Chart {
  const path = pathOf(region.node);
  const moved = (one: string): string => (one === chart.path ? path : one.replace(`${chart.path}.`, `${path}.`));
  const states = chart.states.map((state) => ({ ...state, path: moved(state.path) }));
  const arrows = chart.arrows.map((arrow) => ({
    ...arrow,
    from: arrow.from && moved(arrow.from),
    to: moved(arrow.to),
  }));
  return { ...chart, key, path, states, arrows };
}

/** Lays out every region of every machine as it is configured. Takes seconds, so it is done when the page is built. */
export async function layOutCharts(configured: readonly PartyMachines[]): Promise<Chart[]> {
  const wanted = wantedIn(configured);
  const first = [...wanted].filter(
    ([key, { region }]) => firstKeyOf(region) === key || !wanted.has(firstKeyOf(region)),
  );
  const charts = new Map(await Promise.all(first.map(async ([key, one]) => [key, await chartOf(key, one)] as const)));
  return [...wanted].flatMap(([key, one]) => {
    const own = charts.get(key);
    const twin = charts.get(firstKeyOf(one.region));
    return own ?? (twin ? ofSecondSlot(twin, key, one) : []);
  });
}
