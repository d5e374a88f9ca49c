import type { CheckOptions } from '../check/questions/decision.ts';
import { type Envelope, envelopeOf } from '../check/questions/envelope.ts';
import { parameterNamed } from '../check/questions/parameter.ts';
import { type DurationName, type Supremum, supremumOf } from '../check/questions/supremum.ts';
import { formatDuration } from '../data/duration.ts';
import { propertyNamed } from '../properties/properties.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import type { CheckJob } from './cell.ts';
import { type InternalError, internalErrorOf, internalErrorText } from './internalError.ts';

/** What is asked of a cell: how far a delay may go before a property is violated, or how long something can last. */
export type Ask = { readonly envelope: string; readonly property: string } | { readonly longest: DurationName };

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

/** Answers a question about one scenario in one mode on one server. */
export function answer(job: QuestionJob, onProgress?: CheckOptions['onProgress']): Answered {
  try {
    return answered(job, onProgress);
  } catch (error) {
    return failedAnswer(job, error);
  }
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

function answered(job: QuestionJob, onProgress?: CheckOptions['onProgress']): Answered {
  const { document, mode, server, budget, maximumBytes, ask } = job;
  const scenario = scenarioIn(document, mode, server);
  const options = { budget, maximumBytes, ...(onProgress && { onProgress }) };
  const cell = { scenario: document.name, mode, profile: server.name, question: questionOf(ask) };
  if ('longest' in ask) {
    const supremum = supremumOf(scenario, ask.longest, options);
    return { ...cell, text: supremumText(supremum, scenario.untilMs), longestMs: supremum.longestMs };
  }
  const parameter = parameterNamed(ask.envelope);
  if (parameter === null) throw new RangeError(`there is no parameter ${ask.envelope}`);
  const envelope = envelopeOf(scenario, propertyNamed(ask.property), parameter, options);
  return { ...cell, text: envelopeText(envelope), envelope };
}

function envelopeText({ isDecided, safeUpToMs, askedUpToMs, violatingMs }: Envelope): string {
  if (!isDecided) return 'inconclusive';
  if (safeUpToMs !== null && safeUpToMs >= askedUpToMs)
    return `holds up to ${formatDuration(askedUpToMs)}, the end of the run`;
  const safe =
    safeUpToMs === null
      ? 'violated from the lower end of its window on, below which nothing was asked'
      : `holds up to ${formatDuration(safeUpToMs)}`;
  return violatingMs === null
    ? safe
    : `${safe}; violated within ${violatingMs.map(formatDuration).join(' to ')} of its window`;
}

function supremumText({ longestMs, example }: Supremum, untilMs: number): string {
  if (longestMs === null) return 'inconclusive';
  if (longestMs >= untilMs) return 'as long as the run';
  return longestMs === 0 && example === null ? 'none' : formatDuration(longestMs);
}
