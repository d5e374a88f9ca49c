import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { serverProfiles } from '../src/profiles/servers.ts';
import { exploreUntimed } from '../src/sim/check/untimed/explore.ts';
import { toPromela } from '../src/sim/check/untimed/promela.ts';
import type { ScenarioDocument } from '../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../src/sim/sipWorld/definition.ts';
import { runSpin } from '../test/support/spin.ts';

/** An app that opens and registers over UDP, and a push server that does not reach the SIP server: 7 million states. */
const document: ScenarioDocument = {
  name: 'bench-untimed',
  title: 'The app opens',
  links: { pushServerSip: { reachable: false } },
  steps: [{ at: '1s', do: 'open' }],
};
const definition = defineWorld(resolveScenario(document, serverProfiles));
const rounds = 2;
/** Slots of SPIN's hash table as a power of 2: the next above the number of states. */
const spinOptions = ['-A', '-E', '-m100000', '-w23'];

interface Measured {
  readonly states: number;
  readonly transitions: number;
  readonly bytes: number;
  readonly seconds: number;
}

function ours(): Measured {
  const start = performance.now();
  const { states, transitions, bytes } = exploreUntimed(definition);
  return { states, transitions, bytes, seconds: (performance.now() - start) / 1000 };
}

const fastest = (runs: readonly Measured[]): Measured =>
  runs.reduce((best, one) => (one.seconds < best.seconds ? one : best));

const group = (value: number) => Math.round(value).toLocaleString('en-US');

const row = (name: string, { states, transitions, bytes, seconds }: Measured) =>
  `${name.padEnd(44)}${group(states / seconds).padStart(10)} states/s ${group(transitions / seconds).padStart(12)} transitions/s ${(bytes / states).toFixed(1).padStart(6)} B/state`;

const ratio = (name: string, one: Measured, other: Measured) =>
  `${name}: ${(other.seconds / one.seconds).toFixed(2)} times the states per second, ${(one.bytes / other.bytes).toFixed(2)} of the memory`;

const hasSpin = ['spin', 'gcc'].every((tool) => spawnSync(tool, ['--version']).error === undefined);

/** The untimed exploration and SPIN on the same world, in turns, the fastest run of each. */
export function benchUntimed(): void {
  if (!hasSpin) {
    process.stdout.write(`${row('untimed', ours())}\nNo comparison without SPIN: apt-get install -y spin gcc\n`);
    return;
  }
  const model = toPromela(definition, 0, 2 ** 30);
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
  process.stdout.write(
    `${[
      `${document.title}, untimed: ${group(mine.states)} states; fastest of ${rounds} rounds in turns.`,
      row('untimed', mine),
      row('SPIN -O2 -DSAFETY -DNOREDUCE, depth first', full),
      row('SPIN -O2 -DSAFETY, depth first', reduced),
      ratio('untimed / SPIN -DNOREDUCE', mine, full),
      ratio('untimed / SPIN', mine, reduced),
    ].join('\n')}\n`,
  );
}
