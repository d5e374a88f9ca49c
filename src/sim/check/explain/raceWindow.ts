import type { NarrowedDelay, Race, RaceWindow } from '../../trace/raceWindow.ts';
import type { Differences } from '../engine/differences.ts';
import type { Instance, Timeline } from '../engine/timeline.ts';
import type { Violation } from './violation.ts';

/** The race window of a violation, from all dates on which its steps can happen. `serials` names the steps. */
export function raceWindowOf(
  violation: Violation,
  dates: Differences,
  serials: readonly (number | null)[],
): RaceWindow {
  return {
    property: violation.property,
    delays: violation.timeline.instances.flatMap((one) => narrowed(dates, one, serials[one.ended] ?? null)),
    races: racesOf(dates, violation, serials),
  };
}

function narrowed(
  dates: Differences,
  { windowMs, created, ended, how, tiedTo }: Instance,
  serial: number | null,
): NarrowedDelay[] {
  if (how !== 'fired' || serial === null || tiedTo !== null || windowMs[0] === windowMs[1]) return [];
  const violatingMs = [dates.least(ended, created), dates.most(ended, created)] as const;
  const isNarrower = violatingMs[0] > windowMs[0] || violatingMs[1] < windowMs[1];
  return isNarrower ? [{ serial, allowedMs: windowMs, violatingMs }] : [];
}

/** Events that can be further apart than this are not reported as a race. */
const longestRaceMs = 5_000;

/** Consecutive events at one party of which the second was pending before the first happened. */
function racesOf(
  dates: Differences,
  { timeline: { path, fired }, parties }: Violation,
  serials: readonly (number | null)[],
): Race[] {
  const causes = causesOf(fired);
  const races: Race[] = [];
  for (let second = 1; second <= path.length; second++) {
    const first = parties.lastIndexOf(parties[second] ?? null, second - 1);
    const [one, other] = [serials[first] ?? null, serials[second] ?? null];
    if (first < 1 || one === null || other === null || causes[second]?.has(first)) continue;
    const gapMs = [dates.least(second, first), dates.most(second, first)] as const;
    if (gapMs[0] === 0 && gapMs[1] > 0 && gapMs[1] <= longestRaceMs) races.push({ first: one, second: other, gapMs });
  }
  return races;
}

/** Per step, the steps that caused it. */
function causesOf(fired: Timeline['fired']): ReadonlySet<number>[] {
  const causes: Set<number>[] = [];
  fired.forEach((instance, step) => {
    const created = instance?.created ?? 0;
    causes[step] = new Set([created, ...(causes[created] ?? [])]);
  });
  return causes;
}
