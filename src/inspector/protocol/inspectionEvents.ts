import type { AnyStateMachine } from 'xstate';
import { titledLanes } from '../../sim/report/lanes.ts';
import { machinesOf } from '../../sim/sipWorld/definition.ts';
import type { Trace, TraceRecord } from '../../sim/trace/trace.ts';
import type { Common, InspectionEvent } from './inspectionEvent.ts';

/** The version of the package whose events these are. */
const protocolVersion = '0.7.2';

/** Functions cannot be sent; their names can, as the stock client does it. */
const withoutFunctions = (_key: string, value: unknown): unknown =>
  typeof value === 'function' ? { type: value.name } : value;

const common = (sessionId: string, atMs: number, id: string): Common => ({
  _version: protocolVersion,
  id,
  createdAt: String(atMs),
  rootId: sessionId,
  sessionId,
});

/**
 * A run as its inspection: every actor with its definition and its true first snapshot, then every event and the
 * snapshot that it led to, in virtual time. Complete, and the same for the same run: session ids are party names.
 * `machines`: those of the parties, where they are not ours.
 */
export function inspectionEvents(
  trace: Trace,
  machines: Readonly<Record<string, AnyStateMachine>> = machinesOf(trace.scenario),
): InspectionEvent[] {
  const parties = Object.keys(machines);
  const titles = new Map<string, string>(titledLanes(trace.scenario));
  const starts = trace.records.filter(({ kind }) => kind === 'start');
  const actors = Object.entries(machines).map(([party, machine]): InspectionEvent => {
    const snapshot = starts.find(({ targetRef }) => targetRef === party)?.snapshot;
    return {
      type: '@xstate.actor',
      ...common(party, 0, `actor ${party}`),
      name: titles.get(party) ?? party,
      definition: JSON.stringify(machine.config, withoutFunctions),
      snapshot: { status: 'active', ...snapshot },
    };
  });
  const happened = trace.records.filter(({ kind, targetRef }) => kind !== 'start' && parties.includes(targetRef));
  return [...actors, ...happened.flatMap(eventsOf)];
}

/** What was lost on its way reached nobody: it is no event of the protocol. */
function eventsOf({ step, atMs, sourceRef, targetRef, event, snapshot }: TraceRecord): InspectionEvent[] {
  if (snapshot === null) return [];
  return [
    { type: '@xstate.event', ...common(targetRef, atMs, `event ${step}`), sourceId: sourceRef, event },
    {
      type: '@xstate.snapshot',
      ...common(targetRef, atMs, `snapshot ${step}`),
      event,
      snapshot: { status: 'active', ...snapshot },
    },
  ];
}
