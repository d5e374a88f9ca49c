import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { AnyStateNode } from 'xstate';
import type { ChartArrow, ChartLine, ChartState, Drawing } from './chart.ts';
import { childrenOf, pathOf, type Region } from './picture.ts';

const titleCharacter = 7.1;
const labelCharacter = 6.1;
/** Height of a line of a label, and of a state. */
const [lineHeight, stateHeight] = [13, 30];
/** Room beside the words of a state, also for the dot of the active one. */
const sideMargins = 30;
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

/** From so many states on, straight lines cost more time than they are worth: three quarters of it. */
const manyStates = 80;

const quickOptions = {
  ...options,
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.thoroughness': '1',
};

const optionsFor = ({ states }: Region): Record<string, string> =>
  states.length < manyStates ? options : quickOptions;

/** The lines of an arrow, not too many. */
function shortened(lines: readonly ChartLine[]): ChartLine[] {
  if (lines.length <= mostLines) return [...lines];
  return [...lines.slice(0, mostLines - 1), { event: '', text: `${lines.length - mostLines + 1} more` }];
}

const dotId = (index: number): string => `dot ${index}`;
const stateId = (node: AnyStateNode): string => `state ${pathOf(node)}`;

const insideOf = (node: AnyStateNode, { isOpen }: Region): ChartState['inside'] =>
  isOpen(node) ? 'drawn' : childrenOf(node).length > 0 ? 'folded' : 'nothing';

function nodeOf(node: AnyStateNode, region: Region): ElkNode {
  const children = nodesIn(node, region);
  const lines = region.staying.get(node) ?? [];
  const linesHeight = lines.length * lineHeight;
  if (children.length === 0) {
    const fold = insideOf(node, region) === 'folded' ? 14 : 0;
    const widths = [node.key.length * titleCharacter + fold, ...lines.map(({ text }) => text.length * labelCharacter)];
    return { id: stateId(node), width: Math.max(...widths) + sideMargins, height: stateHeight + linesHeight };
  }
  const padding = `[top=${34 + linesHeight},left=14,bottom=14,right=14]`;
  return { id: stateId(node), layoutOptions: { ...optionsFor(region), 'elk.padding': padding }, children };
}

/** What is drawn just inside of a state: the states there, and the dot before the initial one. */
function nodesIn(parent: AnyStateNode | undefined, region: Region): ElkNode[] {
  const isIn = (node: AnyStateNode) => node.parent === parent;
  const dots = region.arrows.flatMap(({ from, to }, index) =>
    from === null && isIn(to) ? [{ id: dotId(index), width: 8, height: 8 }] : [],
  );
  return [...dots, ...region.states.filter(isIn).map((child) => nodeOf(child, region))];
}

function edgeOf({ from, to, lines }: Region['arrows'][number], index: number): ElkExtendedEdge {
  const texts = shortened(lines).map(({ text }) => text);
  const width = Math.max(...texts.map((text) => text.length), 1) * labelCharacter + 10;
  const label = { text: texts.join('\n'), width, height: texts.length * lineHeight + 4 };
  return {
    id: `edge ${index}`,
    sources: [from === null ? dotId(index) : stateId(from)],
    targets: [stateId(to)],
    // Labels on the line itself; an empty one would not be placed.
    ...(texts.length > 0 && {
      labels: [{ ...label, layoutOptions: { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' } }],
    }),
  };
}

/** A region as elk takes it, plain data. */
export function graphOf(region: Region): ElkNode {
  // The region may be a state with all that is in it, or what is in a state.
  const outside = region.states.includes(region.node) ? region.node.parent : region.node;
  return {
    id: 'graph',
    layoutOptions: { ...optionsFor(region), 'elk.padding': '[top=8,left=8,bottom=8,right=8]' },
    children: nodesIn(outside, region),
    edges: region.arrows.map(edgeOf),
  };
}

/** To whole pixels: nobody sees less, and the page carries these numbers. */
const round = (value: number | undefined): number => Math.round(value ?? 0);

const boxOf = ({ x, y, width, height }: { x?: number; y?: number; width?: number; height?: number }) => ({
  x: round(x),
  y: round(y),
  width: round(width),
  height: round(height),
});

const everyNode = (node: ElkNode): ElkNode[] => (node.children ?? []).flatMap((child) => [child, ...everyNode(child)]);

/** A region with the places that elk has found. */
export function drawingOf(region: Region, laid: ElkNode): Drawing {
  const placed = new Map(everyNode(laid).map((node) => [node.id, node]));
  const states = region.states.flatMap((node): ChartState[] => {
    const found = placed.get(stateId(node));
    if (found === undefined) return [];
    const { key: name, type: kind } = node;
    const lines = region.staying.get(node) ?? [];
    return [{ path: pathOf(node), name, kind, inside: insideOf(node, region), lines, ...boxOf(found) }];
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
  return { width: round(laid.width), height: round(laid.height), states, arrows };
}
