import type { ServerAxes, ServerAxis } from '../machines/serverProfile.ts';
import type { Laboratory } from './laboratory.ts';
import type { Exchange } from './transcript.ts';

/** What is known when an experiment begins. */
export interface Known {
  /** What earlier experiments have learnt. */
  readonly axes: Partial<ServerAxes>;
  /** Lifetimes to ask for, so that the server tells them apart and takes both. */
  readonly longSeconds: number;
  readonly shortSeconds: number;
  /** How long a held call is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** How long a call rings until it is clear that nobody else is called, in milliseconds. */
  readonly ringWaitMs: number;
  /** How long the server takes at most for a call that it does not hold, in milliseconds. */
  readonly promptMs: number;
  /** Why nobody ringing is no evidence: a registered contact did not ring either. Null where it did. */
  readonly callsFail: string | null;
  /** Whether a query lists the bindings of others. */
  readonly listsOthers: boolean;
}

/** How sure an answer is: seen, or not seen twice; seen with something that speaks against it; not known. */
export type Confidence = 'high' | 'low' | 'none';

/** What an experiment concludes about one question. */
export interface Conclusion {
  /** What was asked, as the server profiles call it. */
  readonly topic: string;
  /** What it means for a server profile; empty where it is unknown, or where a profile has no word for it. */
  readonly axes: Partial<ServerAxes>;
  /** The answer in words; null where it could not be learnt. */
  readonly says: string | null;
  /** Why it could not be learnt, or what one should know of the answer. */
  readonly remark?: string;
  /** The question does not arise on this server, so not to know is no gap. */
  readonly isMoot?: true;
  /** It was observed, but a profile has no word for it: what a hand-over meets there can only be assumed. */
  readonly isUnsayable?: true;
  /** It rests on something that did not happen, or is odd: believed only when it is seen again. */
  readonly needsRepetition?: true;
  /** What was seen that speaks against it. */
  readonly against?: readonly string[];
}

/** A conclusion with what was sent and what came back. */
export interface Finding extends Conclusion {
  readonly confidence: Confidence;
  readonly against: readonly string[];
  readonly evidence: readonly Exchange[];
}

/** Something to be done to the server, and what follows from what is then seen. */
export interface Experiment<Observation = unknown> {
  /** What it does, for somebody whose account is used for it. */
  readonly does: string;
  /** The axes that it asks about. */
  readonly asks: readonly ServerAxis[];
  /** Whether it learns from who rings, so that it needs a server on which a call has been seen to reach somebody. */
  readonly needsCalls: boolean;
  /** How many REGISTERs and INVITEs it sends at most, repetitions of the transport and of digest not counted. */
  readonly requests: (agents: number) => number;
  observe(lab: Laboratory, known: Known): Promise<Observation>;
  /** Pure: the same observation, the same conclusions. */
  deduce(observation: Observation, known: Known): readonly Conclusion[];
}

/** Leaves the type of the observation to the experiment. */
export const experiment = <Observation>(one: Experiment<Observation>): Experiment => one as Experiment;

/** A conclusion that there is none. */
export const unknown = (topic: string, remark: string): Conclusion => ({ topic, axes: {}, says: null, remark });

/** The question does not arise. */
export const moot = (topic: string, remark: string): Conclusion => ({ ...unknown(topic, remark), isMoot: true });

/** An answer that a profile cannot say. */
export const unsayable = (topic: string, says: string, remark: string): Conclusion => ({
  topic,
  axes: {},
  says,
  remark: `${remark}: a profile has no word for it`,
  isUnsayable: true,
  needsRepetition: true,
});

/** Whether a question that was asked has no answer that a profile can say. */
export const isOpen = ({ says, isMoot, isUnsayable }: Conclusion): boolean =>
  isUnsayable === true || (says === null && isMoot !== true);
