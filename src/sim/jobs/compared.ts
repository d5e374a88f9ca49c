import { check } from '../check/questions/check.ts';
import type { CheckOptions, Decision } from '../check/questions/decision.ts';
import { supremumOf } from '../check/questions/supremum.ts';
import { propertyNamed } from '../properties/properties.ts';
import { simulate } from '../run/simulate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import type { CheckJob } from './cell.ts';
import { type InternalError, internalErrorOf } from './internalError.ts';

/** One scenario in one design on one server, to be laid beside others. Plain data. */
export type CompareJob = Pick<CheckJob, 'document' | 'mode' | 'server' | 'budget' | 'maximumBytes'> & {
  /** How many runs the traffic is counted in; their seeds are 1, 2, 3, ... */
  readonly comparedRuns: number;
};

/** What a design makes of a scenario. Plain data, milliseconds. */
export interface Compared {
  readonly scenario: string;
  readonly mode: CheckJob['mode'];
  readonly profile: string;
  /** Whether no INVITE can be lost. */
  readonly verdict: Decision['verdict'];
  /** Whether there is a call at all. */
  readonly hasCall: boolean;
  /** The longest time in which the user can be neither reached nor woken; null where that is not decided. */
  readonly longestGapMs: number | null;
  /** The longest time from dialling to alerting; null where a call can be lost, or it is not decided. */
  readonly worstAlertMs: number | null;
  /** Messages of a run, retransmissions included, as means over the runs. */
  readonly registers: number;
  readonly pushes: number;
  /** Where the check itself failed: nothing is decided then. */
  readonly internalError?: InternalError;
}

/** Lays a scenario in one design on one server beside others. */
export function compare(job: CompareJob, onProgress?: CheckOptions['onProgress']): Compared {
  try {
    return compared(job, onProgress);
  } catch (error) {
    return { ...unknownOf(job), internalError: internalErrorOf(error) };
  }
}

/** What is known of a job that did not come to its end. */
export const unknownOf = ({ document, mode, server }: CompareJob): Compared => ({
  ...{ scenario: document.name, mode, profile: server.name, verdict: 'inconclusive', hasCall: hasCall(document) },
  ...{ longestGapMs: null, worstAlertMs: null, registers: 0, pushes: 0 },
});

const hasCall = ({ steps }: ScenarioDocument): boolean => steps.some((step) => step.do === 'dial');

function compared(job: CompareJob, onProgress?: CheckOptions['onProgress']): Compared {
  const { document, mode, server, budget, maximumBytes, comparedRuns } = job;
  const scenario = scenarioIn(document, mode, server);
  const options = { budget, maximumBytes, ...(onProgress && { onProgress }) };
  const { decisions } = check(scenario, { ...options, properties: [propertyNamed('noInviteLost')] });
  const verdict = decisions[0]?.verdict ?? 'inconclusive';
  return {
    ...unknownOf(job),
    verdict,
    longestGapMs: supremumOf(scenario, 'blackout', options).longestMs,
    worstAlertMs: verdict === 'holds' ? supremumOf(scenario, 'alerting', options).longestMs : null,
    ...trafficOf(scenario, comparedRuns),
  };
}

function trafficOf(scenario: Scenario, runs: number): Pick<Compared, 'registers' | 'pushes'> {
  const sent = Array.from({ length: runs }, (_, index) => simulate(scenario, index + 1)).flatMap(({ records }) =>
    records.flatMap((record) => record.sent.map(({ event }) => event.type)),
  );
  const mean = (...types: readonly string[]) => sent.filter((type) => types.includes(type)).length / runs;
  return { registers: mean('REGISTER'), pushes: mean('push', 'push.refresh') };
}
