import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import { windowOfRun } from '../check/explain/windowOfRun.ts';
import { judge, simulate } from '../run/simulate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Trace } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { DrawLimits } from './drawLimits.ts';
import { drawScenario } from './drawScenario.ts';
import { search } from './search.ts';
import type { SearchOptions } from './searched.ts';

export interface FuzzOptions extends SearchOptions {
  readonly mode: ModeName;
  readonly server: ServerProfile;
  readonly properties: readonly AnyProperty[];
  readonly limits: DrawLimits;
}

/** How a document becomes a world: with machines of the user's, or with ours. */
export interface Making {
  readonly scenarioOf: (document: ScenarioDocument) => Scenario;
  readonly worldOf: (scenario: Scenario) => WorldDefinition;
  /** Is told of what some run gave something to judge. */
  readonly onWitness?: (property: string) => void;
}

export interface FuzzCounterexample {
  /** The shrunk scenario, with the violation as its expectation. */
  readonly document: ScenarioDocument;
  /** Its run, with the race window that it has where every delay can be what it usually is. */
  readonly trace: Trace;
  readonly violated: readonly string[];
  readonly runs: number;
  readonly shrinks: number;
  /** fast-check's seed and path, which lead straight back to it. */
  readonly seed: number;
  readonly path: string;
}

/** What is drawn is exact; the seed only orders what happens at the same instant. */
const runSeed = 1;

/** What was drawn exactly, free again: calls come at any time, and delays are what they usually are. */
function loosened(
  { links: _, ...document }: ScenarioDocument,
  scenarioOf: (document: ScenarioDocument) => Scenario,
): Scenario {
  const scenario = scenarioOf(document);
  const isCall = ({ action }: Scenario['steps'][number]) => 'party' in action && action.event.type === 'call.dial';
  return {
    ...scenario,
    faults: scenario.faults.filter((fault) => fault.do !== 'delay'),
    steps: scenario.steps.map((step) => (isCall(step) ? { ...step, afterMs: [0, scenario.untilMs] } : step)),
  };
}

/** Looks for a scenario that violates one of the properties, and shrinks it. Null where none was found. */
export function fuzz(
  { mode, server, properties, limits, ...options }: FuzzOptions,
  { scenarioOf, worldOf, onWitness }: Making = {
    scenarioOf: (document) => scenarioIn(document, mode, server),
    worldOf: (scenario) => defineWorld(scenario),
  },
): FuzzCounterexample | null {
  const violated = (document: ScenarioDocument) => {
    const verdicts = judge(worldOf(scenarioOf(document)), runSeed, { properties });
    for (const { property, witnessed } of verdicts) if (witnessed) onWitness?.(property);
    return verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property);
  };
  const shrunk = search(drawScenario(limits), (document) => violated(document).length > 0, options);
  if (shrunk === null) return null;
  const { drawn: found, runs, shrinks, seed, path } = shrunk;
  const names = violated(found);
  const trace = simulate(worldOf(scenarioOf(found)), runSeed);
  const raceWindow = windowOfRun(trace, worldOf(loosened(found, scenarioOf)));
  const every = trace.verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property);
  return {
    document: {
      ...found,
      name: `regression-${names[0]?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      title: `${names.join(', ')} violated`,
      about: `Found by \`ringproof fuzz\` with seed ${seed}, path ${path}, and shrunk.`,
      mode,
      server: server.name,
      expect: { [server.name]: { [mode]: every } },
    },
    trace: { ...trace, ...(raceWindow && { raceWindow }) },
    violated: names,
    runs,
    shrinks,
    seed,
    path,
  };
}
