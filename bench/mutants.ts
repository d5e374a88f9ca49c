import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import type { ModeName } from '../src/machines/modeVariants.ts';
import { everyServerProfile } from '../src/profiles/furtherServers.ts';
import { check } from '../src/sim/check/check.ts';
import { parseScenario } from '../src/sim/scenario/parse.ts';
import { resolveScenario } from '../src/sim/scenario/resolve.ts';
import type { Scenario } from '../src/sim/scenario/scenario.ts';
import { defineWorld, machinesOf } from '../src/sim/world/definition.ts';
import { type Mutant, mutantsOf } from './mutantsOf.ts';

/** Where each mode is at home, and what a server that holds is for. */
const places: readonly (readonly [ModeName, keyof typeof everyServerProfile])[] = [
  ['continuous', 'multi'],
  ['singleDeviceEmulation', 'reject'],
  ['standard', 'multi'],
  ['singleDeviceTakeover', 'overwrite'],
  ['singleDeviceEmulation', 'hold'],
];

interface Cell {
  readonly label: string;
  readonly scenario: Scenario;
  readonly verdicts: ReadonlyMap<string, string>;
  readonly costMs: number;
}

/** A mutant may explode where the right machines do not: then it is at least noticed. */
const patienceMs = 1_000;
/** So many of the cells that take the least time. */
const mostCells = 32;

const verdictsOf = (scenario: Scenario, replaced = {}): Map<string, string> => {
  const startMs = performance.now();
  const onProgress = () => performance.now() - startMs < patienceMs;
  const { decisions } = check(defineWorld(scenario, replaced), { onProgress });
  return new Map(decisions.map(({ property, verdict }) => [property, verdict]));
};

const folder = new URL('../../examples/', import.meta.url).pathname;
const cells = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => {
    const document = parseScenario(readFileSync(`${folder}${file}`, 'utf8'), file, everyServerProfile);
    return places.map(([mode, server]): Cell => {
      const scenario = resolveScenario(document, {}, { mode, server: everyServerProfile[server] });
      const startMs = performance.now();
      const verdicts = verdictsOf(scenario);
      return {
        label: `${document.name}, ${mode} on ${server}`,
        scenario,
        verdicts,
        costMs: performance.now() - startMs,
      };
    });
  })
  .sort((one, other) => one.costMs - other.costMs)
  .slice(0, mostCells);

/** The first property whose verdict changes, and where; null where none does. */
function killerOf(mutant: Mutant): { by: string; where: string } | null {
  for (const { label, scenario, verdicts } of cells) {
    try {
      for (const [property, verdict] of verdictsOf(scenario, mutant.apply(machinesOf(scenario)))) {
        const before = verdicts.get(property);
        if (verdict !== before) return { by: `${property}: ${before} → ${verdict}`, where: label };
      }
    } catch (error) {
      return { by: `fails: ${(error as Error).message}`, where: label };
    }
  }
  return null;
}

const [first] = cells;
if (first === undefined) throw new Error('there is no cell to check');
const mutants = mutantsOf(machinesOf(first.scenario));
const line = (...columns: string[]) => process.stdout.write(`| ${columns.join(' | ')} |\n`);
line('party', 'mutant', 'killed by', 'in');
line('---', '---', '---', '---');
let survivors = 0;
for (const mutant of mutants) {
  const killer = killerOf(mutant);
  if (killer === null) survivors++;
  line(mutant.party, mutant.name, killer?.by ?? '**survives**', killer?.where ?? '');
}
process.stdout.write(`\n${mutants.length - survivors} of ${mutants.length} mutants die in ${cells.length} cells.\n`);
