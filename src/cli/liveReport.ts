import { Comparison } from '../live/compared.ts';
import { type Divergence, DivergenceCounts } from '../live/divergence.ts';
import type { LiveJob, LiveResult } from '../live/liveJob.ts';
import { comparedRun, type RealNetwork } from '../live/prediction.ts';
import { type Reproduction, reproductionOf } from '../live/reproduction.ts';
import type { RoundTrip } from '../live/roundTrip.ts';
import { userCallIn } from '../live/userCallStory.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { LivePlan } from './livePlan.ts';
import { exitCodes } from './output.ts';
import { Unseen } from './unseen.ts';

const isLost = (trace: Trace) =>
  userCallIn(trace) === 'lost' ||
  trace.verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated');

/** A network that is real, and what its round trips took; null where the server answers no OPTIONS. */
export interface MeasuredNetwork extends RealNetwork {
  readonly roundTrip: RoundTrip | null;
}

/** A contact that may still be bound, or somebody else's that was there. */
export type BindingNote = Pick<LiveResult, 'account' | 'left' | 'strangers' | 'foreignCalls'>;

/** What came of the runs so far. Of the runs themselves it keeps one, so that there may be any number of them. */
export class LiveReport {
  readonly #plan: LivePlan;
  readonly #comparison: Comparison;
  readonly network: MeasuredNetwork | null;
  readonly divergences: Divergence[][] = [];
  readonly counted = new DivergenceCounts();
  readonly latenessMs: number[] = [];
  readonly reproductions: Reproduction[] = [];
  readonly bindings: BindingNote[] = [];
  #shown: Trace | undefined;
  #shownLoses = false;
  readonly unseen = new Unseen();

  /** `network` says what is predicted for a network that is real. */
  constructor(plan: LivePlan, lateAfterMs: number, network: MeasuredNetwork | null = null) {
    this.#plan = plan;
    this.network = network;
    this.#comparison = new Comparison(lateAfterMs);
  }

  add(schedule: LiveJob['schedule'], result: LiveResult): void {
    const { account, left, strangers, foreignCalls } = result;
    if (left.length > 0 || strangers > 0 || foreignCalls.count > 0) {
      this.bindings.push({ account, left, strangers, foreignCalls });
    }
    this.#show(result.trace);
    if (!this.unseen.isComplete(result)) return;
    const { scenario, counterexample } = this.#plan;
    this.#comparison.add(comparedRun(scenario, schedule, result, this.network));
    this.divergences.push([...result.divergences]);
    this.counted.add(result.divergences);
    this.latenessMs.push(result.latenessMs);
    const reproduction = counterexample && reproductionOf(counterexample, result.trace);
    if (reproduction) this.reproductions.push(reproduction);
  }

  /** The first run that loses a call, or the first one. */
  get shown(): Trace | undefined {
    return this.#shown;
  }

  get comparison() {
    return this.#comparison.result();
  }

  #show(trace: Trace): void {
    if (this.#shown !== undefined && (this.#shownLoses || !isLost(trace))) return;
    this.#shown = trace;
    this.#shownLoses = isLost(trace);
  }

  /** Why it is not known how the server does, a sentence each. What was not seen is not fine. */
  unknown(): string[] {
    const { measured, disturbed } = this.comparison;
    const { reproductions } = this;
    const missed = reproductions.filter((one) => !one.isReproduced && isExplained(one));
    return [
      ...this.unseen.sentences(),
      ...(measured.runs > 0 && measured.calls + measured.byUser.calls === 0
        ? ['no call was made, so none was judged']
        : []),
      ...(measured.undecided > 0
        ? [
            `${measured.undecided} of ${measured.calls} calls had no final answer when their run was over: they are neither lost nor fine`,
          ]
        : []),
      ...(measured.byUser.undecided > 0
        ? [
            `${measured.byUser.undecided} of ${measured.byUser.calls} calls by the user had no final answer when their run was over: they are neither lost nor fine`,
          ]
        : []),
      ...(disturbed > 0
        ? [
            `in ${disturbed} of ${measured.runs} runs this machine was so late that other things had to happen: no interval can be given`,
          ]
        : []),
      ...this.bindings
        .filter(({ left }) => left.length > 0)
        .map(
          ({ account, left }) =>
            `whether ${account} is left as it was found: the server confirmed no un-REGISTER of ${left.join(', ')}`,
        ),
      ...(reproductions.length > 0 && missed.length === reproductions.length
        ? ['the delays of the counterexample were met in no run: whether the server loses the call is not known']
        : []),
    ];
  }

  /** 1 comes before 3: a call that was lost on time is lost, whatever else is not known. */
  get exitCode(): number {
    const isReproduced = this.reproductions.some((one) => one.isReproduced);
    if (this.comparison.lostUndisturbed > 0 || isReproduced) return exitCodes.violated;
    return this.latenessMs.length === 0 || this.unknown().length > 0 ? exitCodes.inconclusive : exitCodes.holds;
  }
}

/** Whether something other than the server is the reason why a run came out otherwise than the counterexample. */
const isExplained = ({ outside, swapped, crossed, isDecided }: Reproduction): boolean =>
  outside.length + swapped.length + crossed.length > 0 || !isDecided;
