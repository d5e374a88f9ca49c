import type { LinkName } from '../scenario/scenario.ts';
import { linkEnds } from '../scenario/scenario.ts';
import type { TraceRecord } from '../trace/trace.ts';
import { lanes } from './lanes.ts';
import { linkTitle, messageLabel } from './messageLabel.ts';
import type { RunFacts } from './messageRow.ts';
import type { NoteRow } from './rows.ts';
import { callOfTimer, timerLabel } from './timerLabel.ts';

type NoteFacts = Omit<NoteRow, 'before' | 'after' | 'kind'>;

function timerNote({ event }: TraceRecord, { namesCalls }: RunFacts): string {
  const call = callOfTimer(event);
  return `${timerLabel(event)}${namesCalls && call !== null ? `, call ${call}` : ''}`;
}

/** The note of a timer or of a step of the environment. A step that concerns a link stands at the link's first end. */
export function noteOf(record: TraceRecord, facts: RunFacts): NoteFacts {
  const { step, atMs, kind, event, targetRef } = record;
  if (kind === 'timer') {
    const party = lanes.find((lane) => lane === targetRef) ?? 'sipServer';
    return { step, atMs, party, label: timerNote(record, facts), by: 'timer' };
  }
  const party = lanes.find((lane) => lane === targetRef);
  if (party !== undefined) return { step, atMs, party, label: messageLabel(event), by: 'environment' };
  const link = targetRef as LinkName;
  return {
    step,
    atMs,
    party: linkEnds[link][0],
    label: `${messageLabel(event)}: ${linkTitle(link)}`,
    by: 'environment',
  };
}

/** What is seen of phones other than the app's own ringing. */
function otherPhoneNote(one: TraceRecord['observations'][number]): Pick<NoteFacts, 'party' | 'label'>[] {
  if (one.type === 'call.takenElsewhere')
    return [{ party: 'caller', label: `user answers call ${one.call} on the other device` }];
  if (one.type === 'call.missed') return [{ party: 'app', label: `phone shows call ${one.call} as missed` }];
  if (one.type === 'outgoing.alerting') return [{ party: 'caller', label: 'the called phone rings' }];
  if (one.type === 'outgoing.failed') return [{ party: 'app', label: `the call fails (${one.code})` }];
  return one.type === 'push.unreported' ? [{ party: 'app', label: 'iOS terminates the app: no call reported' }] : [];
}

/** What the user of the phone hears and does in a record: the phone begins to ring, is answered, or falls silent. */
export function phoneNotes({ step, atMs, event, observations }: TraceRecord): NoteFacts[] {
  const isReaction = event.type.startsWith('xstate.after.userReaction.');
  const isAnswered = observations.some(({ type }) => type === 'ringing.answered');
  const labels = observations.flatMap((one) => {
    if (one.type === 'ringing.started') return [`phone rings for call ${one.call}`];
    if (one.type === 'ringing.answered') return [`user answers call ${one.call}`];
    if (one.type !== 'ringing.stopped' || isAnswered) return [];
    return [isReaction ? `user declines call ${one.call}` : `phone stops ringing for call ${one.call}`];
  });
  const own = labels.map((label): NoteFacts => ({ step, atMs, party: 'app', label, by: 'phone' }));
  return [
    ...own,
    ...observations.flatMap(otherPhoneNote).map((note): NoteFacts => ({ step, atMs, ...note, by: 'phone' })),
  ];
}
