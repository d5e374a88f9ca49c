import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Progress } from '../check/engine/exploring.ts';
import type { CounterexampleKind } from '../check/explain/counterexample.ts';
import { check } from '../check/questions/check.ts';
import type { CheckResult, Decision } from '../check/questions/decision.ts';
import { scopeText } from '../check/questions/scope.ts';
import { type Subject, withWholeWindow } from '../check/questions/wholeWindow.ts';
import type { FaultBudget } from '../check/system/faultBudget.ts';
import { InputError } from '../input/inputError.ts';
import { properties as bundledProperties } from '../properties/properties.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { sentenceAbout } from '../report/sentence.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Trace } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { bundledSubject } from './bundledSubject.ts';
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
  /** The file of the user's module that the scenario stands in, where it does, and the properties of his own. */
  readonly module?: string;
  readonly own?: readonly string[];
}

/** A property judged. Plain data. */
export interface Judged {
  readonly scenario: string;
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
  /** The faults of the scenario that happen in no run, by their place in it; absent where there is none. */
  readonly idleFaults?: readonly number[];
  /** Where the check itself failed: the verdict is then inconclusive. */
  readonly internalError?: InternalError;
}

/** One property in one cell of the matrix of verdicts. Plain data. */
export interface CheckedCell extends Judged {
  readonly mode: ModeName;
  readonly profile: string;
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

/** What a check is asked: the part of a job that does not say of what. */
export type CheckQuestion = Pick<CheckJob, 'properties' | 'budget' | 'maximumBytes' | 'traces' | 'fastest'>;

/**
 * Judges the properties of a subject. `onProgress` may end it by returning false. Where the check of all properties fails
 * inside, each is checked by itself, so that the error is shown for those that it concerns.
 */
export function judgeAll(
  subject: Subject,
  question: CheckQuestion,
  onProgress?: (progress: Progress) => boolean,
  checker: Checker = check,
): Judged[] {
  const { budget, maximumBytes, traces, fastest = false } = question;
  const world = subject.worldOf(subject.scenario);
  const claimed = claimedOf(world, question.properties);
  try {
    const options = { budget, maximumBytes, fastest, properties: claimed };
    const result = checker(world, { ...options, ...(onProgress && { onProgress }) });
    const whole = (decision: Decision) =>
      traces ? withWholeWindow(decision, result.extent, subject, { budget, maximumBytes }) : decision;
    return result.decisions.map((decision) => judged(result, whole(decision), traces));
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (claimed.length === 1) return claimed.map(({ name }) => failed(subject.scenario.name, name, error));
    return claimed.flatMap(({ name }) => judgeAll(subject, { ...question, properties: [name] }, onProgress, checker));
  }
}

/** Checks one scenario in one mode on one server. */
export function checkCell(
  job: CheckJob,
  onProgress?: (progress: Progress) => boolean,
  checker: Checker = check,
  subject: Subject = bundledSubject(job.document, job.mode, job.server),
): CheckedCell[] {
  return judgeAll(subject, job, onProgress, checker).map((one) => inCell(job, one));
}

/** The properties of those names that are claimed of a world; all that are, where `names` is null. */
const claimedOf = (world: WorldDefinition, names: readonly string[] | null): readonly AnyProperty[] =>
  world.properties.filter((one) => (names?.includes(one.name) ?? true) && world.claims(one));

/** What is asked of a job, known without its world: to build one takes long where only the names are wanted. */
export function askedOf({ document, mode, server, properties }: CheckJob): AnyProperty[] {
  const scenario = scenarioIn(document, mode, server);
  return bundledProperties.filter((one) => (properties?.includes(one.name) ?? true) && one.appliesTo(scenario));
}

/** The cells of a job that has failed inside as a whole. */
export function failedCells(job: CheckJob, error: unknown): CheckedCell[] {
  const own = (job.own ?? []).filter((name) => job.properties?.includes(name) ?? true);
  return [...askedOf(job).map(({ name }) => name), ...own].map((name) => failedCell(job, name, error));
}

/** The cell of a property whose check has failed inside. */
export const failedCell = (job: CheckJob, property: string, error: unknown): CheckedCell =>
  inCell(job, failed(job.document.name, property, error));

/** A verdict in the cell of its job. */
export function inCell({ mode, server }: CheckJob, { scenario, ...one }: Judged): CheckedCell {
  return { scenario, mode, profile: server.name, ...one };
}

/** A property whose check has failed inside. */
export function failed(scenario: string, property: string, error: unknown): Judged {
  const internalError = internalErrorOf(error);
  return {
    scenario,
    property,
    verdict: 'inconclusive',
    witnessed: false,
    scope: internalErrorText(internalError),
    counterexample: null,
    earliestMs: null,
    internalError,
  };
}

function judged(result: CheckResult, decision: Decision, traces: boolean): Judged {
  const { property, verdict, witnessed, counterexample, fastest } = decision;
  return {
    scenario: result.scenario.name,
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
    ...(result.idleFaults.length > 0 && { idleFaults: result.idleFaults }),
  };
}
