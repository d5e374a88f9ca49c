import type { Onlooker } from '../run/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Fired } from '../world/world.ts';
import { CallMeter } from './callMeter.ts';
import { ConnectionMeter } from './connectionMeter.ts';
import { GapMeter } from './gapMeter.ts';
import type { Measured } from './measured.ts';
import { connectionBytes } from './messageSizes.ts';
import { PhoneMeter } from './phoneMeter.ts';
import { SentByReaction, TrafficMeter } from './trafficMeter.ts';

/**
 * Measures runs of one hand-over, one after the other: it looks on at each and adds up. It takes no part, so a run with it is the
 * same run, only slower.
 *
 * `new DatedRun(definition, seed, { onlookers: [meter] }).finish()`, as often as wanted, then `meter.measured()`.
 */
export class Meter implements Onlooker {
  readonly #calls: CallMeter;
  readonly #gaps: GapMeter;
  readonly #traffic: TrafficMeter;
  readonly #phones: PhoneMeter;
  readonly #connections: ConnectionMeter;
  readonly #fromMs: number;
  #runs = 0;
  #observedMs = 0;

  /** `fromMs`: what each run comes to before that date is not counted. */
  constructor(definition: WorldDefinition, fromMs = 0) {
    const { links } = definition.scenario as Scenario;
    this.#fromMs = fromMs;
    this.#calls = new CallMeter(definition);
    this.#gaps = new GapMeter(definition, fromMs);
    this.#traffic = new TrafficMeter(new SentByReaction(definition));
    this.#phones = new PhoneMeter(definition);
    this.#connections = new ConnectionMeter(definition, fromMs, (link) =>
      this.#traffic.opened(link, connectionBytes(links[link].transport)),
    );
  }

  begins(): void {
    this.#calls.begin();
    this.#gaps.begin();
    this.#phones.begin();
    this.#connections.begin();
  }

  happened(outcome: Fired, nowMs: number): void {
    this.#calls.happened(outcome, nowMs);
    this.#gaps.happened(outcome, nowMs);
    const isCounted = nowMs >= this.#fromMs;
    if (isCounted) this.#traffic.happened(outcome);
    this.#phones.happened(outcome, isCounted);
    this.#connections.happened(outcome, nowMs);
  }

  ended(nowMs: number): void {
    this.#calls.end();
    this.#gaps.end(nowMs);
    this.#connections.end(nowMs);
    this.#runs++;
    this.#observedMs += nowMs - this.#fromMs;
  }

  /** The calls of the runs so far, as they stand. */
  get calls(): Measured['calls'] {
    return this.#calls.counts;
  }

  /** What the runs so far have come to. */
  measured(): Measured {
    return {
      runs: this.#runs,
      observedMs: this.#observedMs,
      ...this.#calls.measured(),
      ...this.#gaps.measured(),
      ...this.#traffic.measured(),
      ...this.#phones.measured(),
      ...this.#connections.measured(),
    };
  }
}
