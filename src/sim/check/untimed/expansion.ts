import type { Sink } from './batch.ts';
import { perWord } from './blocks.ts';
import {
  type Configurations,
  eventConfiguration,
  eventConfigurationIfLost,
  eventLength,
  eventNumber,
  eventOutcome,
  outcomeHead,
  rowHead,
} from './configurations.ts';
import type { NextStep } from './environment.ts';
import { type FieldLayout, fieldBits, fieldIn, setField } from './fieldLayout.ts';
import type { Message } from './messages.ts';
import { PlaceMemo } from './placeMemo.ts';
import { lowest, StatesOfBlock } from './statesOfBlock.ts';
import type { UntimedWorld } from './untimedWorld.ts';

/** A code is the place of an event in its row, above its field, above whether the message is lost. */
const codeBits = fieldBits + 1;
const fieldMask = (1 << fieldBits) - 1;

/** An event of the untimed world. */
export type UntimedEvent =
  | ({ readonly kind: 'message'; readonly fate: 'happen' | 'lose' } & Message)
  | { readonly kind: 'timer'; readonly party: number; readonly index: number; readonly fate: 'happen' }
  | { readonly kind: 'step'; readonly index: number; readonly fate: 'happen' };

/**
 * What follows from states of one block, from all of them at once: an event that leaves the inner party alone leads from
 * each of them to the state in the same place of one other block. Only where the inner party takes part is each looked
 * at on its own.
 */
export class Expansion {
  readonly #world: UntimedWorld;
  readonly #layout: FieldLayout;
  readonly #inner: number;
  readonly #innerConfigurations: Configurations;
  /** The states turned to. */
  #states: StatesOfBlock;
  /** Those of them that the inner party has not moved on from yet, per word of the block as bits. */
  readonly #left: Int32Array;
  #records: Int32Array;
  readonly #key: Int32Array;
  /** The inner party's configuration in the first state of their block. */
  #firstConfiguration = 0;
  /** Where the record of the block has the states that have been found, if it is closed; else -1. */
  #foundAt = -1;
  /** How many more of its states have been found by closing it. */
  closed = 0;
  /** How many states have been expanded, and how many transitions lead out of them. */
  stateCount = 0;
  transitions = 0;
  /** The place in the block of one of them in which nothing can happen, or -1. */
  ended = -1;
  /** How many events other than the inner party's lead out of each. */
  #outerEvents = 0;
  readonly #parties: number;
  readonly #environmentField: number;
  readonly #observerField: number;
  readonly #fields: Int32Array;
  readonly #rowAt: Int32Array;
  #cutLinks = 0;
  #lossyLinks = 0;
  #afterLoss = -1;
  #steps: readonly NextStep[] = [];
  /** The event that leads to what the sink is being given, see `eventOf`. */
  code = 0;
  readonly #target: Int32Array;
  /** Places of blocks that the inner party leads to from here. */
  readonly #places = new PlaceMemo();
  readonly #placeMask: number;

  constructor(world: UntimedWorld, layout: FieldLayout) {
    this.#world = world;
    this.#layout = layout;
    this.#inner = layout.inner;
    this.#parties = world.parties;
    this.#environmentField = world.environmentField;
    this.#observerField = world.observerField;
    this.#fields = new Int32Array(world.fieldCount);
    this.#rowAt = new Int32Array(world.parties);
    this.#innerConfigurations = world.configurations[layout.inner] as Configurations;
    this.#key = new Int32Array(layout.words);
    this.#target = new Int32Array(layout.words);
    this.#states = new StatesOfBlock(layout);
    this.#left = new Int32Array(layout.blockWords);
    this.#records = this.#left;
    this.#placeMask = (1 << layout.blockBits) - 1;
  }

