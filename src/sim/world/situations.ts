import type { WorldDefinition } from './definition.ts';
import { copyOf, type Fate, type Pending } from './pending.ts';
import { type Fired, World } from './world.ts';

/** What is pending without what is a run's own: serial, date, order and fate are those of the run that has it last. */
export type Blank = Pending & { serial: number };

/** The state of a world without its dates, which many runs come upon. */
export interface Situation {
  /** How much is pending. */
  readonly count: number;
  /** What happening does, by place and fate; what has not been computed is missing. */
  readonly moves: (Move | undefined)[];
  /** The situations with one more step, by its position in the scenario. */
  readonly withStep: (Situation | undefined)[];
  readonly locals: readonly number[];
  readonly cutLinks: number;
  /** What is pending, in the order of creation. */
  readonly waiting: readonly Blank[];
  /** In which order they were sent; null where that is the order of creation, as it is without copies. */
  readonly sent: readonly number[] | null;
}

/** What it does to a situation that one of what is waiting happens. */
export interface Move {
  readonly to: Situation;
  readonly outcome: Fired;
  /** The first place of those that wait no more. */
  readonly firstRemoved: number;
  /** Their places, a bit each: what a move is told by is read at each event of each run, so it is kept in few and small objects. */
  readonly removed: number;
  /** What is created, in that order: each is dated, even what is cancelled at once. */
  readonly created: readonly Blank[];
  /** Which of those are waiting afterwards, a bit each. */
  readonly stays: number;
}

/** So many bits a small integer has. Where more is waiting or created nothing is remembered. */
const mostBits = 31;

/** How a world begins. */
export interface Beginning {
  readonly outcomes: readonly Fired[];
  /** Everything that is created, steps first. */
  readonly created: readonly Blank[];
  readonly stays: readonly boolean[];
  /** Without its steps. */
  readonly situation: Situation;
}

/** The fates, by their place in a list of moves. */
export const fates: readonly Fate[] = ['happen', 'lose', 'duplicate'];

/** How much is remembered of a world. */
export interface Room {
  /** So many moves are computed at once, and a share of the events that happen may be such more of them. */
  readonly moves: number;
  readonly movesPerEvent: number;
  readonly situations: number;
}

/** To compute a move takes some forty times as long as to let the event happen in an ordinary world, to look it up half as long. */
const usualRoom: Room = { moves: 500, movesPerEvent: 0.003, situations: 20_000 };

const nothing: readonly Pending[] = [];

/**
 * The situations of a world and the moves between them: `World.fire` does each once, and all that run through it later look it up.
 * Dates make no difference to what happens, only to what happens first.
 */
export class Situations {
  readonly #definition: WorldDefinition;
  readonly #room: Room;
  readonly #known = new Map<string, Situation>();
  /** One object for all that are alike but for what is a run's own, and its number. */
  readonly #alike = new Map<string, Blank>();
  readonly #numbers = new Map<Blank, number>();
  #computed = 0;
  #fired = 0;
  readonly beginning: Beginning;

  constructor(definition: WorldDefinition, room: Room = usualRoom) {
    this.#definition = definition;
    this.#room = room;
    const dated: Pending[] = [];
    const { world, started } = World.start(definition, (pending) => dated.push(pending));
    const waiting = inOrder(world.pending);
    this.beginning = {
      outcomes: started.map((outcome) => ({ ...outcome, created: nothing, removed: nothing })),
      created: dated.map((one) => this.#oneOf(one)),
      stays: dated.map((one) => waiting.includes(one)),
      situation: this.#situationOf(
        world,
        waiting.filter(({ kind }) => kind !== 'step'),
      ),
    };
  }

