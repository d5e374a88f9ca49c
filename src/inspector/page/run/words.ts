import type { PartyName } from '../../../machines/messages.ts';
import { formatDuration } from '../../../sim/data/duration.ts';
import type { Window } from '../../../sim/data/window.ts';
import { linkTitle, messageLabel, type TracedEvent } from '../../../sim/report/messageLabel.ts';
import { overLink } from '../../../sim/report/overLink.ts';
import { systemLabel } from '../../../sim/report/systemRows.ts';
import { timerLabel } from '../../../sim/report/timerLabel.ts';
import type { Fault, WorldLinkName } from '../../../sim/scenario/scenario.ts';
import type { TraceRecord } from '../../../sim/trace/trace.ts';
import type { PendingView } from '../../model/options.ts';
import { isSystem, settings, shownLanes, titleOf } from '../parties.ts';

const verbs = { lose: 'lose', delay: 'delay', duplicate: 'double' } as const;

/** What a fault does: `lose`, `delay to 60s`. */
export const faultVerb = ({ do: verb, latencyMs }: Fault): string =>
  `${verbs[verb]}${latencyMs ? ` to ${windowText(latencyMs)}` : ''}`;

/** A fault as a person would say it: `lose INVITE, Caller → SIP server`. */
export function faultText(fault: Fault): string {
  const { message, occurrence, from, to, link } = fault;
  const [verb, ...rest] = faultVerb(fault).split(' ');
  const ends = [from, to].map((party) => (party === undefined ? 'anybody' : titleOf(party))).join(' → ');
  const over = link === undefined ? '' : ` over ${link}`;
  const which = `${message}${occurrence > 1 ? ` no. ${occurrence}` : ''}, ${ends}${over}`;
  return [verb, which, ...rest].join(' ');
}

/** What a message or a timer is called. */
export const eventLabel = (kind: TraceRecord['kind'], event: TracedEvent): string =>
  isSystem.value ? systemLabel(event) : kind === 'timer' ? timerLabel(event) : messageLabel(event);

/** What a link is called. */
export const linkText = (link: WorldLinkName): string => (isSystem.value ? link : linkTitle(link));

export const windowText = ([low, high]: Window): string =>
  low === high ? formatDuration(low) : `${formatDuration(low)} to ${formatDuration(high)}`;

export const isParty = (name: string): name is PartyName => (shownLanes.value as readonly string[]).includes(name);

const placeTitle = (name: string): string => (isParty(name) ? titleOf(name) : linkText(name as WorldLinkName));

/** The link of a message where there are several between the two, to be put behind them. */
function overText(from: string, to: string, link: WorldLinkName | null): string {
  const over = overLink(settings.value, from, to, link);
  return over === null ? '' : ` ${over}`;
}

/** What happens in a step: `SIP server → Caller: 480 Unavailable`. */
export function headline({ kind, event, link, sourceRef, targetRef }: TraceRecord): string {
  if (kind === 'start') return `${placeTitle(targetRef)} starts`;
  const who =
    kind === 'message'
      ? `${placeTitle(sourceRef)} → ${placeTitle(targetRef)}${overText(sourceRef, targetRef, link)}`
      : placeTitle(targetRef);
  return `${who}: ${eventLabel(kind, event)}`;
}

/** The same of something that could happen. */
export function pendingText({ kind, event, link, from, to }: PendingView): string {
  const label = event === null ? 'link changes' : eventLabel(kind, event);
  if (kind === 'message' && from !== null && to !== null)
    return `${titleOf(from)} → ${titleOf(to)}${overText(from, to, link)}: ${label}`;
  return to === null ? label : `${titleOf(to)}: ${label}`;
}
