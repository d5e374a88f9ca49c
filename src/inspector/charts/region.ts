import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { ChartLine } from './chart.ts';
import { lineOf } from './line.ts';
import { addArrow, childrenOf, type Region, type RegionArrow } from './picture.ts';

/** States that only count retransmissions: `first` to `sixth`, then `once` or `steady`. */
const counts = /^(once|first|second|third|fourth|fifth|sixth|steady)$/;

/** Whether the states in a state are worth drawing. Regions get pictures of their own. */
const opens = (node: AnyStateNode): boolean =>
  node.type === 'compound' && !childrenOf(node).every(({ key }) => counts.test(key));

/** Every region of a machine that can be drawn, from the outside in. */
export function regionsOf(machine: AnyStateMachine): Region[] {
  const found: Region[] = [];
  const visit = (node: AnyStateNode) => {
    const isRegion = node.parent === undefined || node.parent.type === 'parallel';
    if (isRegion && opens(node)) found.push(regionOf(node));
    for (const child of childrenOf(node)) visit(child);
  };
  visit(machine.root);
  return found;
}

function shownIn(node: AnyStateNode): AnyStateNode[] {
  return childrenOf(node).flatMap((child) => [child, ...(opens(child) ? shownIn(child) : [])]);
}

function regionOf(node: AnyStateNode): Region {
  const states = shownIn(node);
  const shown = new Set(states);
  const arrows: RegionArrow[] = [];
  for (const parent of [node, ...states.filter(opens)]) {
    const [first] = parent.initial.target;
    if (first !== undefined && shown.has(first)) addArrow(arrows, null, first);
  }
  for (const { source, target, line } of states.flatMap(transitionsOf)) {
    const to = nearest(target, shown);
    if (to === undefined || to === source) continue;
    addArrow(arrows, source, to, line);
  }
  return { node, states, arrows, isOpen: opens, staying: new Map() };
}

/** All that a picture shows of a region. */
const contentOf = ({ node, states, arrows }: Region): string =>
  JSON.stringify([node.id, states.map(({ id }) => id), arrows.map(({ from, to, lines }) => [from?.id, to.id, lines])]);

const digestOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text))).slice(0, 12);

/** What two regions share just where they look the same. */
export const keyOf = (region: Region): string => digestOf(contentOf(region));

/** What has two slots is the same machine under two names: the name of something in the first slot. */
const inFirstSlot = (text: string): string => text.replaceAll(/\b(call|otherDevice|session)2\b/g, '$11');

/** The key that the same region has in the first slot. */
export const firstKeyOf = (region: Region): string => digestOf(inFirstSlot(contentOf(region)));

/** The state itself or the one around it that is drawn. */
function nearest(node: AnyStateNode, shown: ReadonlySet<AnyStateNode>): AnyStateNode | undefined {
  let one: AnyStateNode | undefined = node;
  while (one !== undefined && !shown.has(one)) one = one.parent;
  return one;
}

interface Transition {
  readonly source: AnyStateNode;
  readonly target: AnyStateNode;
  readonly line: ChartLine;
}

/** The transitions of a state and of what is folded into it. */
function transitionsOf(source: AnyStateNode): Transition[] {
  const own = source.type === 'compound' && !opens(source) ? [source, ...childrenOf(source)] : [source];
  return own
    .flatMap((node) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])])
    .flatMap(({ eventType, guard, target, source: { id } }) =>
      (target ?? []).map((one) => ({ source, target: one, line: lineOf(eventType, guard, id) })),
    );
}