  /** What happening does; null where that is not remembered, because too much is new, or pending at once. */
  moveAt(situation: Situation, place: number, fate: number): Move | null {
    this.#fired++;
    const known = situation.moves[place * fates.length + fate];
    if (known !== undefined) return known;
    const { moves, movesPerEvent, situations } = this.#room;
    if (situation.count > mostBits) return null;
    if (this.#computed >= moves + this.#fired * movesPerEvent || this.#known.size >= situations) return null;
    this.#computed++;
    const move = this.#moveOf(situation, place, fates[fate] as Fate);
    if (move === null) return null;
    situation.moves[place * fates.length + fate] = move;
    return move;
  }

  /** The situation with a step that has come to be the next one. */
  withStep(situation: Situation, step: Pending): Situation {
    const known = situation.withStep[step.index];
    if (known !== undefined) return known;
    const place = situation.waiting.length;
    const waiting = [...resumed(situation), copyOf(step, place, place)];
    const next = this.#situationOf(situation, waiting);
    situation.withStep[step.index] = next;
    return next;
  }

  #moveOf(before: Situation, place: number, fate: Fate): Move | null {
    const created: Pending[] = [];
    const pending = resumed(before);
    const world = World.resume(this.#definition, { ...before, pending }, { schedule: (one) => created.push(one) });
    const outcome = world.fire(place, fate);
    if (created.length > mostBits) return null;
    const waiting = inOrder(world.pending);
    const isWaiting = new Set(waiting.map(({ serial }) => serial));
    const isGone = pending.map(({ serial }) => !isWaiting.has(serial));
    return {
      to: this.#situationOf(world, waiting),
      outcome: { ...outcome, fired: this.#oneOf(outcome.fired), created: nothing, removed: nothing },
      firstRemoved: isGone.indexOf(true),
      removed: bitsOf(isGone),
      created: created.map((one) => this.#oneOf(one)),
      stays: bitsOf(created.map(({ serial }) => isWaiting.has(serial))),
    };
  }

  #situationOf({ locals, cutLinks }: Pick<World, 'locals' | 'cutLinks'> | Situation, pending: readonly Pending[]) {
    const waiting = pending.map((one) => this.#oneOf(one));
    const sent = pending.some(({ isCopy }) => isCopy) ? ranksOf(pending.map((one) => one.sent)) : null;
    const key = `${locals.join()} ${cutLinks} ${waiting.map((one) => this.#numbers.get(one)).join()} ${sent?.join() ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const cold = { locals: locals.slice(), cutLinks, waiting, sent };
    const situation: Situation = { count: waiting.length, moves: [], withStep: [], ...cold };
    this.#known.set(key, situation);
    return situation;
  }

  #oneOf(pending: Pending): Blank {
    const { kind, party, event, from, link, index, cause, windowMs, isCopy } = pending;
    const key = `${kind} ${party} ${event} ${from} ${link} ${index} ${cause} ${windowMs.join()} ${isCopy}`;
    const known = this.#alike.get(key);
    if (known !== undefined) return known;
    const one: Blank = copyOf(pending);
    this.#alike.set(key, one);
    this.#numbers.set(one, this.#numbers.size);
    return one;
  }
}

const bitsOf = (flags: readonly boolean[]): number =>
  flags.reduce((bits, flag, place) => bits | (Number(flag) << place), 0);

const inOrder = (pending: readonly Pending[]): Pending[] =>
  [...pending].sort((one, other) => one.serial - other.serial);

/** What is waiting as a world keeps it. */
const resumed = ({ waiting, sent }: Situation): Pending[] =>
  waiting.map((one, place) => copyOf(one, place, sent?.[place] ?? place));

/** Numbers from 0 on in the same order. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...new Set(values)].sort((one, other) => one - other);
  return values.map((value) => sorted.indexOf(value));
}

const situationsOf = new WeakMap<WorldDefinition, { runs: number; situations: Situations | null }>();

/** Of fewer runs it is not worth remembering where they have been. */
const runsBefore = 2_000;

/** The situations of a world, for one more of its runs; null for its first ones. */
export function situationsFor(definition: WorldDefinition): Situations | null {
  const known = situationsOf.get(definition) ?? { runs: 0, situations: null };
  situationsOf.set(definition, known);
  known.runs++;
  if (known.runs > runsBefore) known.situations ??= new Situations(definition);
  return known.situations;
}
