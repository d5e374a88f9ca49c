import { assert } from '../../data/assert.ts';
import { mostParties, type WorldDefinition } from '../../world/definition.ts';
import { mayOutdate } from '../../world/linkRules.ts';
import { LocalStates } from './localStates.ts';
import type { Reduction, WorldSystem } from './worldSystem.ts';

/**
 * The messages of a world that have no effect any more: their receiver ignores them in every local state that it can
 * still reach, such as the answer to a transaction that is over.
 *
 * The local states are those that the exploration has seen so far, so this is a conjecture. A later step may refute it;
 * then `takeRefuted` says which firings rest on it, and those are asked for again. An exploration that completes with
 * nothing refuted has proved it: by induction each run of the whole world is an explored run with arrivals in between
 * that change nothing.
 */
export class InertMessages implements Reduction {
  assumed = 0;
  readonly #system: WorldSystem;
  readonly #parties: readonly LocalStates[];
  /** Per type, the message that it is, or null where it is never left out. */
  readonly #candidates: (Candidate | null)[] = [];
  /** Per assumption, the messages that were left out. */
  readonly #assumptions: (readonly number[])[] = [[]];
  readonly #extended = new Map<number, number>();
  /** Messages that were left out somewhere although they have an effect there. */
  #refuted = new Set<number>();

  /** `parties`: the local states of this world seen so far; one exploration at a time may add to them. */
  constructor(system: WorldSystem, parties: readonly LocalStates[] = localStatesOf(system.definition)) {
    this.#system = system;
    this.#parties = parties;
  }

  /** Whether a message was left out although it has an effect. */
  get isRefuted(): boolean {
    return this.#refuted.size > 0;
  }

  /** What has been refuted since the last call, as a test of assumptions. */
  takeRefuted(): (assumed: number) => boolean {
    const refuted = this.#refuted;
    this.#refuted = new Set();
    const isWrong = this.#assumptions.map((messages) => messages.some((message) => refuted.has(message)));
    return (assumed) => isWrong[assumed] ?? false;
  }

  /** Per party and message, the local states from which on it is taken to be inert. */
  get taken(): readonly ReadonlyMap<number, ReadonlySet<number>>[] {
    return this.#parties.map(({ inert }) => inert);
  }

  sees(party: number, from: number, to: number): void {
    for (const event of (this.#parties[party] as LocalStates).see(from, to)) this.#refuted.add(messageOf(party, event));
  }

  has(type: number, locals: readonly number[]): boolean {
    const known = this.#candidates[type];
    const candidate = known === undefined ? candidateOf(this.#system, type) : known;
    this.#candidates[type] = candidate;
    if (candidate === null) return false;
    const { party, event } = candidate;
    if (!(this.#parties[party] as LocalStates).isInert(locals[party] as number, event)) return false;
    this.#assume(messageOf(party, event));
    return true;
  }

  #assume(message: number): void {
    const before = this.assumed;
    const key = before * mostMessages + message;
    const known = this.#extended.get(key);
    if (known !== undefined) {
      this.assumed = known;
      return;
    }
    const messages = this.#assumptions[before] as readonly number[];
    this.assumed = messages.includes(message) ? before : this.#assumptions.push([...messages, message]) - 1;
    this.#extended.set(key, this.assumed);
  }
}

/** The local states of every party of a world, before any has been seen. */
export const localStatesOf = ({ parties }: WorldDefinition): readonly LocalStates[] =>
  parties.map(
    (table) =>
      new LocalStates((local, event) => {
        const { next, effects, sightings } = table.react(local, event);
        return next === local && effects.length === 0 && sightings.length === 0;
      }),
  );

/** A number for the arrival of a message at a party; more than all of them. */
function messageOf(party: number, event: number): number {
  const message = event * mostParties + party;
  assert(message < mostMessages, () => `message ${message} of party ${party}, beyond ${mostMessages}`);
  return message;
}
const mostMessages = 2 ** 24;

/** What the arrival of a message is to its receiver. */
interface Candidate {
  readonly party: number;
  readonly event: number;
}

function candidateOf(system: WorldSystem, type: number): Candidate | null {
  const value = system.typeOf(type);
  if (value.is !== 'pending' || value.pending.kind !== 'message') return null;
  const { party, event, windowMs } = value.pending;
  // A fault that delays it holds back others behind it.
  if (value.windowMs !== windowMs) return null;
  return mayOutdate(system.definition, event) ? null : { party, event };
}
