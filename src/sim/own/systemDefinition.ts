import type { AnyStateMachine } from 'xstate';
import type { AnyProperty } from '../system/property.ts';
import type { AnyAction, Settings } from '../system/settings.ts';

/** A delay: exact (`'400ms'`), or the earliest and the latest (`['20ms', '400ms']`). */
export type Delay = string | readonly [string, string];

/** A machine of your own and the windows of its named delays. */
export interface PartyDefinition {
  readonly machine: AnyStateMachine;
  /** Where the machine itself says how long a delay takes, this replaces it. */
  readonly delays?: Readonly<Record<string, Delay>>;
}

/**
 * A link between two parties. `tcp` keeps the order and loses nothing; `udp` does neither. Where two parties have several, a message
 * says which one it takes: `{ type: 'send', to, over, message }`.
 */
export interface LinkDefinition {
  readonly between: readonly [string, string];
  readonly transport: 'tcp' | 'udp';
  /** May be left out where there is a law: its ends are the window then. */
  readonly latency?: Delay;
  /**
   * How the latency is distributed, for `simulate` and `sweep`: quantiles such as `[[0, '5ms'], [0.95, '50ms'], [1, '2s']]`. Without
   * one it is even. The checker takes every latency in the window.
   */
  readonly law?: readonly (readonly [share: number, latency: string])[];
  /**
   * `false` for what is sent over several connections of `tcp`: nothing is lost, but messages may overtake each other. `true` for `udp`
   * that keeps its order: messages may be lost or arrive twice, but none overtakes another, and a copy
   * follows its original at once.
   */
  readonly ordered?: boolean;
  /** Types of steps: a party that is told one loses what is under way to it on this link, as where its address changes. */
  readonly emptiedBy?: readonly string[];
  /**
   * Types of messages of which one that arrives outdates those of these types that its sender sent before over this link: they arrive
   * with `stale: true`, as a REGISTER with a CSeq that is too low. Only where messages can overtake each other.
   */
  readonly outdates?: readonly string[];
  /** Probability that a run loses a message, or has it arrive twice; for `udp`. */
  readonly loss?: number;
  readonly duplicate?: number;
}

/** What the environment does, from the start (`at`) or from the step before (`after`). */
export type StepDefinition = { readonly at?: Delay; readonly after?: Delay } & AnyAction;

/** A fault that happens for certain, to the nth message of a type. */
export interface FaultDefinition {
  readonly do: 'lose' | 'delay' | 'duplicate';
  readonly message: string;
  readonly from?: string;
  readonly to?: string;
  readonly link?: string;
  readonly occurrence?: number;
  readonly latency?: Delay;
}

/** A system: parties with machines, links between them, what the environment does, and what must hold. */
export interface SystemDefinition {
  readonly name: string;
  readonly title: string;
  readonly parties: Readonly<Record<string, PartyDefinition>>;
  readonly links: Readonly<Record<string, LinkDefinition>>;
  readonly steps: readonly StepDefinition[];
  readonly faults?: readonly FaultDefinition[];
  readonly properties: readonly AnyProperty[];
  /** When a run ends. */
  readonly until: string;
}

/** A system of the user's, checked. */
export interface OwnSystem {
  readonly is: 'system';
  readonly definition: SystemDefinition;
}

/** What a run of such a system is given, as its trace has it. */
export interface SystemSettings extends Settings {
  readonly parties: readonly string[];
  readonly links: Readonly<Record<string, Pick<LinkDefinition, 'between' | 'transport'>>>;
}
