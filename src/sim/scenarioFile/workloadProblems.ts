import { sumOf } from '../data/sum.ts';
import type { Contradiction } from './contradiction.ts';
import { csvLawsIn } from './csvLaws.ts';
import type { ScenarioDocument } from './document.ts';
import { workloadOf } from './resolvedWorkload.ts';

const ofWorkload = ['dial', 'hangUp'];

/** What a workload draws, and what stands beside it for nothing. */
function besideWorkload({ steps, until }: ScenarioDocument): Contradiction[] {
  return [
    ...steps.flatMap(({ do: what }, index): Contradiction[] => {
      if (!ofWorkload.includes(what)) return [];
      const expected = 'no such step: the workload says how often somebody calls';
      return [{ path: ['steps', index, 'do'], found: `${what} beside a workload`, expected }];
    }),
    ...(until === undefined
      ? []
      : [{ path: ['until'], found: `${until} beside a workload`, expected: 'no end: a day has 24 h' }]),
  ];
}

/** What is wrong with the workload of a scenario, or with having none. */
export function workloadProblems(document: ScenarioDocument): Contradiction[] {
  const { workload, steps, topology } = document;
  const unread = csvLawsIn(document).map(
    (path): Contradiction => ({
      path,
      found: 'a file of latencies',
      expected: 'quantiles: no other file is read here',
    }),
  );
  if (unread.length > 0) return unread;
  if (workload === undefined) {
    const expected = 'at least one step, or a `workload`';
    return steps.length > 0 ? [] : [{ path: ['steps'], found: 'no steps', expected }];
  }
  const several =
    topology?.phones === undefined
      ? []
      : [{ path: ['topology'], found: 'several phones with a workload', expected: 'one phone' }];
  const callsADay = sumOf(workloadOf(workload).calls.perHour);
  const path = typeof workload === 'string' ? ['workload'] : ['workload', 'calls'];
  const silent =
    callsADay > 0 ? [] : [{ path, found: 'a workload that never calls', expected: '`calls` with `perDay` above 0' }];
  return [...several, ...silent, ...besideWorkload(document)];
}
