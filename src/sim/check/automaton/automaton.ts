/** A bound of one clock, in milliseconds. */
export interface Bound {
  readonly clock: number;
  readonly is: '<' | '<=' | '>=' | '>';
  readonly ms: number;
}

/** A discrete situation, and which clock tells how long each of its pending events has waited. */
export interface Location {
  readonly invariant: readonly Bound[];
  /** What is wrong there: the properties that are violated, or `trap`. */
  readonly labels: readonly string[];
}

/** An event that happens. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly event: string;
  readonly guard: readonly Bound[];
  /** The clocks that begin anew. */
  readonly resets: readonly number[];
}

/** A timed automaton (Alur and Dill 1994) with one initial location, which is location 0. Its clocks begin at 0. */
export interface TimedAutomaton {
  /** What it is made of, as one line for people. */
  readonly title: string;
  readonly clocks: number;
  readonly locations: readonly Location[];
  readonly edges: readonly Edge[];
  /** The labels that a location can have: identifiers, one for each property, then `trap`. */
  readonly labels: readonly string[];
}

/** The label of the location to which the moves lead that an exploration has found to be impossible. */
export const trap = 'trap';

/** A world that is not written as a model: what was found, and what to do about it. */
export class NotWrittenError extends Error {
  readonly advice: string;

  constructor(found: string, advice: string) {
    super(found);
    this.advice = advice;
  }
}

/** A text in which all is replaced that has no place in an identifier. */
export const identifierOf = (text: string): string => text.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/^(?=\d)/, '_');

/** Texts as identifiers, each of its own. */
export function identifiersOf(texts: readonly string[]): string[] {
  const identifiers: string[] = [];
  for (const text of texts) {
    const plain = identifierOf(text);
    let own = plain;
    for (let more = 2; own === trap || identifiers.includes(own); more++) own = `${plain}_${more}`;
    identifiers.push(own);
  }
  return identifiers;
}
