import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type MachineEvent, type PartyName, partyNames } from '../machines/messages.ts';
import type { RaceWindow } from './check/raceWindow.ts';
import type { Verdict } from './run.ts';
import type { LinkName, Scenario, Window } from './scenario/scenario.ts';
import { canonical } from './world/canonical.ts';
import type { WorldDefinition } from './world/definition.ts';
import { eventTable, type Sighting, sightingTable } from './world/eventTable.ts';
import type { Fate, Fired, Pending } from './world/world.ts';

/** Counts up whenever a trace of an older model could no longer be replayed. */
export const traceVersion = 3;

/** A message that a step sent, and what becomes of it. */
export interface SentMessage {
  readonly serial: number;
  readonly to: PartyName;
  readonly event: MachineEvent;
  readonly link: LinkName;
  readonly windowMs: Window;
}

/**
 * One step of a run, shaped like XState 6's inspection event `@xstate.transition`: the event, who it came from, the
 * snapshot that it led to and what was sent; with the virtual time, the fate and the sightings added.
 */
export interface TraceRecord {
  readonly type: '@xstate.transition';
  readonly step: number;
  readonly atMs: number;
  /** Which pending event happened: the identity under which an earlier record created it. */
  readonly serial: number;
  readonly kind: 'start' | Pending['kind'];
  readonly fate: Fate;
  readonly sourceRef: PartyName | 'environment';
  readonly targetRef: PartyName | LinkName;
  readonly link: LinkName | null;
  /** When a message was sent; else the date itself. */
  readonly sentAtMs: number;
  readonly event: MachineEvent | { readonly type: 'start' | 'link.cut' | 'link.repair' };
  /** Null where nothing reached the party. */
  readonly snapshot: { readonly value: unknown; readonly context: unknown } | null;
  readonly ignored: boolean;
  readonly sent: readonly SentMessage[];
  readonly observations: readonly Sighting[];
  /** Messages under way that this step made unreachable. */
  readonly lostSerials: readonly number[];
}

/** A run, complete: what it was given, what happened and what was found. */
export interface Trace {
  readonly format: 'ringproof-trace';
  readonly version: number;
  readonly scenario: Scenario;
  readonly seed: number | null;
  readonly endMs: number;
  readonly records: readonly TraceRecord[];
  readonly verdicts: readonly Verdict[];
  /** SHA-256 over the records and verdicts. */
  readonly digest: string;
  /** Where the checker found the run: for which delays it goes wrong. The digest does not depend on it. */
  readonly raceWindow?: RaceWindow;
}

/** Collects the records of a run. */
export class TraceRecorder {
  readonly records: TraceRecord[] = [];
  readonly #definition: WorldDefinition;
  readonly #sentAtMs = new Map<number, number>();

  constructor(definition: WorldDefinition) {
    this.#definition = definition;
  }

  record(atMs: number, kind: TraceRecord['kind'], outcome: Fired): void {
    const { fired, fate, step, created, removed } = outcome;
    for (const { serial } of created) this.#sentAtMs.set(serial, atMs);
    const table = this.#definition.parties[fired.party];
    const snapshot = step && table ? table.snapshots[step.next] : undefined;
    this.records.push({
      type: '@xstate.transition',
      step: this.records.length,
      atMs,
      serial: fired.serial,
      kind,
      fate,
      sourceRef: this.#source(kind, fired),
      targetRef: partyNames[fired.party] ?? this.#linkOfStep(fired),
      link: this.#definition.links[fired.link]?.name ?? null,
      sentAtMs: kind === 'message' ? (this.#sentAtMs.get(fired.serial) ?? atMs) : atMs,
      event: this.#event(kind, fired),
      snapshot: snapshot ? { value: snapshot.value, context: snapshot.context } : null,
      ignored: step?.ignored ?? false,
      sent: created.filter(({ kind }) => kind === 'message').map((message) => this.#sent(message)),
      observations: (step?.sightings ?? []).map((sighting) => sightingTable.of(sighting)),
      lostSerials: removed.filter(({ kind }) => kind === 'message').map(({ serial }) => serial),
    });
  }

  #source(kind: TraceRecord['kind'], { from, party }: Pending): PartyName | 'environment' {
    if (kind === 'message') return partyNames[from] as PartyName;
    return kind === 'timer' ? (partyNames[party] as PartyName) : 'environment';
  }

  #linkOfStep({ index }: Pending): LinkName {
    const action = this.#definition.scenario.steps[index]?.action;
    if (action === undefined || 'party' in action) throw new RangeError(`step ${index} concerns no link`);
    return 'cut' in action ? action.cut : action.repair;
  }

  #event(kind: TraceRecord['kind'], { event, index }: Pending): TraceRecord['event'] {
    if (kind === 'start') return { type: 'start' };
    if (event >= 0) return eventTable.of(event);
    const action = this.#definition.scenario.steps[index]?.action;
    return { type: action && 'cut' in action ? 'link.cut' : 'link.repair' };
  }

  #sent({ serial, party, event, link, windowMs }: Pending): SentMessage {
    const { name } = this.#definition.links[link] as { name: LinkName };
    return { serial, to: partyNames[party] as PartyName, event: eventTable.of(event), link: name, windowMs };
  }
}

/** The digest that two equal runs share. */
export const digestOf = (records: readonly TraceRecord[], verdicts: readonly Verdict[]): string =>
  bytesToHex(sha256(utf8ToBytes(canonical({ records, verdicts } as never))));
