import { Interned } from '../../data/interned.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { environmentSighting } from '../../system/eventTable.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { precedence } from './environment.ts';
import { explore } from './exploration.ts';
import { tablesFor } from './explore.ts';
import type { Message } from './messages.ts';
import type { PartyStates, Reaction } from './partyStates.ts';
import { bitsFor, ModelText } from './promelaText.ts';
import type { SearchProgress } from './search.ts';
import { UntimedWorld } from './untimedWorld.ts';

/** Messages from one party to another over one link, as the model keeps them. */
interface Direction {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly link: number;
  readonly ordered: boolean;
  /** Messages whose order matters: codes from 1, packed into one number with the oldest in the lowest bits. */
  readonly queued: readonly number[];
  /** Bits per code. */
  readonly width: number;
  /** Most codes in the queue at a time. */
  readonly longest: number;
  /** All other messages: one bit each. */
  readonly loose: readonly number[];
}

/** An exploration that was too large to write a model of it. */
export class TooLargeError extends Error {}

/**
 * The untimed world of a scenario as a Promela model of one process, for SPIN 6.5.
 *
 * What the parties do stands in tables that a complete exploration has filled; links, losses, the environment and
 * the order of REGISTERs are written in Promela. SPIN stores exactly as many states as `exploreUntimed` finds; the
 * assertion is that none of the named properties is violated; what is wrong only where a run ends is none of it. Count with
 * `pan -A -E`, judge with `pan -E`.
 *
 * Throws a TooLargeError where the exploration takes more than `memoryBytes`, or is ended by `onProgress`.
 */
export function toPromela(
  definition: WorldDefinition,
  losses: number,
  memoryBytes: number,
  asserted: readonly string[] = ['noInviteLost'],
  onProgress: (progress: SearchProgress) => boolean = () => true,
): string {
  const world = new UntimedWorld(definition, tablesFor(definition), losses);
  const { states, complete } = explore(world, { memoryBytes, onProgress });
  if (!complete) throw new TooLargeError(`more than ${states.toLocaleString('en-US')} states`);
  return new Model(definition, world, losses, asserted).text(states);
}

/** Sets of steps are the bits of one number. */
const mostSteps = 31;

class Model {
  readonly #definition: WorldDefinition;
  readonly #asserted: readonly string[];
  readonly #names: readonly string[];
  readonly #world: UntimedWorld;
  readonly #losses: number;
  readonly #directions: readonly Direction[];
  readonly #text = new ModelText();

  constructor(definition: WorldDefinition, world: UntimedWorld, losses: number, asserted: readonly string[]) {
    this.#definition = definition;
    this.#asserted = asserted;
    this.#names = identifiersOf(definition);
    this.#world = world;
    this.#losses = losses;
    const steps = definition.steps.length;
    if (steps > mostSteps) throw new TooLargeError(`${steps} steps, more than the ${mostSteps} bits of a number`);
    this.#directions = directionsOf(world, this.#names);
  }

