import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Subject } from '../check/questions/wholeWindow.ts';
import { InputError } from '../input/inputError.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { machinesOf } from '../sipWorld/definition.ts';
import { oneWorld, type RunWorlds, runWorlds } from '../sweep/runWorlds.ts';
import type { Settings } from '../system/settings.ts';
import { drawn } from '../workload/drawnDay.ts';
import { type OwnScenario, scenarioOf, worldOfScenario } from './ownScenario.ts';
import { rehearse } from './rehearsal.ts';
import type { OwnSystem, SystemSettings } from './systemDefinition.ts';
import { settingsOf, worldOfSystem } from './systemWorld.ts';

/** What a module of the user's is. */
export type Own = OwnScenario | OwnSystem;

/** Per module the scenarios in which its machines were tried: many runs of one are asked for one by one. */
const tried = new WeakMap<Own, Set<string>>();

/** Tries the machines of these parties in a world, unless they were tried there before. Throws an InputError where they do not fit. */
function rehearseOnce(
  own: Own,
  { scenario, worldOf }: Subject,
  ...[parties, file, ours]: [parties: readonly string[], file: string, ours?: Parameters<typeof rehearse>[3]]
): void {
  const places = tried.get(own) ?? new Set();
  tried.set(own, places);
  const place = JSON.stringify(scenario);
  if (places.has(place)) return;
  rehearse(worldOf(scenario), parties, file, ours);
  places.add(place);
}

/** Whether something is what defineScenario or defineSystem returns. */
export function isOwn(found: unknown): found is Own {
  const { is, document, definition } = (found ?? {}) as Partial<Record<'is' | 'document' | 'definition', unknown>>;
  return (is === 'scenario' && document instanceof Object) || (is === 'system' && definition instanceof Object);
}

/** The scenario, or the day of its workload that a seed draws; without a seed one with a workload is refused. */
export function runnableScenario(scenario: Scenario, file: string, seed?: number): Scenario {
  if (scenario.workload === undefined) return scenario;
  if (seed !== undefined) return drawn(scenario, seed);
  const expected = 'steps, whose every order is decided: days of a workload are drawn by `simulate` and `sweep`';
  throw new InputError({ file, problems: [{ line: null, found: 'a workload', expected }] });
}

/** The user's hand-over in a mode on a server. Throws an InputError where its machines do not fit. */
export function scenarioSubject(
  own: OwnScenario,
  file: string,
  mode: string,
  server: ServerProfile,
  seed?: number,
): Subject {
  const scenario = runnableScenario(scenarioOf(own, mode, server), file, seed);
  const worldOf = (changed: Settings) => worldOfScenario(own, file, changed as Scenario);
  const subject = { scenario, worldOf };
  const parties = Object.keys(own.machines);
  if (parties.length > 0) rehearseOnce(own, subject, parties, file, { ...machinesOf(scenario) });
  return subject;
}

/** What runs of the user's hand-over are runs of: of one with a workload the days of their seeds. Throws as `scenarioSubject` does. */
export function scenarioRuns(own: OwnScenario, file: string, mode: string, server: ServerProfile): RunWorlds {
  const scenario = scenarioOf(own, mode, server);
  const worlds = runWorlds(scenario, (one) => worldOfScenario(own, file, one));
  const parties = Object.keys(own.machines);
  if (parties.length > 0) rehearse(worlds.of(1), parties, file, { ...machinesOf(scenario) });
  return worlds;
}

/** What runs of the user's system are runs of. */
export function systemRuns(own: OwnSystem, file: string): RunWorlds {
  const { scenario, worldOf } = systemSubject(own, file);
  return oneWorld(worldOf(scenario));
}

/** The user's system. Throws an InputError where its machines do not fit. */
export function systemSubject(own: OwnSystem, file: string): Subject {
  const scenario = settingsOf(own.definition);
  const worldOf = (changed: Settings) => worldOfSystem(own, file, changed as SystemSettings);
  const subject = { scenario, worldOf };
  rehearseOnce(own, subject, scenario.parties, file);
  return subject;
}
