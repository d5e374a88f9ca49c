import { type LinkName, linkNames } from '../scenario/scenario.ts';
import { type Distribution, together } from '../statistics/histogram.ts';

/** How many messages crossed the links of one kind, and an estimate of their bytes: see `messageSizes`. */
export interface Traffic {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * What runs have come to, in figures: plain data, whole numbers only, so that the figures of parts add up exactly in any order
 * (`measuredTogether`). Those of one user in one run and those of a million users have the same form. Durations are in
 * milliseconds of the simulated time. With several phones the figures are those of all of them together.
 *
 * Each call is in exactly one class: `made` is the sum of the four others. What became of an undecided call is not known, so that a
 * share of lost calls lies between `lost / made` and `(lost + undecided) / made`.
 */
export interface Measured {
  readonly runs: number;
  /** How long all runs lasted together: what figures "per day" are extrapolated from. */
  readonly observedMs: number;
  readonly calls: {
    /** Calls that were dialled. */
    readonly made: number;
    /** Calls for which a phone of the user has alerted. */
    readonly alerted: number;
    /** Calls that were answered on another device of the user's before any of his phones alerted. */
    readonly elsewhere: number;
    /** Calls that came to an end for their caller before, as `noInviteLost` has it. */
    readonly lost: number;
    /** Calls that were neither at the end of the run, or when their slot was dialled again. */
    readonly undecided: number;
  };
  /** Per alerted call, how long after it was dialled the first phone alerted. */
  readonly alertMs: Distribution;
  /**
   * Per call whose caller has heard anything but a refusal: how long after he dialled he first heard ringing, early media or the answer
   * (a 180, a 183 or a 200; RFC 6076 4.3.1, of requests that succeed). A server that sends 180 by itself is heard before the
   * phone alerts.
   */
  readonly postDialMs: Distribution;
  /** Per gap that was over before its run: how long push was on and no binding and no push could reach the user (`noBlackout`). */
  readonly gapMs: Distribution;
  /** Gaps that lasted until the end of their run, however long they would have been. */
  readonly gapsOpen: number;
  /** How long there were gaps altogether, those that never ended included. */
  readonly unreachableMs: number;
  /** REGISTER requests by the side that sent them, with those that remove bindings, answer a 401 or are sent again. */
  readonly registers: { readonly app: number; readonly pushServer: number };
  /** Requests to the push service, by the push server or by a SIP server that pushes. */
  readonly pushes: number;
  /** How often a notification has started the app, or had it go on, without its user. */
  readonly wakeUps: number;
  /** Connections between phone and SIP server or push server. */
  readonly connections: {
    /** How often the phone has opened one. */
    readonly opened: number;
    /** How long the servers have kept one, each counted for itself: divided by `observedMs`, how many they keep on average. */
    readonly keptMs: number;
  };
  readonly traffic: Readonly<Record<LinkName, Traffic>>;
}

/** What no run at all has come to. */
export const nothingMeasured: Measured = {
  runs: 0,
  observedMs: 0,
  calls: { made: 0, alerted: 0, elsewhere: 0, lost: 0, undecided: 0 },
  alertMs: [],
  postDialMs: [],
  gapMs: [],
  gapsOpen: 0,
  unreachableMs: 0,
  registers: { app: 0, pushServer: 0 },
  pushes: 0,
  wakeUps: 0,
  connections: { opened: 0, keptMs: 0 },
  traffic: Object.fromEntries(linkNames.map((name) => [name, { messages: 0, bytes: 0 }])) as Measured['traffic'],
};

type Figures = number | Distribution | { readonly [key: string]: Figures };

const isDistribution = (figures: Figures): figures is Distribution => Array.isArray(figures);

function added(one: Figures, other: Figures): Figures {
  if (typeof one === 'number') return one + (other as number);
  if (isDistribution(one)) return together(one, other as Distribution);
  const entries = Object.entries(one).map(([key, value]) => [key, added(value, (other as typeof one)[key] as Figures)]);
  return Object.fromEntries(entries);
}

/** What runs and further runs have come to together. */
export const measuredTogether = (one: Measured, other: Measured): Measured =>
  added(one as never, other as never) as never;
