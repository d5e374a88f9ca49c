import type { CheckedCell, CheckJob } from '../jobs/cell.ts';
import { type Expected, expectedOf } from '../scenarioFile/expected.ts';

/** How a verdict stands to what is expected: whatever a file says nothing of is expected to hold. */
export type Outcome = 'asExpected' | 'unexpected' | 'undecided';

/** A verdict beside what its file expects. */
export interface JudgedCell extends CheckedCell {
  /** Null where the file says nothing, or speaks of other runs than those that were checked. */
  readonly expected: Expected | null;
  readonly outcome: Outcome;
}

type Expecting = Pick<CheckJob, 'document' | 'mode' | 'server' | 'own'>;

/**
 * The verdicts of a job beside what its file expects; `isSaid` where the file speaks of just these runs. A property of the user's
 * that had nothing to judge is undecided; of ours many speak of what a scenario does not do.
 */
export function judgedCells(job: Expecting, cells: readonly CheckedCell[], isSaid: boolean): JudgedCell[] {
  return cells.map(({ scenario, mode, profile, property, verdict, ...rest }) => {
    const expected = isSaid ? expectedOf(job, property) : null;
    const isIdle = !rest.witnessed && job.own?.includes(property) === true;
    const outcome = isIdle ? 'undecided' : outcomeOf(verdict, expected ?? 'holds');
    return { scenario, mode, profile, property, verdict, expected, outcome, ...rest };
  });
}

function outcomeOf(verdict: CheckedCell['verdict'], expected: Expected): Outcome {
  if (verdict === 'inconclusive') return 'undecided';
  return verdict === expected ? 'asExpected' : 'unexpected';
}

/** The expectations that are wrong: what is violated although no file says anything of it is none. */
export const wrongExpectations = (cells: readonly JudgedCell[]): JudgedCell[] =>
  cells.filter(({ expected, outcome }) => expected !== null && outcome === 'unexpected');
