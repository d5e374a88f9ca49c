import type { PartyName } from '../../machines/messages.ts';
import { formatDuration } from '../data/duration.ts';
import type { Window } from '../data/window.ts';
import type { RaceWindow } from '../trace/raceWindow.ts';
import type { TraceBody, TraceRecord } from '../trace/trace.ts';
import { isOfSystem, laneTitle } from './lanes.ts';
import { messageLabel } from './messageLabel.ts';
import { overLink } from './overLink.ts';
import { systemLabel } from './systemRows.ts';
import { timerLabel } from './timerLabel.ts';
import { secondsText } from './wording.ts';

const durations = ([low, high]: Window) =>
  low === high ? formatDuration(low) : `${formatDuration(low)} to ${formatDuration(high)}`;

/** What happened, as its sender or its victim would call it. */
function named({ kind, event, link, sourceRef, targetRef }: TraceRecord, scenario: object): string {
  if (isOfSystem({ scenario })) {
    const label = systemLabel(event);
    const over = overLink(scenario, sourceRef, targetRef, link);
    return kind === 'message' ? `${label} (${sourceRef} to ${targetRef}${over === null ? '' : ` ${over}`})` : label;
  }
  if (kind === 'timer') return timerLabel(event);
  if (kind === 'step' || sourceRef === 'environment') return messageLabel(event);
  return `${messageLabel(event)} (${laneTitle(sourceRef as PartyName)} to ${laneTitle(targetRef as PartyName)})`;
}

/** A race window for people: one line per delay or date that matters, one per race. */
export function raceWindowLines({ delays, races }: RaceWindow, trace: TraceBody): string[] {
  const { records } = trace;
  const name = (record: TraceRecord) => named(record, trace.scenario);
  const bySerial = new Map(records.filter(({ kind }) => kind !== 'start').map((record) => [record.serial, record]));
  const lines = delays.flatMap(({ serial, allowedMs, violatingMs, whole }) => {
    const record = bySerial.get(serial);
    if (record === undefined) return [];
    const isDate = record.kind === 'step' && violatingMs[1] >= record.atMs;
    const text = isDate
      ? `at ${secondsText(violatingMs[0])} to ${secondsText(violatingMs[1])} s`
      : `after ${durations(violatingMs)}`;
    const inOrder = whole ? '' : ', in this order of events';
    return [`${name(record)}: ${text} (of ${durations(allowedMs)}${inOrder})`];
  });
  const racing = races.flatMap(({ first, second, gapMs }) => {
    const [one, other] = [bySerial.get(first), bySerial.get(second)];
    return one && other ? [`${name(other)} at most ${formatDuration(gapMs[1])} after ${name(one)}`] : [];
  });
  return [...lines, ...racing];
}
