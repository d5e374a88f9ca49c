import { type Call, calls } from '../../machines/messages.ts';
import { onceEach } from '../data/onceEach.ts';
import { endsCall } from '../properties/perCall.ts';
import type { Sighting } from '../scenario/sighting.ts';
import { Histogram } from '../statistics/histogram.ts';
import { eventTable, sightingLists, sightingTable } from '../system/eventTable.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Fired } from '../world/world.ts';
import type { Measured } from './measured.ts';

/** What a sighting says of a call. */
type Said = 'placed' | 'alerted' | 'elsewhere' | 'ended';

/** Something that a sighting or a message says of a call. */
interface About<What> {
  readonly call: Call;
  readonly what: What;
}

function saidBy(sighting: Sighting): About<Said> | null {
  if (!('call' in sighting)) return null;
  const { type, call } = sighting;
  if (type === 'call.placed') return { call, what: 'placed' };
  if (type === 'ringing.alerting') return { call, what: 'alerted' };
  if (type === 'call.takenElsewhere') return { call, what: 'elsewhere' };
  return endsCall(type) ? { call, what: 'ended' } : null;
}

/** `list`: its number among the lists of sightings. */
const saidIn = (list: number): readonly About<Said>[] =>
  sightingLists.of(list).flatMap((sighting) => saidBy(sightingTable.of(sighting) as Sighting) ?? []);

/** The answers to an INVITE that let the caller hear something. */
const audible: readonly string[] = ['INVITE.180', 'INVITE.183', 'INVITE.200'];

function heardOf(event: { readonly type: string; readonly call?: Call }): Call | null {
  return audible.includes(event.type) ? (event.call ?? null) : null;
}

/** One call slot during one run. */
interface Slot {
  readonly dialledMs: number;
  isOpen: boolean;
  /** Whether nothing more counts as heard: the caller has heard something, or waits no longer. */
  isDeaf: boolean;
}

/** What becomes of the calls. */
export class CallMeter {
  readonly #caller: number;
  readonly #counts = { made: 0, alerted: 0, elsewhere: 0, lost: 0, undecided: 0 };
  readonly #alertMs = new Histogram();
  readonly #postDialMs = new Histogram();
  /** What is said by a list of sightings, and which call an event lets the caller hear. */
  readonly #saidIn = onceEach(saidIn);
  readonly #heardOf = onceEach((event) => heardOf(eventTable.of(event)));
  readonly #onLost: ((nowMs: number) => void) | undefined;
  #slots: (Slot | undefined)[] = [];

  /** `onLost` is told when a call is lost. */
  constructor({ parties }: WorldDefinition, onLost?: (nowMs: number) => void) {
    this.#onLost = onLost;
    this.#caller = parties.findIndex(({ party }) => party === 'caller');
  }

  begin(): void {
    this.#slots = [];
  }

  happened({ fired, reaction }: Fired, nowMs: number): void {
    if (reaction === null) return;
    if (fired.kind === 'message' && fired.party === this.#caller && reaction.undelivered === null) {
      const call = this.#heardOf(fired.event);
      if (call !== null) this.#hear(this.#slots[call], nowMs);
    }
    const said = this.#saidIn(reaction.list);
    for (let index = 0; index < said.length; index++) this.#take(said[index] as About<Said>, nowMs);
  }

  end(): void {
    for (const call of calls) if (this.#slots[call]?.isOpen) this.#counts.undecided++;
  }

  /** The calls so far, as they stand. */
  get counts(): Measured['calls'] {
    return this.#counts;
  }

  measured(): Pick<Measured, 'calls' | 'alertMs' | 'postDialMs'> {
    return {
      calls: { ...this.#counts },
      alertMs: this.#alertMs.distribution(),
      postDialMs: this.#postDialMs.distribution(),
    };
  }

  #hear(slot: Slot | undefined, nowMs: number): void {
    if (slot === undefined || slot.isDeaf) return;
    slot.isDeaf = true;
    this.#postDialMs.add(nowMs - slot.dialledMs);
  }

  #take({ call, what }: About<Said>, nowMs: number): void {
    const slot = this.#slots[call];
    if (what === 'placed') {
      if (slot?.isOpen) this.#counts.undecided++;
      this.#counts.made++;
      this.#slots[call] = { dialledMs: nowMs, isOpen: true, isDeaf: false };
      return;
    }
    if (slot === undefined) return;
    // Who has hung up hears no answer, however late one comes.
    if (what === 'ended') slot.isDeaf = true;
    if (!slot.isOpen) return;
    slot.isOpen = false;
    this.#counts[what === 'ended' ? 'lost' : what]++;
    if (what === 'ended') this.#onLost?.(nowMs);
    if (what === 'alerted') this.#alertMs.add(nowMs - slot.dialledMs);
  }
}
