import fc from 'fast-check';
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
import { type DrawLimits, drawScenario } from './drawScenario.ts';

export interface FuzzOptions {
  readonly mode: ModeName;
  readonly server: ServerProfile;
  readonly properties: readonly AnyProperty[];
  readonly limits: DrawLimits;
  readonly runs: number;
  readonly seed: number;
  /** Is told of each run whether it violates a property. */
  readonly onRun?: (isViolated: boolean) => void;
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
  resolved: (document: ScenarioDocument) => Scenario,
): Scenario {
  const scenario = resolved(document);
  const isCall = ({ action }: Scenario['steps'][number]) => 'party' in action && action.event.type === 'call.dial';
  return {
    ...scenario,
    faults: scenario.faults.filter((fault) => fault.do !== 'delay'),
    steps: scenario.steps.map((step) => (isCall(step) ? { ...step, afterMs: [0, scenario.untilMs] } : step)),
  };
}

/** Looks for a scenario that violates one of the properties, and shrinks it. Null where none was found. */
export function fuzz({ mode, server, properties, limits, runs, seed, onRun }: FuzzOptions): FuzzCounterexample | null {
  const resolved = (document: ScenarioDocument) => scenarioIn(document, mode, server);
  const violated = (document: ScenarioDocument) =>
    judge(defineWorld(resolved(document)), runSeed, { properties })
      .filter(({ verdict }) => verdict === 'violated')
      .map(({ property }) => property);
  const details = fc.check(
    fc.property(drawScenario(limits), (document) => {
      const isViolated = violated(document).length > 0;
      onRun?.(isViolated);
      return !isViolated;
    }),
    { numRuns: runs, seed },
  );
  const [found] = details.counterexample ?? [];
  if (found === undefined) {
    if (details.failed) throw details.errorInstance ?? new Error('fast-check failed without a counterexample');
    return null;
  }
  const names = violated(found);
  const trace = simulate(resolved(found), runSeed);
  const raceWindow = windowOfRun(trace, defineWorld(loosened(found, resolved)));
  const every = trace.verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property);
  return {
    document: {
      ...found,
      name: `regression-${names[0]?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      title: `${names.join(', ')} violated`,
      about: `Found by \`ringproof fuzz\` with seed ${details.seed}, path ${details.counterexamplePath}, and shrunk.`,
      mode,
      server: server.name,
      expect: { [server.name]: { [mode]: every } },
    },
    trace: { ...trace, ...(raceWindow && { raceWindow }) },
    violated: names,
    runs: details.numRuns,
    shrinks: details.numShrinks,
    seed: details.seed,
    path: details.counterexamplePath ?? '',
  };
}
