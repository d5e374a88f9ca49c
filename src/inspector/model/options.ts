import type { PartyName } from '../../machines/messages.ts';
import type { Window } from '../../sim/data/window.ts';
import type { LinkName } from '../../sim/scenario/scenario.ts';
import { sipEvent } from '../../sim/sipWorld/events.ts';
import type { TraceRecord } from '../../sim/trace/trace.ts';
import type { Experiment, Freedom } from './experiment.ts';
import { situationAfter, type WorldOf } from './running.ts';

/** Something that can happen next, in words that outlive the worker. */
export interface PendingView {
  readonly serial: number;
  readonly kind: TraceRecord['kind'];
  readonly from: PartyName | null;
  readonly to: PartyName | null;
  readonly link: LinkName | null;
  readonly event: TraceRecord['event'] | null;
  readonly windowMs: Window;
  /** Null where it does not happen in this run. */
  readonly dueMs: number | null;
  readonly fate: TraceRecord['fate'];
}

/** What can happen after a step. */
export interface Options {
  readonly pending: readonly PendingView[];
  /** The order with which one of them comes first. */
  readonly nextOrder: number;
  /** Between which dates the step itself could have happened. */
  readonly freedom: Freedom | null;
}

/** What can happen after a step of an experiment's run, the next one first. */
export function optionsAfter(experiment: Experiment, step: number, worldOf?: WorldOf): Options {
  const { definition, pending, nextOrder, freedom } = situationAfter(experiment, step, worldOf);
  const nameOf = (party: number) => (definition.parties[party]?.party ?? null) as PartyName | null;
  const inOrder = pending.toSorted((one, other) => one.dueMs - other.dueMs || one.serial - other.serial);
  const views = inOrder.map(
    ({ serial, kind, from, party, link, event, windowMs, dueMs, fate }): PendingView => ({
      serial,
      kind,
      from: nameOf(from),
      to: nameOf(party),
      link: (definition.links[link]?.name ?? null) as LinkName | null,
      event: event < 0 ? null : sipEvent(event),
      windowMs,
      dueMs: Number.isFinite(dueMs) ? dueMs : null,
      fate,
    }),
  );
  return { pending: views, nextOrder, freedom };
}
