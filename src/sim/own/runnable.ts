import { everyServerProfile } from '../../profiles/furtherServers.ts';
import type { Subject } from '../check/questions/wholeWindow.ts';
import { InputError } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import { type RunWorlds, runWorlds } from '../sweep/runWorlds.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { modeNameOf, type OwnScenario } from './ownScenario.ts';
import { isOwn, runnableScenario, scenarioRuns, scenarioSubject, systemRuns, systemSubject } from './subject.ts';
import type { OwnSystem } from './systemDefinition.ts';

/** What can be run: a hand-over or a system of your own, or a scenario that is resolved. */
export type Runnable = OwnScenario | OwnSystem | Scenario;

const runnable = 'what defineScenario or defineSystem returns';

/** Refuses what cannot be run, for whoever is not told by TypeScript. `by`: the function that was given it. */
export function refuseOther(what: unknown, by: string, expected = runnable): void {
  if (isOwn(what) || typeof (what as { untilMs?: unknown } | null | undefined)?.untilMs === 'number') return;
  const found = what instanceof Promise ? 'a promise' : what instanceof Object ? 'another object' : String(what);
  throw new InputError({ file: by, problems: [{ line: null, found, expected }] });
}

/** Refuses what is no run, for whoever is not told by TypeScript. */
export function refuseNoTrace(trace: unknown, by: string): void {
  if ((trace as { readonly format?: unknown } | null | undefined)?.format === 'ringproof-trace') return;
  const expected = 'what `simulate` returns, or the trace that a check or a search has found';
  throw new InputError({ file: by, problems: [{ line: null, found: 'no trace', expected }] });
}

/**
 * What is run, in its own mode on its own server; of a workload the day that the seed draws. Throws an InputError for machines
 * that do not fit, and for a workload without a seed.
 */
export function subjectOf(what: Runnable, seed?: number): Subject {
  if (!('is' in what)) {
    const scenario = runnableScenario(what, what.name, seed);
    return { scenario, worldOf: (changed) => defineWorld(changed as Scenario) };
  }
  if (what.is === 'system') return systemSubject(what, what.definition.name);
  return scenarioSubject(what, what.document.name, modeNameOf(what), what.server ?? everyServerProfile.multi, seed);
}

export function worldOf(what: Runnable, seed?: number): WorldDefinition {
  const { scenario, worldOf } = subjectOf(what, seed);
  return worldOf(scenario);
}

/** What many runs of it are runs of: of a workload the days that their seeds draw. */
export function runsOf(what: Runnable): RunWorlds {
  if (!('is' in what)) return runWorlds(what);
  if (what.is === 'system') return systemRuns(what, what.definition.name);
  return scenarioRuns(what, what.document.name, modeNameOf(what), what.server ?? everyServerProfile.multi);
}

/** Throws an InputError for names that are no properties of a world. */
export function refuseUnknown(properties: readonly string[] | undefined, world: WorldDefinition): void {
  const names = world.properties.map(({ name }) => name);
  const unknown = properties?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length === 0) return;
  const problems = unknown.map((name) => unknownWord(name, 'for properties', names));
  throw new InputError({ file: world.scenario.name, problems });
}
