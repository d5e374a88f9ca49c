import { formatDuration } from '../../../sim/data/duration.ts';
import type { Window } from '../../../sim/data/window.ts';
import { messageLabel, type TracedEvent } from '../../../sim/report/messageLabel.ts';
import { timerLabel } from '../../../sim/report/timerLabel.ts';
import type { TraceRecord } from '../../../sim/trace/trace.ts';

/** What a message or a timer is called. */
export const eventLabel = (kind: TraceRecord['kind'], event: TracedEvent): string =>
  kind === 'timer' ? timerLabel(event) : messageLabel(event);

export const windowText = ([low, high]: Window): string =>
  low === high ? formatDuration(low) : `${formatDuration(low)} to ${formatDuration(high)}`;