  /** Turns to states of the block whose record begins at a position. */
  turnTo(records: Int32Array, at: number, states: StatesOfBlock): void {
    const layout = this.#layout;
    this.#places.clear();
    this.#states = states;
    this.#records = records;
    for (let one = 0; one < layout.words; one++) this.#key[one] = records[at + one] as number;
    for (let field = 0; field < this.#fields.length; field++) this.#fields[field] = fieldIn(layout, records, at, field);
    this.#firstConfiguration = (this.#fields[this.#inner] as number) << layout.blockBits;
    this.#turnEnvironmentTo(this.#fields[this.#environmentField] as number);
    this.#outerEvents = this.#steps.length;
    for (let party = 0; party < this.#parties; party++) {
      if (party === this.#inner) continue;
      const row = (this.#world.configurations[party] as Configurations).row(this.#fields[party] as number);
      this.#rowAt[party] = row;
      this.#outerEvents += this.#eventsIn(row);
    }
  }

  /** The observers' state in the states turned to. */
  get observers(): number {
    return this.#fields[this.#observerField] as number;
  }

  /** What happens in a code, where one state is turned to. */
  eventOf(code: number): UntimedEvent {
    const index = code >> codeBits;
    const field = (code >> 1) & fieldMask;
    if (field === this.#environmentField) return { kind: 'step', index, fate: 'happen' };
    const { rows, messages } = this.#world.shared;
    const row =
      field === this.#inner
        ? this.#innerConfigurations.row(this.#firstConfiguration + this.#states.first)
        : this.#rowAt[field];
    const at = (row as number) + rowHead + index * eventLength;
    const number = rows.data[at + eventNumber] as number;
    if ((rows.data[at] as number) < 0) return { kind: 'timer', party: field, index: number, fate: 'happen' };
    return { kind: 'message', ...messages.of(number), fate: (code & 1) === 1 ? 'lose' : 'happen' };
  }

  /**
   * Gives all successors of the states turned to. Where the record has the states found at `foundAt`, those in the same
   * block to which the inner party moves on unnoticed are added to the states turned to instead, unless they were known;
   * -1 gives them too.
   */
  expandInto(sink: Sink, foundAt: number): void {
    this.#foundAt = foundAt;
    this.closed = 0;
    this.transitions = 0;
    this.ended = -1;
    this.#expandInner(sink);
    for (let party = 0; party < this.#parties; party++) if (party !== this.#inner) this.#expandParty(party, sink);
    for (const { step, next } of this.#steps) this.#expandStep(step, next, sink);
    this.stateCount = this.#states.count;
    this.transitions += this.stateCount * this.#outerEvents;
  }

  #turnEnvironmentTo(state: number): void {
    const { environment, lossyLinks } = this.#world;
    this.#cutLinks = environment.cutLinks(state);
    this.#afterLoss = environment.afterLoss(state);
    this.#steps = environment.steps(state);
    this.#lossyLinks = this.#afterLoss < 0 ? 0 : lossyLinks & ~this.#cutLinks;
  }

  /** How many events a row stands for, with the losses that are possible now. */
  #eventsIn(row: number): number {
    const rows = this.#world.shared.rows.data;
    let count = rows[row] as number;
    if (this.#lossyLinks === 0) return count;
    const end = row + rowHead + count * eventLength;
    for (let at = row + rowHead; at < end; at += eventLength) {
      const origin = rows[at] as number;
      if (origin >= 0 && (this.#lossyLinks & (1 << (origin >> fieldBits))) !== 0) count++;
    }
    return count;
  }

  #expandParty(party: number, sink: Sink): void {
    const rows = this.#world.shared.rows.data;
    const row = this.#rowAt[party] as number;
    const end = row + rowHead + (rows[row] as number) * eventLength;
    let code = party * 2;
    for (let at = row + rowHead; at < end; at += eventLength, code += 1 << codeBits) {
      const origin = rows[at] as number;
      const link = origin < 0 ? 0 : 1 << (origin >> fieldBits);
      const isCut = (this.#cutLinks & link) !== 0;
      this.code = code;
      this.#copyKey();
      setField(
        this.#layout,
        this.#target,
        party,
        rows[at + (isCut ? eventConfigurationIfLost : eventConfiguration)] as number,
      );
      if (isCut) this.#addAll(sink);
      else this.#finish(rows[at + eventOutcome] as number, sink);
      if ((this.#lossyLinks & link) === 0) continue;
      this.code = code + 1;
      this.#copyKey();
      setField(this.#layout, this.#target, party, rows[at + eventConfigurationIfLost] as number);
      setField(this.#layout, this.#target, this.#environmentField, this.#afterLoss);
      this.#addAll(sink);
    }
  }

  /** Gives the states of the target in the same places as those turned to. */
  #addAll(sink: Sink): void {
    const { words, bits, length } = this.#states;
    const place = sink.place(this.#target);
    for (let one = 0; one < length; one++) sink.add(place, words[one] as number, bits[words[one] as number] as number);
  }

  /** Gives the states of the target, where an outcome is still to come about in it. */
  #finish(outcome: number, sink: Sink): void {
    if (outcome === 0 || !this.#comeAbout(outcome)) this.#addAll(sink);
    else this.#sendToInner(outcome, sink);
  }

  /** Lets an outcome come about in the target. Returns whether there are messages to the inner party, not yet sent. */
  #comeAbout(outcome: number): boolean {
    const { configurations, shared } = this.#world;
    const outcomes = shared.outcomes.data;
    const end = outcome + outcomeHead + 2 * (outcomes[outcome + 1] as number);
    let reachesInner = false;
    for (let send = outcome + outcomeHead; send < end; send += 2) {
      const to = outcomes[send] as number;
      if (to === this.#inner) {
        reachesInner = true;
        continue;
      }
      const configuration = fieldIn(this.#layout, this.#target, 0, to);
      setField(
        this.#layout,
        this.#target,
        to,
        (configurations[to] as Configurations).add(configuration, outcomes[send + 1] as number),
      );
    }
    const seen = outcomes[outcome] as number;
    if (seen !== 0)
      setField(this.#layout, this.#target, this.#observerField, shared.sightings.next(this.observers, seen));
    return reachesInner;
  }

  /** Sends an outcome's messages to the inner party, in each state to its configuration there. */
  #sendToInner(outcome: number, sink: Sink): void {
    const { words, bits, length } = this.#states;
    this.#places.clear();
    for (let one = 0; one < length; one++) {
      const word = words[one] as number;
      for (let left = bits[word] as number; left !== 0; left &= left - 1) {
        const configuration = this.#withMessages(this.#firstConfiguration + 32 * word + lowest(left), outcome);
        const block = configuration >> this.#layout.blockBits;
        let place = this.#places.get(block, 0);
        if (place < 0) {
          setField(this.#layout, this.#target, this.#inner, block);
          place = sink.place(this.#target);
          this.#places.set(block, 0, place);
        }
        sink.add(place, this.#wordOf(configuration), 1 << configuration);
      }
    }
  }

  /** The inner party's configuration with an outcome's messages to it. */
  #withMessages(before: number, outcome: number): number {
    const outcomes = this.#world.shared.outcomes.data;
    const end = outcome + outcomeHead + 2 * (outcomes[outcome + 1] as number);
    let configuration = before;
    for (let send = outcome + outcomeHead; send < end; send += 2) {
      if (outcomes[send] === this.#inner)
        configuration = this.#innerConfigurations.add(configuration, outcomes[send + 1] as number);
    }
    return configuration;
  }

  /** Within a block: in which word a configuration's bit is. */
  #wordOf(configuration: number): number {
    return (configuration & this.#placeMask) >> 5;
  }

  /** Lets the inner party move on, until it is in no state turned to in which it has not. */
  #expandInner(sink: Sink): void {
    const states = this.#states;
    const left = this.#left;
    for (let one = 0; one < states.length; one++) {
      const word = states.words[one] as number;
      left[word] = states.bits[word] as number;
    }
    for (let some = true; some; ) {
      some = false;
      for (let one = 0; one < states.length; one++) {
        const word = states.words[one] as number;
        for (let bits = left[word] as number; bits !== 0; bits = left[word] as number) {
          some = true;
          left[word] = bits & (bits - 1);
          this.#expandCell(this.#firstConfiguration + 32 * word + lowest(bits), sink);
        }
      }
    }
  }

  #expandCell(from: number, sink: Sink): void {
    const row = this.#innerConfigurations.row(from);
    const rows = this.#world.shared.rows.data;
    const count = rows[row] as number;
    const end = row + rowHead + count * eventLength;
    if (count + this.#outerEvents === 0) this.ended = from & this.#placeMask;
    this.transitions += count;
    let code = this.#inner * 2;
    for (let at = row + rowHead; at < end; at += eventLength, code += 1 << codeBits) {
      const origin = rows[at] as number;
      const link = origin < 0 ? 0 : 1 << (origin >> fieldBits);
      const isCut = (this.#cutLinks & link) !== 0;
      this.code = code;
      const configuration = rows[at + (isCut ? eventConfigurationIfLost : eventConfiguration)] as number;
      this.#moveInnerTo(configuration, isCut ? 0 : (rows[at + eventOutcome] as number), sink);
      if ((this.#lossyLinks & link) === 0) continue;
      this.transitions++;
      this.code = code + 1;
      const lost = rows[at + eventConfigurationIfLost] as number;
      sink.add(this.#placeWhere(lost >> this.#layout.blockBits, 0, true, sink), this.#wordOf(lost), 1 << lost);
    }
  }

  #moveInnerTo(configuration: number, outcome: number, sink: Sink): void {
    const word = this.#wordOf(configuration);
    const bit = 1 << configuration;
    if (outcome !== 0 || this.#foundAt < 0 || (configuration & ~this.#placeMask) !== this.#firstConfiguration) {
      sink.add(this.#placeWhere(configuration >> this.#layout.blockBits, outcome, false, sink), word, bit);
      return;
    }
    const at = this.#foundAt + perWord * word;
    const found = this.#records[at] as number;
    if ((found & bit) !== 0) return;
    this.#records[at] = found | bit;
    this.#states.add(word, bit);
    this.#left[word] = (this.#left[word] as number) | bit;
    this.closed++;
  }

  /** The sink's place for a block of the inner party in which an outcome has come about or a message has been lost. */
  #placeWhere(block: number, outcome: number, isLost: boolean, sink: Sink): number {
    const what = isLost ? -1 : outcome;
    const known = this.#places.get(block, what);
    if (known >= 0) return known;
    this.#copyKey();
    setField(this.#layout, this.#target, this.#inner, block);
    if (isLost) setField(this.#layout, this.#target, this.#environmentField, this.#afterLoss);
    if (outcome !== 0) this.#comeAbout(outcome);
    const place = sink.place(this.#target);
    this.#places.set(block, what, place);
    return place;
  }

  #expandStep(step: number, environment: number, sink: Sink): void {
    const { configurations, shared, stepSeen } = this.#world;
    const party = shared.definition.steps[step]?.party ?? -1;
    this.code = (step << codeBits) + this.#environmentField * 2;
    if (party === this.#inner) {
      this.#expandInnerStep(step, environment, sink);
      return;
    }
    this.#copyKey();
    setField(this.#layout, this.#target, this.#environmentField, environment);
    if (party < 0) {
      this.#finish(stepSeen, sink);
      return;
    }
    const at = (configurations[party] as Configurations).onStep(this.#fields[party] as number, step);
    const { data } = shared.rows;
    setField(this.#layout, this.#target, party, data[at] as number);
    this.#finish(data[at + 1] as number, sink);
  }

  #expandInnerStep(step: number, environment: number, sink: Sink): void {
    const { words, bits, length } = this.#states;
    for (let one = 0; one < length; one++) {
      const word = words[one] as number;
      for (let left = bits[word] as number; left !== 0; left &= left - 1) {
        const at = this.#innerConfigurations.onStep(this.#firstConfiguration + 32 * word + lowest(left), step);
        const { data } = this.#world.shared.rows;
        const configuration = data[at] as number;
        this.#copyKey();
        setField(this.#layout, this.#target, this.#environmentField, environment);
        setField(this.#layout, this.#target, this.#inner, configuration >> this.#layout.blockBits);
        this.#comeAbout(data[at + 1] as number);
        sink.add(sink.place(this.#target), this.#wordOf(configuration), 1 << configuration);
      }
    }
  }

  #copyKey(): void {
    for (let word = 0; word < this.#layout.words; word++) this.#target[word] = this.#key[word] as number;
  }
}
