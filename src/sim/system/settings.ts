import type { Window } from '../data/window.ts';

/** Anything that a machine can be told or an onlooker can see: plain data with a type. */
export interface AnyEvent {
  readonly type: string;
}

/** What a step of the environment does: it tells a party something, or cuts or repairs a link. */
export type AnyAction =
  | { readonly party: string; readonly event: AnyEvent }
  | { readonly cut: string }
  | { readonly repair: string };

/** A step of the environment, which is a party without a machine: the steps are its programme. */
export interface AnyStep {
  /** Counted from the start of the run, or from the step before. */
  readonly from: 'start' | 'previous';
  readonly afterMs: Window;
  readonly action: AnyAction;
}

/** One fault that happens for certain: to the nth message of that name between those parties. */
export interface AnyFault {
  readonly do: 'lose' | 'delay' | 'duplicate';
  readonly message: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The link; where it is left out, any between them. */
  readonly link?: string | undefined;
  /** 1 is the first such message of the run. */
  readonly occurrence: number;
  /** For `delay`: the latency instead of the link's. */
  readonly latencyMs?: Window | undefined;
}

/** What the world must know of a run besides parties and links. */
export interface Settings {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly AnyStep[];
  readonly faults: readonly AnyFault[];
  /** When the run ends, whatever is still pending. */
  readonly untilMs: number;
}
