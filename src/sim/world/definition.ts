import type { Law } from '../data/law.ts';
import type { Window } from '../data/window.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import type { LinkRules } from './linkRules.ts';
import type { PartyTable } from './partyTable.ts';

/** A system made ready to run: machines as tables, names as numbers. */
export interface WorldDefinition<Given extends Settings = Settings> {
  readonly scenario: Given;
  /** Settings that are the same but for their steps, and with which the tables of properties are shared. */
  readonly judgedLike?: Settings;
  /** What must hold of it. */
  readonly properties: readonly AnyProperty[];
  /** Whether a property is claimed of it, and all that it judges can be seen. */
  readonly claims: (property: AnyProperty) => boolean;
  readonly parties: readonly PartyTable[];
  /** Window of each delay: `delays[party][delay]`. */
  readonly delays: readonly (readonly Window[])[];
  /** The links between two parties: `linksBetween[from][to]`. Where there are several, a message says which one it takes. */
  readonly linksBetween: readonly (readonly (readonly number[])[])[];
  readonly links: readonly CompiledLink[];
  readonly rules: LinkRules;
  readonly steps: readonly CompiledStep[];
  /** Links over which nothing gets from the start on, as bits. */
  readonly cutAtStart: number;
}

export interface CompiledLink {
  readonly name: string;
  readonly ordered: boolean;
  readonly lossy: boolean;
  readonly latencyMs: Window;
  readonly law: Law | undefined;
  readonly loss: number;
  readonly duplicate: number;
}

export interface CompiledStep {
  readonly party: number;
  readonly event: number;
  readonly cause: number;
  readonly afterMs: Window;
  /** Whether it waits for the step before. */
  readonly chained: boolean;
  /** Links that the step cuts or repairs, as bits. */
  readonly cuts: number;
  readonly repairs: number;
}

/** The links as bits of one word, and parties and links as digits of one number, bound what a world can have. */
export const [mostParties, mostLinks] = [14, 30];
