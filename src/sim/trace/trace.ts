import type { MachineEvent } from '../../machines/events.ts';
import type { PartyName } from '../../machines/messages.ts';
import type { Window } from '../data/window.ts';
import type { Scenario, WorldLinkName } from '../scenario/scenario.ts';
import type { Sighting } from '../scenario/sighting.ts';
import type { Undelivered } from '../sipWorld/transport.ts';
import type { Violation } from '../system/property.ts';
import type { Fate, Pending } from '../world/pending.ts';
import type { RaceWindow } from './raceWindow.ts';

/** What became of a property in one run. */
export interface Verdict {
  readonly property: string;
  readonly verdict: 'holds' | 'violated';
  readonly violation: Violation | null;
  /** When it was violated. */
  readonly atMs: number | null;
  /** The step of the trace at which it was violated. */
  readonly step: number | null;
  /** False where the run never came near what the property speaks of. */
  readonly witnessed: boolean;
}

/** Counts up whenever a trace of an older model could no longer be replayed. */
export const traceVersion = 4;

/** A message that a step sent, and what becomes of it. */
export interface SentMessage {
  readonly serial: number;
  readonly to: PartyName;
  readonly event: MachineEvent;
  readonly link: WorldLinkName;
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
  readonly targetRef: PartyName | WorldLinkName;
  readonly link: WorldLinkName | null;
  /** When a message was sent; else the date itself. */
  readonly sentAtMs: number;
  readonly event: MachineEvent | { readonly type: 'start' | 'link.cut' | 'link.repair' };
  /** Null where nothing reached the party. */
  readonly snapshot: { readonly value: unknown; readonly context: unknown } | null;
  readonly ignored: boolean;
  /** Why a message did not get to the party although no fault befell it; absent where it did. */
  readonly undelivered?: Undelivered;
  readonly sent: readonly SentMessage[];
  readonly observations: readonly Sighting[];
  /** Messages under way that this step made unreachable. */
  readonly lostSerials: readonly number[];
}

/**
 * A run, complete: what it was given, what happened and what was found. The types are those of a hand-over; the trace of
 * another system has the same shape, with its own parties, links, events and settings.
 */
export interface Trace extends TraceBody {
  /** SHA-256 over the records and verdicts. */
  readonly digest: string;
}

/** A trace without its digest, which takes longer than the run. */
export interface TraceBody {
  readonly format: 'ringproof-trace';
  readonly version: number;
  readonly scenario: Scenario;
  readonly seed: number | null;
  readonly endMs: number;
  readonly records: readonly TraceRecord[];
  readonly verdicts: readonly Verdict[];
  /** Where the checker found the run: for which delays it goes wrong. The digest does not depend on it. */
  readonly raceWindow?: RaceWindow;
}
