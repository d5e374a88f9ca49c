import type { CheckOptions } from '../check/questions/decision.ts';
import { type Envelope, envelopeOf, envelopeWithin } from '../check/questions/envelope.ts';
import { parameterNamed } from '../check/questions/parameter.ts';
import { type DurationName, type Supremum, supremumOf } from '../check/questions/supremum.ts';
import type { Subject } from '../check/questions/wholeWindow.ts';
import { worldParameterNamed } from '../check/questions/worldParameter.ts';
import { formatDuration } from '../data/duration.ts';
import type { Window } from '../data/window.ts';
import { InputError } from '../input/inputError.ts';
import { propertyNamed } from '../properties/properties.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import type { CheckJob } from './cell.ts';
import { type InternalError, internalErrorOf, internalErrorText } from './internalError.ts';

/** What is asked of a cell: how far a delay may go before a property is violated, or how long something can last. */
export type Ask = AskEnvelope | { readonly longest: DurationName };

interface AskEnvelope {
  readonly envelope: string;
  readonly property: string;
}

export type QuestionJob = Omit<CheckJob, 'properties' | 'traces' | 'fastest'> & { readonly ask: Ask };

/** An answer for one scenario in one mode on one server. Plain data, milliseconds. */
export interface Answered {
  readonly scenario: string;
  readonly mode: CheckJob['mode'];
  readonly profile: string;
  readonly question: string;
  readonly text: string;
  readonly envelope?: Envelope;
  readonly longestMs?: number | null;
  /** Where the question could not be answered because the check itself failed. */
  readonly internalError?: InternalError;
}

/** A question about a system of the user's, by the file of its module. */
export type SystemQuestionJob = Pick<QuestionJob, 'budget' | 'maximumBytes'> & {
  readonly system: string;
  readonly module: string;
  readonly ask: AskEnvelope;
};

/** An answer for a system, which has no modes. */
export type AnsweredSystem = Omit<Answered, 'mode' | 'profile'>;

/** Answers a question about one scenario in one mode on one server; `subject` where it is a module of the user's. */
export function answer(job: QuestionJob, onProgress?: CheckOptions['onProgress'], subject?: Subject): Answered {
  try {
    return answered(job, onProgress, subject);
  } catch (error) {
    if (error instanceof InputError) throw error;
    return failedAnswer(job, error);
  }
}

/** Answers a question about a system. */
export function answerSystem(
  job: SystemQuestionJob,
  subject: Subject,
  onProgress?: CheckOptions['onProgress'],
): AnsweredSystem {
  try {
    const envelope = envelopeIn(subject, job, job.ask, onProgress);
    return { scenario: job.system, question: questionOf(job.ask), text: envelopeText(envelope), envelope };
  } catch (error) {
    if (error instanceof InputError) throw error;
    return failedSystemAnswer(job, error);
  }
}

/** The answer to a question about a system whose check has failed inside. */
export function failedSystemAnswer({ system, ask }: SystemQuestionJob, error: unknown): AnsweredSystem {
  const internalError = internalErrorOf(error);
  const text = `inconclusive: ${internalErrorText(internalError)}`;
  return { scenario: system, question: questionOf(ask), text, internalError };
}

/** How far a delay of a world may go. Throws a RangeError where there is no such delay or property. */
function envelopeIn(
  { scenario, worldOf }: Subject,
  { budget, maximumBytes }: Pick<QuestionJob, 'budget' | 'maximumBytes'>,
  { envelope, property }: AskEnvelope,
  onProgress?: CheckOptions['onProgress'],
): Envelope {
  const world = worldOf(scenario);
  const parameter = worldParameterNamed(world, envelope);
  const judged = world.properties.find(({ name }) => name === property);
  if (parameter === null || judged === undefined) throw new RangeError(`there is no ${envelope} or no ${property}`);
  return envelopeWithin(parameter, scenario.untilMs, judged, {
    budget,
    maximumBytes,
    ...(onProgress && { onProgress }),
  });
}

/** The answer to a question whose check has failed inside. */
export function failedAnswer({ document, mode, server, ask }: QuestionJob, error: unknown): Answered {
  const internalError = internalErrorOf(error);
  const text = `inconclusive: ${internalErrorText(internalError)}`;
  return { scenario: document.name, mode, profile: server.name, question: questionOf(ask), text, internalError };
}

/** A question as people read it. */
const questionOf = (ask: Ask): string =>
  'longest' in ask ? `longest ${ask.longest}` : `${ask.property} by ${ask.envelope}`;

function answered(job: QuestionJob, onProgress?: CheckOptions['onProgress'], subject?: Subject): Answered {
  const { document, mode, server, budget, maximumBytes, ask } = job;
  const scenario = scenarioIn(document, mode, server);
  const options = { budget, maximumBytes, ...(onProgress && { onProgress }) };
  const cell = { scenario: document.name, mode, profile: server.name, question: questionOf(ask) };
  if ('longest' in ask) {
    const supremum = supremumOf(scenario, ask.longest, options);
    return { ...cell, text: supremumText(supremum, scenario.untilMs), longestMs: supremum.longestMs };
  }
  if (subject !== undefined) {
    const envelope = envelopeIn(subject, job, ask, onProgress);
    return { ...cell, text: envelopeText(envelope), envelope };
  }
  const parameter = parameterNamed(ask.envelope);
  if (parameter === null) throw new RangeError(`there is no parameter ${ask.envelope}`);
  const envelope = envelopeOf(scenario, propertyNamed(ask.property), parameter, options);
  return { ...cell, text: envelopeText(envelope), envelope };
}

function envelopeText({ isDecided, witnessed, safeUpToMs, askedUpToMs, violatingMs }: Envelope): string {
  if (!isDecided)
    return safeUpToMs === null ? 'inconclusive' : `inconclusive; holds up to ${formatDuration(safeUpToMs)} at least`;
  if (!witnessed) return 'nothing to judge';
  if (safeUpToMs !== null && safeUpToMs >= askedUpToMs)
    return `holds up to ${formatDuration(askedUpToMs)}, the end of the run`;
  const safe =
    safeUpToMs === null
      ? 'violated from the lower end of its window on, below which nothing was asked'
      : `holds up to ${formatDuration(safeUpToMs)}`;
  return violatingMs === null ? safe : `${safe}; violated ${windowText(violatingMs)} of its window`;
}

const windowText = ([low, high]: Window): string =>
  low === high ? `at ${formatDuration(low)}` : `within ${formatDuration(low)} to ${formatDuration(high)}`;

function supremumText({ longestMs, example }: Supremum, untilMs: number): string {
  if (longestMs === null) return 'inconclusive';
  if (longestMs >= untilMs) return 'as long as the run';
  return longestMs === 0 && example === null ? 'none' : formatDuration(longestMs);
}
