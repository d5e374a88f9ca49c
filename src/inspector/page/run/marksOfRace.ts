import type { PartyName } from '../../../machines/messages.ts';
import { formatDuration } from '../../../sim/data/duration.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import type { RaceWindow } from '../../../sim/trace/raceWindow.ts';
import type { TraceBody, TraceRecord } from '../../../sim/trace/trace.ts';
import { shownLanes } from '../parties.ts';
import { headline } from './words.ts';

/** When a run goes wrong, beside the lane of the party where that is decided. */
export interface Mark {
  readonly lane: PartyName;
  readonly fromMs: number;
  readonly toMs: number;
  /** In a sentence: `can be lost if call 1 is dialled between 10.040 and 10.290 s`. */
  readonly said: string;
  /** In lines that fit between two lanes. */
  readonly lines: readonly string[];
}

const laneOf = ({ targetRef }: TraceRecord): PartyName =>
  shownLanes.value.find((lane) => lane === targetRef) ?? 'sipServer';

/** When an event was created: a message when it was sent, anything else by the delay that it had. */
function createdMs(record: TraceRecord, allowedMs: readonly [number, number], violatingMs: readonly [number, number]) {
  if (record.kind === 'message') return record.sentAtMs;
  // A step that counts from the start of the run has its date as its delay.
  return record.atMs >= allowedMs[0] && record.atMs <= allowedMs[1] && violatingMs[1] >= record.atMs ? 0 : null;
}

/** An event as the subject of a sentence. */
const happening = (record: TraceRecord): string =>
  record.event.type === 'call.dial' ? `call ${record.event.call} is dialled` : `“${headline(record)}”`;

/** For each delay the dates at which the run goes wrong, for each race the time that it takes to lose it. */
export function marksOf({ property, delays, races }: RaceWindow, { records }: TraceBody): Mark[] {
  // The other delays have a say in it as well: at each of these dates some of them lose.
  const verb = property === 'noInviteLost' ? 'can be lost' : 'can fail';
  const bySerial = new Map(records.filter(({ kind }) => kind !== 'start').map((one) => [one.serial, one]));
  const narrowed = delays.flatMap(({ serial, allowedMs, violatingMs }): Mark[] => {
    const record = bySerial.get(serial);
    const since = record ? createdMs(record, [...allowedMs], [...violatingMs]) : null;
    if (record === undefined || since === null) return [];
    const [fromMs, toMs] = [since + violatingMs[0], since + violatingMs[1]];
    return [
      {
        lane: laneOf(record),
        fromMs,
        toMs,
        said: `${verb} if ${happening(record)} between ${secondsText(fromMs)} and ${secondsText(toMs)} s`,
        lines: [`${verb} `, `${secondsText(fromMs)} to ${secondsText(toMs)}`],
      },
    ];
  });
  const lost = races.flatMap(({ first, second, gapMs }): Mark[] => {
    const [one, other] = [bySerial.get(first), bySerial.get(second)];
    if (one === undefined || other === undefined) return [];
    const gap = formatDuration(gapMs[1]);
    return [
      {
        lane: laneOf(other),
        fromMs: one.atMs,
        toMs: other.atMs,
        said: `${verb} if at most ${gap} lie between ${happening(one)} and ${happening(other)}`,
        lines: [`race ≤ ${gap}`],
      },
    ];
  });
  return [...narrowed, ...lost];
}
