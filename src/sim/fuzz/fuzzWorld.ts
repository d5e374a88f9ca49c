import { windowOfRun } from '../check/explain/windowOfRun.ts';
import { Run } from '../run/run.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Trace } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { DrawnSchedule, drawSchedule, evenDraft, type ScheduleDraft } from './drawnSchedule.ts';
import { search } from './search.ts';
import type { SearchOptions } from './searched.ts';

export interface WorldFuzzOptions extends SearchOptions {
  /** Those that a run must violate to be found: one of them is enough. */
  readonly properties: readonly AnyProperty[];
  /** How many messages of lossy links may be lost, and how many may arrive twice, besides the faults of the world. */
  readonly losses: number;
  readonly duplicates: number;
}

/** A run that violates a property, with nothing in it that it can do without. */
export interface FoundRun {
  /** With its race window. */
  readonly trace: Trace;
  readonly violated: readonly string[];
  /** Runs until it was found, and times that it was made simpler. */
  readonly runs: number;
  readonly shrinks: number;
}

export interface FuzzedWorld {
  readonly found: FoundRun | null;
  /** Names of the properties that some run gave something to judge. */
  readonly witnessed: readonly string[];
}

/** Runs from which is learnt how much there is to draw, and how much more may come up in other runs. */
const [soundings, margin] = [10, 1.5];

/** Looks among all runs of a world for one that violates a property: dates within their windows, losses, copies. */
export function fuzzWorld(definition: WorldDefinition, options: WorldFuzzOptions): FuzzedWorld {
  const { properties, losses, duplicates } = options;
  const witnessed = new Set<string>();
  let [shares, lossyMessages] = [0, 0];
  const runOf = (draft: ScheduleDraft, record: boolean, judged?: readonly AnyProperty[]): Run => {
    const schedule = new DrawnSchedule(definition, draft);
    const run = new Run(definition, schedule, { record, ...(judged && { properties: judged }) });
    run.finish();
    shares = Math.max(shares, schedule.shares);
    lossyMessages = Math.max(lossyMessages, schedule.lossyMessages);
    return run;
  };
  for (let seed = 0; seed < soundings; seed++) runOf(evenDraft(seed, seed / (soundings - 1)), false, properties);
  const isViolated = (draft: ScheduleDraft): boolean => {
    const verdicts = runOf(draft, false, properties).verdicts();
    for (const one of verdicts) if (one.witnessed) witnessed.add(one.property);
    return verdicts.some(({ verdict }) => verdict === 'violated');
  };
  const limits = {
    shares: Math.ceil(shares * margin),
    lossyMessages: Math.ceil(lossyMessages * margin),
    losses,
    duplicates,
  };
  const shrunk = search(drawSchedule(limits), isViolated, options);
  if (shrunk === null) return { found: null, witnessed: [...witnessed] };
  const trace = runOf(shrunk.drawn, true).trace(null);
  const raceWindow = windowOfRun(trace, definition);
  const judged = properties.map(({ name }) => name);
  const violated = trace.verdicts
    .filter(({ verdict, property }) => verdict === 'violated' && judged.includes(property))
    .map(({ property }) => property);
  const { runs, shrinks } = shrunk;
  const found = { trace: { ...trace, ...(raceWindow && { raceWindow }) }, violated, runs, shrinks };
  return { found, witnessed: [...witnessed] };
}
