import type { Alteration } from './alteration.ts';
import type { ChangeLog, Experiment } from './experiment.ts';

/** Whether a change takes the place of another one: both set the same, and neither looks at the run. */
function replaces(one: Alteration, other: Alteration): boolean {
  if (one.do === 'latency') return other.do === 'latency' && one.link === other.link;
  if (one.do === 'timer') return other.do === 'timer' && one.party === other.party && one.timer === other.timer;
  return one.do === other.do && (one.do === 'mode' || one.do === 'server' || one.do === 'seed');
}

/** The changes of an experiment with one more. */
export function logWith({ log, ...own }: Experiment, what: Alteration): ChangeLog {
  const { base, changes } = log ?? { base: own, changes: [] };
  const last = changes.at(-1);
  const isReplaced = last !== undefined && !last.isOff && replaces(what, last.what);
  return { base, changes: [...(isReplaced ? changes.slice(0, -1) : changes), { what }] };
}
