import { formatDuration } from '../../sim/data/duration.ts';
import type { ChartLine } from './chart.ts';

/** The delay of a timer: by its name, or how long it is. */
const delayText = (delay: string): string => (/^\d+$/.test(delay) ? formatDuration(Number(delay)) : delay);

const after = 'xstate.after.';

/** What an event that XState makes itself stands for. */
function eventText(event: string, stateId: string): string {
  // The event of a timer ends with the id of its state; both names may have dots.
  if (event.startsWith(after)) return `◷ ${delayText(event.slice(after.length, -stateId.length - 1))}`;
  const [, what, of, whose] = /^xstate\.(done|error)\.(state|actor)\.(.*)$/.exec(event) ?? [];
  // An actor that was given no id has a number and its state for one.
  const isNamed = of === 'actor' && !/^\d+\./.test(whose ?? '');
  return what === undefined ? event : isNamed ? `${what} ${whose}` : what;
}

/** What guards say of themselves is drawn only where it tells something: every call has its own region. */
export function lineOf(event: string, guard: unknown, stateId: string): ChartLine {
  const name = typeof guard === 'string' ? guard : ((guard as { type?: string } | undefined)?.type ?? '');
  const condition = /^(|isThisCall|xstate\..*|and|or|not)$/.test(name) ? '' : ` [${name}]`;
  return { event, text: `${event === '' ? 'always' : eventText(event, stateId)}${condition}` };
}
