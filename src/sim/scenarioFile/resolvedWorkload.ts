import { parseDurationMs } from '../data/duration.ts';
import type { Law } from '../data/law.ts';
import { sumOf } from '../data/sum.ts';
import type { Window } from '../data/window.ts';
import type { Rate, Workload } from '../scenario/workload.ts';
import type { LawDocument, RateDocument, WorkloadDocument } from './document.ts';
import { even, looks, type Spread, type WorkloadPreset, workloads } from './workloads.ts';

function rateOf({ perDay, byHour }: Spread): Rate {
  const all = sumOf(byHour);
  return { perHour: byHour.map((share) => (perDay === 0 ? 0 : (share / all) * perDay)) };
}

const spreadOf = (given: RateDocument | undefined, usual: Spread | undefined): Spread => ({
  perDay: given?.perDay ?? usual?.perDay ?? 0,
  byHour: given?.byHour ?? usual?.byHour ?? even,
});

/** What a law in a file says; one that stands in a file beside it has been read before. */
export function lawOf(document: LawDocument): Law {
  if ('csv' in document) throw new RangeError(`the law of ${document.csv} has not been read`);
  return { quantiles: document.map(([share, text]) => [share, parseDurationMs(text) ?? 0]) };
}

/** What a workload says, with a preset or without. */
export function workloadOf(document: WorkloadDocument): Workload {
  const own = typeof document === 'string' ? { like: document } : document;
  const preset: WorkloadPreset | undefined = own.like && workloads[own.like];
  return {
    like: own.like ?? null,
    opens: rateOf(spreadOf(own.opens, preset?.opens)),
    stay: own.stay === undefined ? (preset?.stay ?? looks) : lawOf(own.stay),
    calls: rateOf(spreadOf(own.calls, preset?.calls)),
    networkChanges: rateOf(spreadOf(own.networkChanges, preset?.networkChanges)),
    kills: rateOf(spreadOf(own.kills, preset?.kills)),
  };
}

/** How long calls last, where the workload names a preset and says nothing else. */
export function talkOf(document: WorkloadDocument): Window | null {
  const like = typeof document === 'string' ? document : document.like;
  return like === undefined ? null : workloads[like].talkMs;
}
