import type { Progress } from '../check/engine/exploring.ts';
import { callsText, faultsText } from '../check/questions/scope.ts';
import { exploreUntimed, type UntimedResult } from '../check/untimed/explore.ts';
import { propertyNamed } from '../properties/properties.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import { askedOf, type CheckedCell, type CheckJob, failedCell } from './cell.ts';

/** A check that looks at every order of events and at no delay. */
export type UntimedJob = CheckJob & { readonly untimed: true };

/** Checks one scenario in one mode on one server for every order of events, whatever the delays. */
export function checkUntimedCell(job: UntimedJob, onProgress?: (progress: Progress) => boolean): CheckedCell[] {
  try {
    return explored(job, onProgress);
  } catch (error) {
    return failedUntimedCells(job, error);
  }
}

/** The cells of a job that has failed inside: all properties are judged in one exploration. */
export function failedUntimedCells(job: UntimedJob, error: unknown): CheckedCell[] {
  return askedOf(job)
    .filter(({ obligations }) => obligations === undefined)
    .map(({ name }) => failedCell(job, name, error));
}

function explored(job: UntimedJob, onProgress?: (progress: Progress) => boolean): CheckedCell[] {
  const { document, mode, server, properties, budget, maximumBytes } = job;
  const scenario = scenarioIn(document, mode, server);
  let isInterrupted = false;
  const result = exploreUntimed(defineWorld(scenario), {
    losses: budget.losses,
    memoryBytes: maximumBytes,
    ...(onProgress && {
      onProgress: ({ states, transitions, waiting }) => {
        isInterrupted = !onProgress({ classes: states, edges: transitions, waiting, bytes: 0 });
        return !isInterrupted;
      },
    }),
  });
  const scope = `${callsText(scenario)}, ${faultsText(budget)}, ${extentOf(result, isInterrupted)}`;
  return result.verdicts
    .filter(({ property }) => properties === null || properties.includes(propertyNamed(property).name))
    .map(
      ({ property, verdict, violation, path }): CheckedCell => ({
        scenario: document.name,
        mode,
        profile: server.name,
        property,
        verdict,
        witnessed: true,
        scope: `every order of events whatever the delays, ${scope}`,
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
