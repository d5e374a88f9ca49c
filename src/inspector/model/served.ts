import { Interned } from '../../sim/data/interned.ts';
import type { TraceBody, TraceRecord } from '../../sim/trace/trace.ts';
import type { Answers, Outcome } from './requests.ts';

/**
 * What the server answers of the run that its page was started with. It has the machines loaded and has made that run by the
 * time that somebody looks; the page's worker would make the same one, with the same code. Whatever is changed is the worker's.
 */
export const servedNames = ['run', 'window', 'delays', 'regions', 'modes', 'digest', 'options'] as const;
export type ServedName = (typeof servedNames)[number];

/** Where an answer is, below the token of the server: the step is that of `options`. */
export const servedPath = (name: ServedName, step?: number): string =>
  `opened/${name}${step === undefined ? '' : `/${step}`}.json`;

/** What is asked at such an address; null where it is none. */
export function servedAt(path: string): { readonly name: ServedName; readonly step: number } | null {
  const [, said, step = '0'] = /^opened\/([a-z]+)(?:\/(\d{1,7}))?\.json$/.exec(path) ?? [];
  const name = servedNames.find((one) => one === said);
  return name === undefined ? null : { name, step: Number(step) };
}

type Packed = Omit<TraceRecord, 'event' | 'snapshot'> & { readonly event: number; readonly snapshot: number | null };

/** A run as JSON: a long one comes back to few events and few snapshots, each of which is there once. */
interface PackedRun extends Omit<Outcome, 'trace'> {
  readonly trace: Omit<TraceBody, 'records'>;
  readonly records: readonly Packed[];
  readonly events: readonly TraceRecord['event'][];
  readonly snapshots: readonly TraceRecord['snapshot'][];
}

function packedRun({ trace: { records, ...trace }, ...outcome }: Outcome): PackedRun {
  const events = new Interned<TraceRecord['event']>(JSON.stringify);
  const snapshots = new Interned<TraceRecord['snapshot']>(JSON.stringify);
  const packed = records.map(({ event, snapshot, ...record }) => ({
    ...record,
    event: events.idOf(event),
    snapshot: snapshot === null ? null : snapshots.idOf(snapshot),
  }));
  return { ...outcome, trace, records: packed, events: events.values, snapshots: snapshots.values };
}

function unpackedRun({ records, events, snapshots, trace, ...outcome }: PackedRun): Outcome {
  const whole = records.map(({ event, snapshot, ...record }) => ({
    ...record,
    event: events[event],
    snapshot: snapshot === null ? null : snapshots[snapshot],
  }));
  return { ...outcome, trace: { ...trace, records: whole as unknown as TraceRecord[] } };
}

/** An answer as it is sent. */
export const servedText = (name: ServedName, answer: unknown): string =>
  JSON.stringify(name === 'run' ? packedRun(answer as Outcome) : answer);

/** The answer that was sent. */
export const servedAnswer = <Name extends ServedName>(name: Name, sent: unknown) =>
  (name === 'run' ? unpackedRun(sent as PackedRun) : sent) as Awaited<ReturnType<Answers[Name]>>;
