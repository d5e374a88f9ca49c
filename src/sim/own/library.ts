import type { PartyMachines } from '../../machines/parties.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../profiles/furtherServers.ts';
import { replay as replayWorld } from '../run/replay.ts';
import { simulate as simulateWorld } from '../run/simulate.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { machinesOf as machinesOfScenario } from '../sipWorld/definition.ts';
import type { Trace } from '../trace/trace.ts';
import { modeNameOf, type OwnParts, type OwnScenario, scenarioDefinition, scenarioOf } from './ownScenario.ts';
import { refuseNumbers } from './refuseNumbers.ts';
import { type Runnable, refuseNoTrace, refuseOther, subjectOf, worldOf } from './runnable.ts';

/**
 * A hand-over in TypeScript: the same document as in a file; mode, server, machines and properties may be your own.
 *
 * @example
 * ```ts
 * import { defineScenario, serverProfiles } from 'ringproof';
 *
 * const scenario = defineScenario(
 *   {
 *     name: 'gap',
 *     title: 'Call in the gap',
 *     steps: [
 *       { at: '1s', do: 'open' },
 *       { at: '10s', do: 'home' },
 *       { at: ['9s', '12s'], do: 'dial', call: 1 },
 *     ],
 *   },
 *   { mode: 'singleDeviceEmulation', server: 'reject' },
 * );
 * console.log(scenario.server === serverProfiles.reject);
 * ```
 */
export function defineScenario(
  document: ScenarioDocument,
  own: Omit<OwnParts, 'server'> & {
    readonly server?: Exclude<OwnParts['server'], string | undefined> | AnyServerProfileName;
  } = {},
): OwnScenario {
  return scenarioDefinition(document, own, everyServerProfile);
}

/**
 * Our machines for that hand-over, to change them with `provide` or to look at them.
 *
 * @example
 * ```ts
 * import { defineScenario, machinesOf } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * const { pushServer } = machinesOf(scenario);
 * console.log(Object.keys(pushServer.root.states));
 * ```
 */
export function machinesOf(own: OwnScenario): PartyMachines {
  const isSystem = (own as { readonly is?: unknown } | null | undefined)?.is === 'system';
  refuseOther(isSystem ? {} : own, 'machinesOf', 'what defineScenario returns');
  return machinesOfScenario(scenarioOf(own, modeNameOf(own), own.server ?? everyServerProfile.multi));
}

/**
 * One run with a seed; of a workload, the day that the seed draws. The same seed gives the same trace. Throws an InputError for machines that do not fit.
 *
 * @example
 * ```ts
 * import { defineScenario, simulate } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * console.log(simulate(scenario, 7).verdicts.filter(({ verdict }) => verdict === 'violated'));
 * ```
 */
export function simulate(what: Runnable, seed: number): Trace {
  refuseOther(what, 'simulate');
  refuseNumbers('simulate', { seed: [seed, 0, 4_294_967_295] });
  return simulateWorld(worldOf(what, seed), seed);
}

/**
 * Runs a trace again, step by step, by the machines as they are now: ours, or those of `what`. `file`: how errors name it.
 * Throws an InputError with the first step that comes out differently.
 *
 * @example
 * ```ts
 * import { defineScenario, replay, simulate } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * const trace = simulate(scenario, 7);
 * console.log(replay(trace, 'gap.json', scenario).digest === trace.digest);
 * ```
 */
export function replay(trace: Trace, file: string, what?: Runnable): Trace {
  refuseNoTrace(trace, file);
  if (what === undefined) return replayWorld(trace, file);
  refuseOther(what, 'replay');
  const { scenario, worldOf } = subjectOf(what, trace.seed ?? undefined);
  // A hand-over may have been drawn, or changed in the page, and be run in another place.
  const isHandOver = 'is' in what && what.is === 'scenario';
  return replayWorld(trace, file, () => worldOf(isHandOver ? trace.scenario : scenario));
}
