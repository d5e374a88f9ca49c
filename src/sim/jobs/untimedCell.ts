import type { Progress } from '../check/engine/exploring.ts';
import { callsText, faultsText } from '../check/questions/scope.ts';
import type { Subject } from '../check/questions/wholeWindow.ts';
import { exploreUntimed, type UntimedResult } from '../check/untimed/explore.ts';
import { InputError } from '../input/inputError.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { bundledSubject } from './bundledSubject.ts';
import {
  askedOf,
  type CheckedCell,
  type CheckJob,
  type CheckQuestion,
  failedCell,
  inCell,
  type Judged,
} from './cell.ts';

/** A check that looks at every order of events and at no delay. */
export type UntimedJob = CheckJob & { readonly untimed: true };

/** Checks one scenario in one mode on one server for every order of events, whatever the delays. */
export function checkUntimedCell(
  job: UntimedJob,
  onProgress?: (progress: Progress) => boolean,
  subjectOf: () => Subject = () => bundledSubject(job.document, job.mode, job.server),
): CheckedCell[] {
  try {
    return judgeUntimed(subjectOf(), job, onProgress).map((one) => inCell(job, one));
  } catch (error) {
    if (error instanceof InputError) throw error;
    return failedUntimedCells(job, error);
  }
}

/** The cells of a job that has failed inside: all properties are judged in one exploration. */
export function failedUntimedCells(job: UntimedJob, error: unknown): CheckedCell[] {
  const own = (job.own ?? []).filter((name) => job.properties?.includes(name) ?? true);
  const ours = askedOf(job).filter(({ obligations }) => obligations === undefined);
  return [...ours.map(({ name }) => name), ...own].map((name) => failedCell(job, name, error));
}

/** Judges the properties of a subject that bound no time for every order of events, whatever the delays. */
export function judgeUntimed(
  { scenario, worldOf }: Subject,
  { properties, budget, maximumBytes }: Pick<CheckQuestion, 'properties' | 'budget' | 'maximumBytes'>,
  onProgress?: (progress: Progress) => boolean,
): Judged[] {
  let isInterrupted = false;
  const result = exploreUntimed(worldOf(scenario), {
    losses: budget.losses,
    memoryBytes: maximumBytes,
    ...(onProgress && {
      onProgress: ({ states, transitions, waiting }) => {
        isInterrupted = !onProgress({ classes: states, edges: transitions, waiting, bytes: 0 });
        return !isInterrupted;
      },
    }),
  });
  const scope = [
    'every order of events whatever the delays',
    // A system of the user's has no calls.
    ...('mode' in scenario ? [callsText(scenario as Scenario)] : []),
    faultsText(budget),
    extentOf(result, isInterrupted),
  ].join(', ');
  return result.verdicts
    .filter(({ property }) => properties === null || properties.includes(property))
    .map(
      ({ property, verdict, violation, witnessed, path }): Judged => ({
        scenario: scenario.name,
        property,
        verdict,
        witnessed,
        scope,
        counterexample: path && {
          sentence: `With delays that the scenario may not allow: ${violation?.what ?? property}.`,
          events: path.length,
          kind: 'shortest',
          slackMs: null,
          window: [],
        },
        earliestMs: null,
      }),
    );
}

const extentOf = ({ states, transitions, complete }: UntimedResult, isInterrupted: boolean): string => {
  const count = `${states.toLocaleString('en-US')} states, ${transitions.toLocaleString('en-US')} transitions`;
  return complete ? count : `${count}; ${isInterrupted ? 'interrupted' : 'ended by the memory limit'}`;
};
