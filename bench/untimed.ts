import process from 'node:process';
import { serverProfiles } from '../src/profiles/servers.ts';
import { exploreUntimed } from '../src/sim/check/untimed/explore.ts';
import { toPromela } from '../src/sim/check/untimed/promela.ts';
import { resolveScenario } from '../src/sim/scenario/resolve.ts';
import type { ScenarioDocument } from '../src/sim/scenario/schema.ts';
import { defineWorld } from '../src/sim/world/definition.ts';
import { hasSpin, runSpin, spinInstallLine } from '../test/support/spin.ts';

const losses = 2;
/** Over a million states. */
const document: ScenarioDocument = {
  name: 'bench-untimed',
  title: 'Two calls for somebody who is not registered',
  steps: [
    { at: '20s', do: 'dial', call: 1 },
    { at: '25s', do: 'dial', call: 2 },
  ],
};
const definition = defineWorld(resolveScenario(document, serverProfiles));
const rounds = 3;
/** Slots of SPIN's hash table as a power of 2: the next above the number of states. SPIN searches depth first. */
const spinOptions = ['-A', '-E', '-m10000', '-w21'];

interface Measured {
  readonly states: number;
  readonly transitions: number;
  readonly bytes: number;
  readonly seconds: number;
}

function ours(): Measured {
  const start = performance.now();
  const { states, transitions, bytes } = exploreUntimed(definition, { losses });
  return { states, transitions, bytes, seconds: (performance.now() - start) / 1000 };
}

const fastest = (runs: readonly Measured[]): Measured =>
  runs.reduce((best, one) => (one.seconds < best.seconds ? one : best));

const group = (value: number) => Math.round(value).toLocaleString('en-US');

const row = (name: string, { states, transitions, bytes, seconds }: Measured) =>
  `${name.padEnd(44)}${group(states / seconds).padStart(10)} states/s ${group(transitions / seconds).padStart(12)} transitions/s ${(bytes / states).toFixed(1).padStart(6)} B/state`;

/** The untimed exploration and SPIN on the same world, in turns, the fastest run of each. */
export function benchUntimed(): void {
  if (!hasSpin) {
    process.stdout.write(`${row('untimed', ours())}\nNo comparison without SPIN: ${spinInstallLine}\n`);
    return;
  }
  const model = toPromela(definition, losses, 2 ** 30);
  const measured = Array.from({ length: rounds }, () => ({
    ours: ours(),
    full: runSpin(model, ['-DNOREDUCE'], spinOptions)[0] as Measured,
    reduced: runSpin(model, [], spinOptions)[0] as Measured,
  }));
  const [mine, full, reduced] = [
    fastest(measured.map((one) => one.ours)),
    fastest(measured.map((one) => one.full)),
    fastest(measured.map((one) => one.reduced)),
  ];
  const best = fastest([full, reduced]);
  const perSecond = mine.states / mine.seconds / (best.states / best.seconds);
  const perState = mine.bytes / mine.states / (best.bytes / best.states);
  process.stdout.write(
    `${[
      `Untimed, two calls with ${losses} losses: ${group(mine.states)} states; fastest of ${rounds} rounds in turns.`,
      row('untimed', mine),
      row('SPIN -O2 -DSAFETY -DNOREDUCE, depth first', full),
      row('SPIN -O2 -DSAFETY, depth first', reduced),
      `untimed / SPIN: ${perSecond.toFixed(2)} times the states per second, ${perState.toFixed(2)} of the memory per state`,
    ].join('\n')}\n`,
  );
}
