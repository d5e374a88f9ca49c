import type { LiveJob, LiveResult } from '../live/liveJob.ts';
import { judged, type Outcome, outcomesOf } from '../live/outcomes.ts';
import { predictedRun } from '../live/prediction.ts';
import type { ElsewhereParty, Scenario } from '../sim/scenario/scenario.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { BindingNote } from './liveReport.ts';
import { exitCodes } from './output.ts';
import { Unseen } from './unseen.ts';

/** A run in which some parties are somebody else's software. */
export interface HeardRun {
  readonly account: string;
  /** What the model says of the same scenario with all parties its own; null where somebody else decides who calls when. */
  readonly predicted: readonly Outcome[] | null;
  readonly outcomes: readonly Outcome[];
}

const isAlike = ({ predicted, outcomes }: HeardRun): boolean =>
  JSON.stringify(predicted?.map(({ call, end, code }) => [call, end, code])) ===
  JSON.stringify(outcomes.map(({ call, end, code }) => [call, end, code]));

const names: Readonly<Record<ElsewhereParty, string>> = {
  app: 'the app',
  pushServer: 'the push server',
  caller: 'the caller',
};

/** Who is somebody else's, for people. */
export const elsewhereText = (elsewhere: readonly ElsewhereParty[]): string =>
  elsewhere.map((one) => names[one]).join(' and ');

/** What came of the runs in which some parties are only heard. What nobody here has seen is not known. */
export class HeardReport {
  readonly runs: HeardRun[] = [];
  readonly bindings: BindingNote[] = [];
  /** What the other side said that is no message. */
  readonly problems: string[] = [];
  readonly unseen = new Unseen();
  latenessMs: number[] = [];
  readonly #scenario: Scenario;
  #shown: Trace | undefined;
  #shownLoses = false;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  add(schedule: LiveJob['schedule'], result: LiveResult, problems: readonly string[]): void {
    const { account, left, strangers, foreignCalls, trace } = result;
    this.bindings.push({ account, left, strangers, foreignCalls });
    this.problems.push(...problems.map((problem) => `${account}: ${problem}`));
    const outcomes = outcomesOf(trace);
    const loses = outcomes.some((one) => judged(one) === 'lost');
    if (this.#shown === undefined || (loses && !this.#shownLoses)) {
      this.#shown = trace;
      this.#shownLoses = loses;
    }
    if (!this.unseen.isComplete(result)) return;
    const { elsewhere = [], ...whole } = this.#scenario;
    const predicted = elsewhere.includes('caller') ? null : outcomesOf(predictedRun(whole, schedule));
    this.runs.push({ account, predicted, outcomes });
    this.latenessMs.push(result.latenessMs);
  }

  /** The trace of the first run that loses a call, or of the first one. */
  get shown(): Trace | undefined {
    return this.#shown;
  }

  get outcomes(): readonly Outcome[] {
    return this.runs.flatMap(({ outcomes }) => outcomes);
  }

  get predicted(): readonly Outcome[] | null {
    return this.runs.some(({ predicted }) => predicted === null)
      ? null
      : this.runs.flatMap(({ predicted }) => predicted ?? []);
  }

  /** The runs that came out as predicted. */
  get agreeing(): number {
    return this.runs.filter(isAlike).length;
  }

  /** Why it is not known how they do, a sentence each. */
  unknown(): string[] {
    const { outcomes, problems } = this;
    const unclear = outcomes.filter((one) => judged(one) === 'unknown');
    const undecided = unclear.filter(({ end }) => end === 'undecided').length;
    const unseen = unclear.length - undecided;
    return [
      ...this.unseen.sentences(),
      ...(outcomes.length === 0 ? ['no call came, so none was judged'] : []),
      ...(undecided > 0
        ? [`${undecided} of ${outcomes.length} calls had no final answer when their run was over`]
        : []),
      ...(unseen > 0
        ? [
            `${unseen} of ${outcomes.length} calls were refused or given up, and whether the phone rang is only seen by the app`,
          ]
        : []),
      ...problems.slice(0, 5).map((problem) => `the other side said what is no message: ${problem}`),
    ];
  }

  get exitCode(): number {
    if (this.outcomes.some((one) => judged(one) === 'lost')) return exitCodes.violated;
    return this.unknown().length > 0 ? exitCodes.inconclusive : exitCodes.holds;
  }
}
