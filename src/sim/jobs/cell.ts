import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Progress } from '../check/engine/stateClasses.ts';
import type { CounterexampleKind } from '../check/explain/counterexample.ts';
import { check } from '../check/questions/check.ts';
import type { CheckResult, Decision } from '../check/questions/decision.ts';
import { scopeText } from '../check/questions/scope.ts';
import type { FaultBudget } from '../check/system/faultBudget.ts';
import { propertyNamed } from '../properties/properties.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { sentenceAbout } from '../report/sentence.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import type { ScenarioDocument } from '../scenarioFile/schema.ts';
import type { Trace } from '../trace/trace.ts';

/** One scenario in one mode on one server: what is checked in one piece. Plain data, to be sent to a worker. */
export interface CheckJob {
  readonly document: ScenarioDocument;
  readonly mode: ModeName;
  readonly server: ServerProfile;
  /** Names of the properties; all that are claimed of the mode where it is null. */
  readonly properties: readonly string[] | null;
  readonly budget: FaultBudget;
  readonly maximumBytes: number;
  /** Whether counterexamples come with their traces. */
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

/** Checks one scenario in one mode on one server. `onProgress` may end it by returning false. */
export function checkCell(job: CheckJob, onProgress?: (progress: Progress) => boolean): CheckedCell[] {
  const { document, mode, server, budget, maximumBytes } = job;
  const scenario = scenarioIn(document, mode, server);
  const result = check(scenario, {
    budget,
    maximumBytes,
    ...(job.fastest && { fastest: true }),
    ...(job.properties && { properties: job.properties.map(propertyNamed) }),
    ...(onProgress && { onProgress }),
  });
  return result.decisions.map((decision) => cellOf(job, result, decision));
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
