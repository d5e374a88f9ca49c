import { visible } from '../input/visible.ts';
import type { SentMessage, TraceBody, TraceRecord } from '../trace/trace.ts';
import { lanesOf, standingAtStart } from './lanes.ts';
import { overLink } from './overLink.ts';
import type { MessageRow, NoteRow, Row } from './rows.ts';

/** An event of a system: its type, and its other fields as far as they are plain. */
export function systemLabel(event: { readonly type: string }): string {
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(event.type) ?? [];
  if (delay !== undefined) return `timer ${/^\d+$/.test(delay) ? `of ${delay} ms` : delay}`;
  const fields = Object.entries(event).filter(([key]) => key !== 'type');
  const text = fields.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return visible([event.type, ...text].join(' '));
}

const still = { before: standingAtStart, after: standingAtStart };

function arrivedRow(record: TraceRecord, scenario: object): MessageRow<string> {
  const { step, atMs, sentAtMs, serial, event, link, fate, ignored, sourceRef, targetRef } = record;
  const over = overLink(scenario, sourceRef, targetRef, link);
  const remarks = [
    ...(over === null ? [] : [over]),
    ...(fate === 'lose' ? ['lost'] : []),
    ...(fate === 'duplicate' ? ['duplicated'] : []),
  ];
  return {
    ...still,
    kind: 'message',
    step,
    atMs,
    sentAtMs,
    serial,
    from: sourceRef,
    to: targetRef,
    label: systemLabel(event),
    remarks: ignored && fate !== 'lose' ? [...remarks, 'ignored'] : remarks,
    isRetransmission: false,
    style: 'sip',
    arrival: fate === 'lose' ? 'lost' : ignored ? 'unheard' : 'heard',
  };
}

function underWayRow(
  { serial, to, event, link }: SentMessage,
  sender: TraceRecord,
  { endMs, scenario }: TraceBody,
): MessageRow<string> {
  const over = overLink(scenario, sender.targetRef, to, link);
  return {
    ...still,
    kind: 'message',
    step: null,
    atMs: endMs,
    sentAtMs: sender.atMs,
    serial,
    from: sender.targetRef,
    to,
    label: systemLabel(event),
    remarks: [...(over === null ? [] : [over]), 'still under way'],
    isRetransmission: false,
    style: 'sip',
    arrival: 'underWay',
  };
}

function notes({ step, atMs, kind, event, targetRef, observations }: TraceRecord, first: string): NoteRow<string>[] {
  const own: Omit<NoteRow<string>, 'by' | 'label'> = { ...still, kind: 'note', step, atMs, party: targetRef };
  const shown = observations.map((one): NoteRow<string> => ({ ...own, label: systemLabel(one), by: 'shown' }));
  if (kind === 'timer') return [{ ...own, label: systemLabel(event), by: 'timer' }, ...shown];
  if (kind !== 'step') return shown;
  const isOfLink = event.type === 'link.cut' || event.type === 'link.repair';
  const label = isOfLink ? `${event.type === 'link.cut' ? 'cuts' : 'repairs'} ${targetRef}` : systemLabel(event);
  return [{ ...own, party: isOfLink ? first : targetRef, label, by: 'environment' }, ...shown];
}

/** The rows of a run of a system: every message, step, timer and what the machines show. */
export function systemRows(trace: TraceBody): Row<string>[] {
  const { records, verdicts, endMs } = trace;
  const [first = ''] = lanesOf(trace.scenario);
  const over = new Set(records.flatMap(({ serial, lostSerials }) => [serial, ...lostSerials]));
  const wrongAt = (isDue: (step: number | null) => boolean): Row<string>[] =>
    verdicts.flatMap(({ property, violation, step, atMs }) =>
      violation !== null && isDue(step)
        ? [{ ...still, kind: 'violation' as const, atMs: atMs ?? endMs, step: null, property, what: violation.what }]
        : [],
    );
  return [
    ...records.flatMap((record): Row<string>[] => [
      ...(record.kind === 'message' ? [arrivedRow(record, trace.scenario)] : []),
      ...notes(record, first),
      ...wrongAt((step) => step === record.step),
    ]),
    ...wrongAt((step) => step === null || step >= records.length),
    ...records.flatMap((sender) =>
      sender.sent.filter(({ serial }) => !over.has(serial)).map((message) => underWayRow(message, sender, trace)),
    ),
    { ...still, kind: 'end', atMs: endMs, step: null },
  ];
}

/** The verdict of a run of a system in sentences. */
export function systemSentences({ verdicts }: TraceBody): string[] {
  const violated = verdicts.flatMap(({ property, violation, atMs }) =>
    violation === null
      ? []
      : [`${property} is violated: ${violation.what}${atMs === null ? '' : ` (at ${atMs / 1000} s)`}.`],
  );
  if (violated.length > 0) return violated;
  const idle = verdicts.filter(({ witnessed }) => !witnessed);
  if (idle.length === 0) return ['Every property holds.'];
  if (idle.length === verdicts.length) return ['No property had anything to judge.'];
  return [`Every property holds; ${idle.map(({ property }) => property).join(', ')} had nothing to judge.`];
}