  text(states: number): string {
    this.#declare();
    this.#observers();
    for (const [party, states] of this.#world.partyStates.entries()) this.#party(party, states);
    for (const direction of this.#directions) this.#arrivals(direction);
    for (const direction of this.#directions) this.#lossesOn(direction);
    this.#steps();
    const { scenario } = this.#definition;
    const place =
      'mode' in scenario ? `: ${(scenario as Scenario).mode.title} on ${(scenario as Scenario).server.name}` : '';
    const judged = 'mode' in scenario ? '' : ` of ${this.#asserted.join(', ')}`;
    // The title is the user's, and nothing in it may end the comment.
    const title = scenario.title.replaceAll(/\*\/|[^\x20-\x7e\u00a0-\uffff]/g, ' ');
    return this.#text.toString(`${title}${place}, ${this.#losses} losses; ${states} states${judged}`);
  }

  /** The state: what follows is all that changes. */
  #declare(): void {
    const { initial, configurations, partyStates, environment } = this.#world;
    for (const [party, name] of this.#names.entries()) {
      const state = configurations[party]?.stateOf(initial[party] ?? 0) ?? 0;
      this.#text.variable(name, (partyStates[party]?.count ?? 1) - 1, state);
    }
    for (const { name, to, queued, width, longest, loose } of this.#directions) {
      const inbox = configurations[to]?.inboxOf(initial[to] ?? 0) ?? [];
      const codes = inbox.filter((one) => queued.includes(one)).map((one) => queued.indexOf(one) + 1);
      const queue = codes.reduce((so, code, index) => so | (code << (width * index)), 0);
      if (queued.length > 0) this.#text.variable(`${name}_queue`, 2 ** (width * longest) - 1, queue);
      if (loose.length > 0) this.#text.variable(name, 2 ** loose.length - 1, maskOf(loose, inbox));
    }
    if (this.#cutsChange) this.#text.variable('cut', this.#everyLink, environment.cutLinks(environment.initial));
    if (this.#losses > 0) this.#text.variable('losses', this.#losses, this.#losses);
    if (this.#definition.steps.length > 0) this.#text.variable('done', 2 ** this.#definition.steps.length - 1, 0);
    this.#text.variable('observers', this.#world.observers.count - 1, initial.at(-1) ?? 0);
    this.#text.scratch('r', 'x', 'y');
  }

  /** The tables of a party, and `react`, which lets the reaction r come about. */
  #party(party: number, states: PartyStates): void {
    const name = this.#names[party] ?? '';
    const reactions = new Reactions();
    const all = Array.from({ length: states.count }, (_, state) => state);
    const columns = this.#columns(party);
    const on = all.flatMap((state) => columns.map((column) => reactions.numberOf(column(states, state))));
    const most = Math.max(0, ...all.map((state) => states.timersOf(state).length));
    const timers = all.flatMap((state) =>
      Array.from({ length: most }, (_, index) => {
        const timer = states.timersOf(state)[index];
        return reactions.numberOf(timer && states.onTimer(state, timer));
      }),
    );
    this.#text.table(`on_${name}`, on);
    this.#text.table(`timer_${name}`, timers);
    this.#react(party, reactions.all);
    for (let index = 0; index < most; index++) {
      const timer = `timer_${name}[${name} * ${most} + ${index}]`;
      this.#text.option(`${timer} -> r = ${timer}; react_${name}()`);
    }
  }

  #react(party: number, reactions: readonly Reaction[]): void {
    const name = this.#names[party] ?? '';
    const { sightings: lists } = this.#world.shared;
    this.#text.table(
      `next_${name}`,
      reactions.map(({ next }) => next),
    );
    const seen = reactions.map(({ sightings }) => lists.idOf(sightings));
    this.#text.table(`seen_${name}`, seen);
    const lines = [`${name} = next_${name}[r]`];
    for (const direction of this.#directions.filter(({ from }) => from === party)) {
      lines.push(...this.#sendings(direction, reactions));
    }
    if (seen.some((one) => one !== 0)) {
      lines.push(`if :: seen_${name}[r] == 0 :: else -> x = seen_${name}[r]; observe() fi`);
    }
    this.#text.inline(`react_${name}`, lines);
  }

  #sendings({ name, queued, width, longest, loose }: Direction, reactions: readonly Reaction[]): string[] {
    const lines: string[] = [];
    const masks = reactions.map(({ sends }) => maskOf(loose, sends));
    if (masks.some((mask) => mask !== 0)) {
      this.#text.table(`sends_${name}`, masks);
      lines.push(`${name} = ${name} | sends_${name}[r]`);
    }
    const codes = reactions.map(({ sends }) =>
      sends.filter((one) => queued.includes(one)).map((one) => queued.indexOf(one) + 1),
    );
    const most = Math.max(0, ...codes.map(({ length }) => length));
    for (let index = 0; index < most; index++) {
      this.#text.table(
        `queues_${name}_${index}`,
        codes.map((some) => some[index] ?? 0),
      );
      lines.push(`x = queues_${name}_${index}[r]`, appending(`${name}_queue`, width, longest));
    }
    return lines;
  }

  /** What a party can be told, as columns of its table: messages by direction, queued ones first; then the steps. */
  #columns(party: number): ((states: PartyStates, state: number) => Reaction | undefined)[] {
    const { messages } = this.#world.shared;
    const told = this.#directions
      .filter(({ to }) => to === party)
      .flatMap(({ queued, loose }) => [...queued, ...loose]);
    const onMessages = told.map(
      (number) => (states: PartyStates, state: number) => states.known(state, messages.of(number).event),
    );
    const onSteps = this.#definition.steps.map(({ event, party: whom }) => (states: PartyStates, state: number) => {
      const reaction = whom === party ? states.known(state, event) : undefined;
      return reaction && { ...reaction, sightings: [environmentSighting, ...reaction.sightings] };
    });
    return [...onMessages, ...onSteps];
  }

  /** The column of a direction's first message or, without one, of the first step. */
  #columnOf(party: number, direction?: Direction): number {
    const before = this.#directions.filter(({ to }) => to === party);
    const end = direction === undefined ? before.length : before.indexOf(direction);
    return before.slice(0, end).reduce((sum, { queued, loose }) => sum + queued.length + loose.length, 0);
  }

  #told(party: number, column: number | string): string {
    const name = this.#names[party];
    const width = this.#columnOf(party) + this.#definition.steps.length;
    return `r = on_${name}[${name} * ${width} + ${column}]; react_${name}()`;
  }

  #observers(): void {
    const { observers, shared } = this.#world;
    const seen = shared.sightings.count;
    const next = Array.from({ length: observers.count * seen }, (_, index) =>
      shared.sightings.known(Math.floor(index / seen), index % seen),
    );
    const judged = tablesFor(this.#definition).map(({ property }) => this.#asserted.includes(property.name));
    const mask = judged.reduce((bits, isAsserted, index) => (isAsserted ? bits | (1 << index) : bits), 0);
    this.#text.table('seen_next', next);
    this.#text.table(
      'lost',
      observers.violated.map((bits) => ((bits & mask) === 0 ? 0 : 1)),
    );
    this.#text.inline('observe', [`observers = seen_next[observers * ${seen} + x]`, 'assert(!lost[observers])']);
  }

  #arrivals(direction: Direction): void {
    const { name, to, link, ordered, queued, width, longest, loose } = direction;
    const first = this.#columnOf(to, direction);
    const unlessCut = (then: string) => this.#unlessCut(link, then);
    const queue = `${name}_queue`;
    const mask = 2 ** width - 1;
    const told = this.#told(to, `${first - 1} + x`);
    if (ordered && queued.length > 0) {
      this.#text.option(`${queue} -> x = ${queue} & ${mask}; ${queue} = ${queue} >> ${width}; ${unlessCut(told)}`);
    }
    for (let place = 0; !ordered && place < longest; place++) {
      const older = `y = ${queue} & ${2 ** (width * place) - 1}`;
      const outdating = Array.from(
        { length: place },
        (_, index) => `${name} = ${name} | stale_${name}[(y >> ${width * index}) & ${mask}]`,
      );
      if (place > 0 && place === 1) this.#text.table(`stale_${name}`, this.#staleBits(direction));
      const arrives = [
        ...(place > 0 ? [older] : []),
        `${queue} = ${queue} >> ${width * (place + 1)}`,
        ...outdating,
        told,
      ];
      const found = `${queue} >> ${width * place} -> x = (${queue} >> ${width * place}) & ${mask}`;
      this.#text.option(`${found}; ${this.#unlessCut(link, arrives.join('; '), takenOut(queue, width, place))}`);
    }
    for (const index of loose.keys()) {
      const bit = 2 ** index;
      const arrives = this.#told(to, first + queued.length + index);
      this.#text.option(`${name} & ${bit} -> ${name} = ${name} ^ ${bit}; ${unlessCut(arrives)}`);
    }
  }

  #staleBits({ from, to, link, queued, loose }: Direction): number[] {
    const { messages } = this.#world.shared;
    const numbers = queued.map((number) => {
      const { event } = messages.of(number);
      const newer = queued.find((other) => other !== number) ?? number;
      const outdated = this.#definition.rules.outdatedBy(messages.of(newer).event, event, link);
      return messages.numberOf(from, to, link, outdated);
    });
    return [0, ...numbers.map((number) => maskOf(loose, [number]))];
  }

  #lossesOn({ name, link, ordered, queued, width, longest, loose }: Direction): void {
    if (this.#losses === 0 || !this.#definition.links[link]?.lossy) return;
    const may = this.#cutsChange ? `losses && !(cut & ${1 << link})` : 'losses';
    if (!this.#cutsChange && (this.#definition.cutAtStart & (1 << link)) !== 0) return;
    // Whether what waits its turn is lost by now or when it comes makes no difference.
    const most = ordered ? Math.min(1, longest) : longest;
    for (let place = 0; queued.length > 0 && place < most; place++) {
      const queue = `${name}_queue`;
      this.#text.option(`${may} && (${queue} >> ${width * place}) -> losses--; ${takenOut(queue, width, place)}`);
    }
    for (const index of loose.keys()) {
      const bit = 2 ** index;
      this.#text.option(`${may} && (${name} & ${bit}) -> losses--; ${name} = ${name} ^ ${bit}`);
    }
  }

  #steps(): void {
    const { steps } = this.#definition;
    for (const [index, before] of precedence(steps).entries()) {
      const step = steps[index];
      if (step === undefined) continue;
      const { party, event, cuts, repairs } = step;
      const needed = before.reduce((bits, other) => bits | (1 << other), 0);
      const lines = [`done = done | ${1 << index}`];
      if (cuts !== 0) lines.push(`cut = cut | ${cuts}`);
      if (repairs !== 0) lines.push(`cut = cut & ${this.#everyLink & ~repairs}`);
      for (const { name, to, link, queued, loose } of this.#directions) {
        if (!this.#definition.rules.isLostBy(event, to, link)) continue;
        if (queued.length > 0) lines.push(`${name}_queue = 0`);
        if (loose.length > 0) lines.push(`${name} = 0`);
      }
      const seen = this.#world.shared.sightings.idOf([environmentSighting]);
      lines.push(party < 0 ? `x = ${seen}; observe()` : this.#told(party, this.#columnOf(party) + index));
      this.#text.option(`!(done & ${1 << index}) && (done & ${needed}) == ${needed} -> ${lines.join('; ')}`);
    }
  }

  /** All links, as bits. */
  get #everyLink(): number {
    return 2 ** this.#definition.links.length - 1;
  }

  get #cutsChange(): boolean {
    return this.#definition.steps.some(({ cuts, repairs }) => (cuts | repairs) !== 0);
  }

  /** What happens over a link, and what instead while it is cut. */
  #unlessCut(link: number, then: string, whileCut = 'skip'): string {
    const bit = 1 << link;
    if (!this.#cutsChange) return (this.#definition.cutAtStart & bit) === 0 ? then : whileCut;
    return `if :: cut & ${bit} -> ${whileCut} :: else -> ${then} fi`;
  }
}

