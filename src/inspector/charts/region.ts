import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { formatDuration } from '../../sim/scenario/duration.ts';
import type { ChartLine } from './chart.ts';

/** A region of a machine: a state with alternatives in it, of which one is active. */
export interface Region {
  readonly node: AnyStateNode;
  readonly states: readonly AnyStateNode[];
  readonly arrows: readonly RegionArrow[];
}

interface RegionArrow {
  readonly from: AnyStateNode | null;
  readonly to: AnyStateNode;
  readonly lines: ChartLine[];
}

const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

export const pathOf = (node: AnyStateNode): string => node.path.join('.');

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
  const arrow = (from: AnyStateNode | null, to: AnyStateNode): RegionArrow => {
    const known = arrows.find((one) => one.from === from && one.to === to);
    if (known !== undefined) return known;
    const made = { from, to, lines: [] };
    arrows.push(made);
    return made;
  };
  for (const parent of [node, ...states.filter(opens)]) {
    const [first] = parent.initial.target;
    if (first !== undefined && shown.has(first)) arrow(null, first);
  }
  for (const { source, target, line } of states.flatMap(transitionsOf)) {
    const to = nearest(target, shown);
    if (to === undefined || to === source) continue;
    const { lines } = arrow(source, to);
    if (!lines.some(({ text }) => text === line.text)) lines.push(line);
  }
  return { node, states, arrows };
}

/** All that a picture shows of a region. */
const contentOf = ({ node, states, arrows }: Region): string =>
  JSON.stringify([node.id, states.map(({ id }) => id), arrows.map(({ from, to, lines }) => [from?.id, to.id, lines])]);

const digestOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text))).slice(0, 12);

/** What two regions share just where they look the same. */
export const keyOf = (region: Region): string => digestOf(contentOf(region));

/** What has two slots is the same machine under two names: the name of something in the first slot. */
export const inFirstSlot = (text: string): string => text.replaceAll(/\b(call|otherDevice)2\b/g, '$11');

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
    .flatMap(({ eventType, guard, target }) =>
      (target ?? []).map((one) => ({ source, target: one, line: lineOf(eventType, guard) })),
    );
}

/** The delay of a timer: by its name, or how long it is. */
const delayText = (delay: string): string => (/^\d+$/.test(delay) ? formatDuration(Number(delay)) : delay);

/** What an event that XState makes itself stands for. */
function eventText(event: string): string {
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(event) ?? [];
  if (delay !== undefined) return `◷ ${delayText(delay)}`;
  const [, what, of, whose] = /^xstate\.(done|error)\.(state|actor)\.(.*)$/.exec(event) ?? [];
  // An actor that was given no id has a number and its state for one.
  const isNamed = of === 'actor' && !/^\d+\./.test(whose ?? '');
  return what === undefined ? event : isNamed ? `${what} ${whose}` : what;
}

/** What guards say of themselves is drawn only where it tells something: every call has its own region. */
export function lineOf(event: string, guard: unknown): ChartLine {
  const name = typeof guard === 'string' ? guard : ((guard as { type?: string } | undefined)?.type ?? '');
  const condition = /^(|isThisCall|xstate\..*|and|or|not)$/.test(name) ? '' : ` [${name}]`;
  return { event, text: `${event === '' ? 'always' : eventText(event)}${condition}` };
}

/** Whether what is in a state is drawn there. */
export const insideOf = (node: AnyStateNode): 'nothing' | 'drawn' | 'folded' =>
  opens(node) ? 'drawn' : childrenOf(node).length > 0 ? 'folded' : 'nothing';
