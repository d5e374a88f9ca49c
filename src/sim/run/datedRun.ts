import { environmentSeen } from '../system/eventTable.ts';
import type { Verdict } from '../trace/trace.ts';
import { type DatedWorld, startDated } from '../world/datedWorld.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Fired } from '../world/world.ts';
import { QuickWatches } from './quickWatches.ts';
import { mostEvents, type Onlooker, type RunOptions } from './run.ts';
import { SeededSchedule } from './seededSchedule.ts';

/** A run with a seed that is not recorded, one of many: the same run as a `Run` with that seed, sooner over. */
export class DatedRun {
  readonly #world: DatedWorld;
  readonly #watches: QuickWatches;
  readonly #schedule: SeededSchedule;
  readonly #untilMs: number;
  readonly #onlookers: readonly Onlooker[];
  #step = 0;

  constructor(definition: WorldDefinition, seed: number, { properties, onlookers = [] }: RunOptions = {}) {
    this.#schedule = new SeededSchedule(definition, seed);
    this.#untilMs = definition.scenario.untilMs;
    this.#watches = new QuickWatches(definition, properties);
    this.#onlookers = onlookers;
    for (const onlooker of onlookers) onlooker.begins();
    const { world, started } = startDated(definition, this.#schedule.schedule);
    this.#world = world;
    for (const outcome of started) this.#note(false, outcome, 0);
  }

  /** Runs to the end of the scenario, or until nothing is pending. */
  finish(): void {
    for (;;) {
      const nextMs = this.#world.nextMs();
      if (nextMs > this.#untilMs) break;
      if (this.#step > mostEvents) throw new Error(`the run has not come to an end after ${mostEvents} events`);
      this.#schedule.nowMs = nextMs;
      this.#watches.advance(nextMs, this.#step);
      const outcome = this.#world.fire();
      this.#schedule.happened(outcome.fired);
      this.#note(outcome.fired.kind === 'step', outcome, nextMs);
    }
    this.#watches.advance(this.#untilMs, this.#step);
    this.#watches.end(this.#untilMs);
    for (const onlooker of this.#onlookers) onlooker.ended(this.#untilMs);
  }

  verdicts(): Verdict[] {
    return this.#watches.verdicts();
  }

  #note(isStep: boolean, outcome: Fired, nowMs: number): void {
    if (isStep) this.#watches.see(environmentSeen, nowMs, this.#step);
    if (outcome.reaction !== null) this.#watches.see(outcome.reaction, nowMs, this.#step);
    for (let index = 0; index < this.#onlookers.length; index++) this.#onlookers[index]?.happened(outcome, nowMs);
    this.#step++;
  }
}
