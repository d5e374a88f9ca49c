import type { ModeName } from '../../machines/modeVariants.ts';
import type { CheckedCell, CheckJob, Judged } from '../jobs/cell.ts';
import { type Expected, expectedOf } from '../scenarioFile/expected.ts';

/** How a verdict stands to what is expected: whatever a file says nothing of is expected to hold. */
export type Outcome = 'asExpected' | 'unexpected' | 'undecided';

/** How a verdict stands to what its file expects. */
interface Beside {
  /** Null where the file says nothing, or speaks of other runs than those that were checked. */
  readonly expected: Expected | null;
  readonly outcome: Outcome;
}

/** A verdict beside what its file expects. */
export interface JudgedCell extends CheckedCell, Beside {}

/** The same of a hand-over in its cell, or of a system of the user's, which has no modes and no servers. */
export interface JudgedPlace extends Judged, Beside {
  readonly mode: ModeName | null;
  readonly profile: string | null;
}

/** Whether a property holds for want of anything to judge. */
export const isIdle = ({ verdict, witnessed }: Pick<Judged, 'verdict' | 'witnessed'>): boolean =>
  verdict === 'holds' && !witnessed;

type Expecting = Pick<CheckJob, 'document' | 'mode' | 'server' | 'own'>;

/**
 * The verdicts of a job beside what its file expects; `isSaid` where the file speaks of just these runs. A property of the user's
 * that had nothing to judge is undecided; of ours many speak of what a scenario does not do.
 */
export function judgedCells(job: Expecting, cells: readonly CheckedCell[], isSaid: boolean): JudgedCell[] {
  return cells.map(({ scenario, mode, profile, property, verdict, ...rest }) => {
    const expected = isSaid ? expectedOf(job, property) : null;
    const isOwnIdle = !rest.witnessed && job.own?.includes(property) === true;
    const outcome = isOwnIdle ? 'undecided' : outcomeOf(verdict, expected ?? 'holds');
    return { scenario, mode, profile, property, verdict, expected, outcome, ...rest };
  });
}

/** The verdicts on a system, of which nothing is expected but that it holds, and that there is something to judge. */
export const judgedSystem = (verdicts: readonly Judged[]): JudgedPlace[] =>
  verdicts.map((one) => {
    const outcome = isIdle(one) ? 'undecided' : outcomeOf(one.verdict, 'holds');
    return { ...one, mode: null, profile: null, expected: null, outcome };
  });

function outcomeOf(verdict: CheckedCell['verdict'], expected: Expected): Outcome {
  if (verdict === 'inconclusive') return 'undecided';
  return verdict === expected ? 'asExpected' : 'unexpected';
}

/** The expectations that are wrong: what is violated although no file says anything of it is none. */
export const wrongExpectations = (cells: readonly JudgedCell[]): JudgedCell[] =>
  cells.filter(({ expected, outcome }) => expected !== null && outcome === 'unexpected');