/** The distinct reactions of a party. Number 0 stands for none. */
class Reactions {
  readonly #reactions = new Interned<Reaction | null>((one) =>
    one === null ? '' : `${one.next}:${one.sends}:${one.sightings}`,
  );

  constructor() {
    this.#reactions.idOf(null);
  }

  get all(): Reaction[] {
    return this.#reactions.values.map((one) => one ?? { next: 0, sends: [], sightings: [] });
  }

  numberOf(reaction: Reaction | undefined): number {
    return this.#reactions.idOf(reaction ?? null);
  }
}

const maskOf = (numbers: readonly number[], some: readonly number[]): number =>
  numbers.reduce((bits, number, index) => (some.includes(number) ? bits | (1 << index) : bits), 0);

/** The names of the parties in the model: those of a user's system could be words of Promela. */
const identifiersOf = ({ scenario, parties }: WorldDefinition): string[] =>
  parties.map(({ party }, index) => ('mode' in scenario ? party : `p${index}_${party.replaceAll('-', '_')}`));

function directionsOf({ shared, configurations }: UntimedWorld, names: readonly string[]): Direction[] {
  const { messages } = shared;
  const byWay = new Map<string, number[]>();
  for (const [number, { from, to, link }] of messages.all.entries()) {
    const isOneOfSeveral = (shared.definition.linksBetween[from]?.[to]?.length ?? 0) > 1;
    const name = `${names[from]}_${names[to]}${isOneOfSeveral ? `_${link}` : ''}`;
    byWay.set(name, [...(byWay.get(name) ?? []), number]);
  }
  return [...byWay].map(([name, numbers]) => {
    const { from, to, link, ordered } = messages.of(numbers[0] ?? 0) as Message;
    const inOrder = numbers.filter((number) => messages.of(number).inOrder);
    const longest = configurations[to]?.longest((number) => inOrder.includes(number)) ?? 0;
    // What is sent over a cut link only is known, but nothing arrives because of it.
    const queued = longest === 0 ? [] : inOrder;
    const loose = numbers.filter((number) => !messages.of(number).inOrder);
    const width = bitsFor(queued.length);
    if (width * longest > 31 || loose.length > 31)
      throw new TooLargeError(`too many messages from ${name.replace('_', ' to ')}`);
    return { name, from, to, link, ordered, queued, width, longest, loose };
  });
}

/** Puts x behind what is queued, unless it is nothing or queued already. */
function appending(queue: string, width: number, longest: number): string {
  const mask = 2 ** width - 1;
  const places = Array.from({ length: longest }, (_, place) => place);
  const known = places.map((place) => `((${queue} >> ${width * place}) & ${mask}) == x`);
  const append = places.map((place) => {
    const low = place === 0 ? '' : `${queue} >= ${2 ** (width * (place - 1))} && `;
    return `:: ${low}${queue} < ${place === 0 ? 1 : 2 ** (width * place)} -> ${queue} = ${queue} | (x << ${width * place})`;
  });
  return `if :: x == 0 || ${known.join(' || ')} :: else -> if ${append.join(' ')} fi fi`;
}

/** Takes the code at a place out of a queue. */
const takenOut = (queue: string, width: number, place: number): string =>
  `${queue} = (${queue} & ${2 ** (width * place) - 1}) | ((${queue} >> ${width * (place + 1)}) << ${width * place})`;
