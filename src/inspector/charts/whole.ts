import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { ChartLine } from './chart.ts';
import { lineOf } from './line.ts';
import { addArrow, addLine, childrenOf, type Region, type RegionArrow } from './picture.ts';

const isWithin = (node: AnyStateNode, ancestor: AnyStateNode): boolean =>
  node === ancestor || (node.parent !== undefined && isWithin(node.parent, ancestor));

const everyState = (node: AnyStateNode): AnyStateNode[] => [node, ...childrenOf(node).flatMap(everyState)];

/** Whether one box is drawn in the other: an arrow between them would be lost among what they hold. */
const isNested = (one: AnyStateNode, other: AnyStateNode): boolean => isWithin(one, other) || isWithin(other, one);

/** A transition that is written into the box of its state instead of being an arrow. */
function stayingLine(line: ChartLine, target: AnyStateNode | undefined, source: AnyStateNode): ChartLine {
  return target === undefined || target === source ? line : { ...line, text: `${line.text} → ${target.key}` };
}

/** A whole machine with every state in it, its parallel regions side by side: for machines of which nothing is known. */
export function wholeOf({ root }: AnyStateMachine): Region {
  const states = everyState(root);
  const arrows: RegionArrow[] = [];
  const staying = new Map<AnyStateNode, ChartLine[]>(states.map((node) => [node, []]));
  for (const node of states) {
    const [initial] = node.type === 'compound' ? node.initial.target : [];
    if (initial !== undefined) addArrow(arrows, null, initial);
    for (const { eventType, guard, target } of [...[...node.transitions.values()].flat(), ...(node.always ?? [])]) {
      const line = lineOf(eventType, guard, node.id);
      for (const to of target ?? [undefined]) {
        if (to !== undefined && !isNested(to, node)) addArrow(arrows, node, to, line);
        else addLine(staying.get(node) ?? [], stayingLine(line, to, node));
      }
    }
  }
  return { node: root, states, arrows, isOpen: (node) => childrenOf(node).length > 0, staying };
}
