import type { AnyStateNode } from 'xstate';
import type { ChartLine } from './chart.ts';
import { statePath } from './statePath.ts';

/** What is to be drawn of a machine, before it has its places. */
export interface Region {
  /** The state in which all of it is, or which it is. */
  readonly node: AnyStateNode;
  /** What is drawn as a box, from the outside in. */
  readonly states: readonly AnyStateNode[];
  readonly arrows: readonly RegionArrow[];
  /** Whether the states in a state are drawn in it. */
  readonly isOpen: (node: AnyStateNode) => boolean;
  /** Transitions that are written into the box of their state instead of being arrows. */
  readonly staying: ReadonlyMap<AnyStateNode, readonly ChartLine[]>;
}

/** All transitions from one state to another; from nowhere to the initial one. */
export interface RegionArrow {
  readonly from: AnyStateNode | null;
  readonly to: AnyStateNode;
  readonly lines: ChartLine[];
}

export const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

export const pathOf = (node: AnyStateNode): string => statePath(node.path);

/** Adds a line unless there is one with the same words. */
export function addLine(lines: ChartLine[], line: ChartLine): void {
  if (!lines.some(({ text }) => text === line.text)) lines.push(line);
}

/** Adds an arrow, or a line to the one that is there already. */
export function addArrow(arrows: RegionArrow[], from: AnyStateNode | null, to: AnyStateNode, line?: ChartLine): void {
  const known = arrows.find((one) => one.from === from && one.to === to);
  const arrow = known ?? { from, to, lines: [] };
  if (known === undefined) arrows.push(arrow);
  if (line !== undefined) addLine(arrow.lines, line);
}
