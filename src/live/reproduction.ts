import type { Trace, TraceRecord } from '../sim/trace/trace.ts';
import { type Crossing, crossingsIn } from './crossing.ts';
import { undecidedIn } from './tally.ts';

/** A message or step whose delay left the interval in which the violation happens. */
export interface OutsideWindow {
  readonly record: TraceRecord;
  readonly delayMs: number;
  readonly violatingMs: readonly [number, number];
}

/** Whether a real run came out like the counterexample whose delays it was given. */
export interface Reproduction {
  readonly property: string;
  readonly isReproduced: boolean;
  /** What fell outside its window; where nothing did, the server does otherwise than its profile. */
  readonly outside: readonly OutsideWindow[];
  /** Events of the counterexample whose order was another one. */
  readonly swapped: readonly { readonly first: TraceRecord; readonly second: TraceRecord }[];
  /** Messages that left in the same millisecond, so that the server may have seen them in the other order. */
  readonly crossed: readonly Crossing[];
  /** Whether every call that was made came to an end. */
  readonly isDecided: boolean;
}

/** How long an event took: a message since it was sent, a step since the start. Of others a trace does not say. */
function delayOf({ kind, atMs, sentAtMs }: TraceRecord): number | null {
  if (kind === 'message') return atMs - sentAtMs;
  return kind === 'step' ? atMs : null;
}

const isNumber = (value: number | null | undefined): value is number => typeof value === 'number';
const isWithin = (ms: number, [low, high]: readonly [number, number]): boolean => low <= ms && ms <= high;

/** Compares a real run with the counterexample. Events have the same serials in both as long as nothing differs. */
export function reproductionOf(counterexample: Trace, measured: Trace): Reproduction | null {
  const property = counterexample.verdicts.find(({ verdict }) => verdict === 'violated')?.property;
  if (property === undefined) return null;
  const isReproduced = measured.verdicts.some((one) => one.property === property && one.verdict === 'violated');
  const bySerial = new Map(measured.records.map((record) => [record.serial, record]));
  const outside = (counterexample.raceWindow?.delays ?? []).flatMap(({ serial, violatingMs }): OutsideWindow[] => {
    const record = bySerial.get(serial);
    const planned = counterexample.records.find((one) => one.serial === serial);
    const delayMs = record && delayOf(record);
    const plannedMs = planned && delayOf(planned);
    if (record === undefined || !isNumber(delayMs) || !isNumber(plannedMs)) return [];
    // A step that waits for another one is dated from that one.
    const isDatedHere = isWithin(plannedMs, violatingMs);
    return isDatedHere && !isWithin(delayMs, violatingMs) ? [{ record, delayMs, violatingMs }] : [];
  });
  const swapped = (counterexample.raceWindow?.races ?? []).flatMap(({ first, second }) => {
    const [one, other] = [bySerial.get(first), bySerial.get(second)];
    return one !== undefined && other !== undefined && one.step > other.step ? [{ first: one, second: other }] : [];
  });
  const isDecided = undecidedIn(measured).length === 0;
  return { property, isReproduced, outside, swapped, crossed: crossingsIn(measured), isDecided };
}
