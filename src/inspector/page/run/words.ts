import { type PartyName, partyNames } from '../../../machines/messages.ts';
import { formatDuration } from '../../../sim/data/duration.ts';
import type { Window } from '../../../sim/data/window.ts';
import { laneTitles } from '../../../sim/report/lanes.ts';
import { linkTitle, messageLabel, type TracedEvent } from '../../../sim/report/messageLabel.ts';
import { timerLabel } from '../../../sim/report/timerLabel.ts';
import type { Fault, LinkName } from '../../../sim/scenario/scenario.ts';
import type { TraceRecord } from '../../../sim/trace/trace.ts';
import type { PendingView } from '../../model/options.ts';

const verbs = { lose: 'lose', delay: 'delay', duplicate: 'double' } as const;

/** What a fault does: `lose`, `delay to 60s`. */
export const faultVerb = ({ do: verb, latencyMs }: Fault): string =>
  `${verbs[verb]}${latencyMs ? ` to ${windowText(latencyMs)}` : ''}`;

/** A fault as a person would say it: `lose INVITE, Caller → SIP server`. */
export function faultText(fault: Fault): string {
  const { message, occurrence, from, to } = fault;
  const [verb, ...rest] = faultVerb(fault).split(' ');
  const ends = [from, to].map((party) => (party === undefined ? 'anybody' : laneTitles[party])).join(' → ');
  const which = `${message}${occurrence > 1 ? ` no. ${occurrence}` : ''}, ${ends}`;
  return [verb, which, ...rest].join(' ');
}

/** What a message or a timer is called. */
const eventLabel = (kind: TraceRecord['kind'], event: TracedEvent): string =>
  kind === 'timer' ? timerLabel(event) : messageLabel(event);

export const windowText = ([low, high]: Window): string =>
  low === high ? formatDuration(low) : `${formatDuration(low)} to ${formatDuration(high)}`;

export const isParty = (name: string): name is PartyName => (partyNames as readonly string[]).includes(name);

const titleOf = (name: string): string => (isParty(name) ? laneTitles[name] : linkTitle(name as LinkName));

/** What happens in a step: `SIP server → Caller: 480 Unavailable`. */
export function headline({ kind, event, sourceRef, targetRef }: TraceRecord): string {
  if (kind === 'start') return `${titleOf(targetRef)} starts`;
  const who = kind === 'message' ? `${titleOf(sourceRef)} → ${titleOf(targetRef)}` : titleOf(targetRef);
  return `${who}: ${eventLabel(kind, event)}`;
}

/** The same of something that could happen. */
export function pendingText({ kind, event, from, to }: PendingView): string {
  const label = event === null ? 'link changes' : eventLabel(kind, event);
  if (kind === 'message' && from !== null && to !== null) return `${laneTitles[from]} → ${laneTitles[to]}: ${label}`;
  return to === null ? label : `${laneTitles[to]}: ${label}`;
}
