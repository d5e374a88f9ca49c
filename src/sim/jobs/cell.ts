import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Progress } from '../check/engine/stateClasses.ts';
import type { CounterexampleKind } from '../check/explain/counterexample.ts';
import { check } from '../check/questions/check.ts';
import type { CheckOptions, CheckResult, Decision } from '../check/questions/decision.ts';
import { scopeText } from '../check/questions/scope.ts';
import { isSmall, wholeWindow } from '../check/questions/wholeWindow.ts';
import type { FaultBudget } from '../check/system/faultBudget.ts';
import { properties as allProperties, propertyNamed } from '../properties/properties.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { sentenceAbout } from '../report/sentence.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import type { ScenarioDocument } from '../scenarioFile/schema.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Trace } from '../trace/trace.ts';
import { type InternalError, internalErrorOf, internalErrorText } from './internalError.ts';

/** One scenario in one mode on one server: what is checked in one piece. Plain data, to be sent to a worker. */
export interface CheckJob {
  readonly document: ScenarioDocument;
  readonly mode: ModeName;
  readonly server: ServerProfile;
  /** Names of the properties; all that are claimed of the mode where it is null. */
  readonly properties: readonly string[] | null;
  readonly budget: FaultBudget;
  readonly maximumBytes: number;
  /** Whether counterexamples come with their traces, and with race windows that are whole. */
  readonly traces: boolean;
  /** Whether to look for the earliest violation too. */
  readonly fastest?: boolean;
}

/** One property in one cell of the matrix of verdicts. Plain data. */
export interface CheckedCell {
  readonly scenario: string;
  readonly mode: ModeName;
  readonly profile: string;
  readonly property: string;
  readonly verdict: Decision['verdict'];
  /** Whether some run gives the property something to judge. */
  readonly witnessed: boolean;
  /** For what the verdict stands, or how far the check came. */
  readonly scope: string;
  readonly counterexample: CellCounterexample | null;
  /** When the earliest violation comes, in milliseconds of the run; null where it was not asked for or not found. */
  readonly earliestMs: number | null;
  readonly trace?: Trace;
  /** Where the check itself failed: the verdict is then inconclusive. */
  readonly internalError?: InternalError;
}

export interface CellCounterexample {
  /** What went wrong, in a sentence. */
  readonly sentence: string;
  readonly events: number;
  readonly kind: CounterexampleKind;
  /** How far each date can move, in milliseconds; null where there are no dates. */
  readonly slackMs: number | null;
  /** For which delays it goes wrong, a line each. */
  readonly window: readonly string[];
}

/** What a check of one scenario does; tests put another in its place. */
export type Checker = typeof check;

/**
 * Checks one scenario in one mode on one server. `onProgress` may end it by returning false. Where the check of all
 * properties fails inside, each is checked by itself, so that the error is shown for those that it concerns.
 */
export function checkCell(
  job: CheckJob,
  onProgress?: (progress: Progress) => boolean,
  checker: Checker = check,
): CheckedCell[] {
  const { document, mode, server, budget, maximumBytes } = job;
  const scenario = scenarioIn(document, mode, server);
  const claimed = claimedBy(job, scenario);
  const cellsFor = (properties: readonly AnyProperty[]): CheckedCell[] => {
    const fastest = job.fastest === true;
    const result = checker(scenario, { budget, maximumBytes, fastest, properties, ...(onProgress && { onProgress }) });
    return result.decisions
      .map((decision) =>
        job.traces && isSmall(result.extent) ? withWholeWindow(decision, scenario, { budget, maximumBytes }) : decision,
      )
      .map((decision) => cellOf(job, result, decision));
  };
  try {
    return cellsFor(claimed);
  } catch (error) {
    if (claimed.length === 1) return claimed.map(({ name }) => failedCell(job, name, error));
    return claimed.flatMap(({ name }) => checkCell({ ...job, properties: [name] }, onProgress, checker));
  }
}

const claimedBy = ({ properties }: CheckJob, scenario: Scenario): readonly AnyProperty[] =>
  (properties?.map(propertyNamed) ?? allProperties).filter(({ appliesTo }) => appliesTo(scenario));

/** The cells of a job that has failed inside as a whole. */
export const failedCells = (job: CheckJob, error: unknown): CheckedCell[] =>
  claimedBy(job, scenarioIn(job.document, job.mode, job.server)).map(({ name }) => failedCell(job, name, error));

/** The cell of a property whose check has failed inside. */
export function failedCell({ document, mode, server }: CheckJob, property: string, error: unknown): CheckedCell {
  const internalError = internalErrorOf(error);
  return {
    scenario: document.name,
    mode,
    profile: server.name,
    property,
    verdict: 'inconclusive',
    witnessed: false,
    scope: internalErrorText(internalError),
    counterexample: null,
    earliestMs: null,
    internalError,
  };
}

function withWholeWindow(decision: Decision, scenario: Scenario, options: CheckOptions): Decision {
  const { counterexample } = decision;
  if (counterexample === null) return decision;
  const window = wholeWindow(scenario, counterexample, options);
  return {
    ...decision,
    counterexample: { ...counterexample, window, trace: { ...counterexample.trace, raceWindow: window } },
  };
}

function cellOf({ document, mode, server, traces }: CheckJob, result: CheckResult, decision: Decision): CheckedCell {
  const { property, verdict, witnessed, counterexample, fastest } = decision;
  return {
    scenario: document.name,
    mode,
    profile: server.name,
    property,
    verdict,
    witnessed,
    scope: scopeText(result, decision),
    counterexample: counterexample && {
      sentence: sentenceAbout(property, counterexample.trace),
      events: counterexample.events,
      kind: counterexample.kind,
      slackMs: counterexample.slackMs,
      window: raceWindowLines(counterexample.window, counterexample.trace),
    },
    earliestMs: fastest?.trace.verdicts.find((one) => one.property === property)?.atMs ?? null,
    ...(traces && counterexample && { trace: counterexample.trace }),
  };
}
