import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonical } from '../data/canonical.ts';
import { eventTable, sightingTable } from '../system/eventTable.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { TraceRecord, Verdict } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Pending } from '../world/pending.ts';
import type { Fired } from '../world/world.ts';

/** Collects the records of a run. */
export class TraceRecorder {
  readonly records: TraceRecord[] = [];
  readonly #definition: WorldDefinition;
  readonly #sentAtMs = new Map<number, number>();

  constructor(definition: WorldDefinition) {
    this.#definition = definition;
  }

  record(atMs: number, kind: TraceRecord['kind'], outcome: Fired): void {
    const { fired, fate, reaction, created, removed } = outcome;
    for (const { serial } of created) this.#sentAtMs.set(serial, atMs);
    const table = this.#definition.parties[fired.party];
    const snapshot = reaction && table ? table.snapshotOf(reaction.next) : undefined;
    const record = {
      type: '@xstate.transition' as const,
      step: this.records.length,
      atMs,
      serial: fired.serial,
      kind,
      fate,
      sourceRef: this.#source(kind, fired),
      targetRef: table?.party ?? this.#linkOfStep(fired),
      link: this.#definition.links[fired.link]?.name ?? null,
      sentAtMs: kind === 'message' ? (this.#sentAtMs.get(fired.serial) ?? atMs) : atMs,
      event: this.#event(kind, fired),
      snapshot: snapshot ? { value: snapshot.value, context: snapshot.context } : null,
      ignored: reaction?.ignored ?? false,
      ...(reaction?.undelivered && { undelivered: reaction.undelivered }),
      sent: created.filter(({ kind }) => kind === 'message').map((message) => this.#sent(message)),
      observations: (reaction?.sightings ?? []).map((sighting) => sightingTable.of(sighting)),
      lostSerials: removed.filter(({ kind }) => kind === 'message').map(({ serial }) => serial),
    };
    this.records.push(record as TraceRecord);
  }

  #source(kind: TraceRecord['kind'], { from, party }: Pending): string {
    if (kind === 'message') return this.#nameOf(from);
    return kind === 'timer' ? this.#nameOf(party) : 'environment';
  }

  #nameOf(party: number): string {
    return this.#definition.parties[party]?.party ?? '';
  }

  #linkOfStep({ index }: Pending): string {
    const action = this.#definition.scenario.steps[index]?.action;
    if (action === undefined || 'party' in action) throw new RangeError(`step ${index} concerns no link`);
    return 'cut' in action ? action.cut : action.repair;
  }

  #event(kind: TraceRecord['kind'], { event, index }: Pending): AnyEvent {
    if (kind === 'start') return { type: 'start' };
    if (event >= 0) return this.#shown(event);
    const action = this.#definition.scenario.steps[index]?.action;
    return { type: action && 'cut' in action ? 'link.cut' : 'link.repair' };
  }

  #shown(event: number): AnyEvent {
    return this.#definition.rules.shown(eventTable.of(event));
  }

  #sent({ serial, party, event, link, windowMs }: Pending) {
    const name = this.#definition.links[link]?.name;
    return { serial, to: this.#nameOf(party), event: this.#shown(event), link: name, windowMs };
  }
}

/** The digest that two equal runs share. */
export const digestOf = (records: readonly TraceRecord[], verdicts: readonly Verdict[]): string =>
  bytesToHex(sha256(utf8ToBytes(canonical({ records, verdicts } as never))));
