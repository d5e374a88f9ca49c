import { formatDuration } from '../../../sim/data/duration.ts';
import type { Window } from '../../../sim/data/window.ts';
import { laneTitles } from '../../../sim/report/lanes.ts';
import { messageLabel, type TracedEvent } from '../../../sim/report/messageLabel.ts';
import { timerLabel } from '../../../sim/report/timerLabel.ts';
import type { Fault } from '../../../sim/scenario/scenario.ts';
import type { TraceRecord } from '../../../sim/trace/trace.ts';

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
export const eventLabel = (kind: TraceRecord['kind'], event: TracedEvent): string =>
  kind === 'timer' ? timerLabel(event) : messageLabel(event);

export const windowText = ([low, high]: Window): string =>
  low === high ? formatDuration(low) : `${formatDuration(low)} to ${formatDuration(high)}`;
