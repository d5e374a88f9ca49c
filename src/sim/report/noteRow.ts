import type { PartyName } from '../../machines/messages.ts';
import { partyOf, phoneOf } from '../../machines/phones.ts';
import { kindOfLink, linkEnds, phoneOfLink, type WorldLinkName } from '../scenario/scenario.ts';
import type { TraceRecord } from '../trace/trace.ts';
import { linkTitle, messageLabel } from './messageLabel.ts';
import type { RunFacts } from './messageRow.ts';
import type { NoteRow } from './rows.ts';
import { callOfTimer, timerLabel } from './timerLabel.ts';

type NoteFacts = Omit<NoteRow, 'before' | 'after' | 'kind'>;

function timerNote({ event }: TraceRecord, { namesCalls }: RunFacts): string {
  const call = callOfTimer(event);
  return `${timerLabel(event)}${namesCalls && call !== null ? `, call ${call}` : ''}`;
}

/** The party that a record is about, where it is not a link. */
const partyIn = (target: TraceRecord['targetRef']): PartyName | undefined =>
  phoneOf(target) !== null || target === 'caller' || target === 'sipServer' ? (target as PartyName) : undefined;

/** The note of a timer or of a step of the environment. A step that concerns a link stands at the link's first end. */
export function noteOf(record: TraceRecord, facts: RunFacts): NoteFacts {
  const { step, atMs, kind, event, targetRef } = record;
  if (kind === 'timer') {
    const party = partyIn(targetRef) ?? 'sipServer';
    return { step, atMs, party, label: timerNote(record, facts), by: 'timer' };
  }
  const party = partyIn(targetRef);
  if (party !== undefined) return { step, atMs, party, label: messageLabel(event), by: 'environment' };
  const link = targetRef as WorldLinkName;
  return {
    step,
    atMs,
    party: partyOf(linkEnds[kindOfLink(link)][0], phoneOfLink(link)),
    label: `${messageLabel(event)}: ${linkTitle(link)}`,
    by: 'environment',
  };
}

/** What is seen of phones other than the app's own ringing. */
function otherPhoneNote(one: TraceRecord['observations'][number]): Pick<NoteFacts, 'party' | 'label'>[] {
  if (one.type === 'call.takenElsewhere')
    return [{ party: 'caller', label: `user answers call ${one.call} on the other device` }];
  const party = partyOf('app', one.phone ?? 1);
  if (one.type === 'call.missed') return [{ party, label: `phone shows call ${one.call} as missed` }];
  if (one.type === 'outgoing.alerting') return [{ party: 'caller', label: 'the called phone rings' }];
  if (one.type === 'outgoing.failed') return [{ party, label: `the call fails (${one.code})` }];
  return one.type === 'push.unreported' ? [{ party, label: 'iOS terminates the app: no call reported' }] : [];
}

/** What the user of the phone hears and does in a record: the phone begins to ring, is answered, or falls silent. */
export function phoneNotes({ step, atMs, event, observations }: TraceRecord): NoteFacts[] {
  const isReaction = event.type.startsWith('xstate.after.userReaction.');
  const isAnswered = observations.some(({ type }) => type === 'ringing.answered');
  const labelsOf = (one: TraceRecord['observations'][number]) => {
    if (one.type === 'ringing.started') return [`phone rings for call ${one.call}`];
    if (one.type === 'ringing.answered') return [`user answers call ${one.call}`];
    if (one.type !== 'ringing.stopped' || isAnswered) return [];
    return [isReaction ? `user declines call ${one.call}` : `phone stops ringing for call ${one.call}`];
  };
  const own = observations.flatMap((one) =>
    labelsOf(one).map(
      (label): NoteFacts => ({ step, atMs, party: partyOf('app', one.phone ?? 1), label, by: 'phone' }),
    ),
  );
  return [
    ...own,
    ...observations.flatMap(otherPhoneNote).map((note): NoteFacts => ({ step, atMs, ...note, by: 'phone' })),
  ];
}
