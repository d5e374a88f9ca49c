export type { Trace, TraceRecord } from './sim/trace/trace.ts';

/** What a TypeScript project imports from `ringproof`: scenarios, runs, properties, profiles. */

import type { ModeName } from './machines/modeVariants.ts';
import type { RegistrationMode } from './machines/registrationModes.ts';
import type { ServerProfile } from './machines/serverProfile.ts';
import { type AnyServerProfileName, everyServerProfile } from './profiles/furtherServers.ts';
import type { Scenario } from './sim/scenario/scenario.ts';
import { scenarioIn } from './sim/scenarioFile/resolve.ts';
import type { ScenarioDocument } from './sim/scenarioFile/schema.ts';

export { modeVariants } from './machines/modeVariants.ts';
export { type RegistrationMode, type RegistrationModeName, registrationModes } from './machines/registrationModes.ts';
export type { ServerProfile } from './machines/serverProfile.ts';
export { furtherServerProfiles } from './profiles/furtherServers.ts';
export { productProfiles } from './profiles/products.ts';
export { serverProfiles } from './profiles/servers.ts';
export { properties } from './sim/properties/properties.ts';
export { verdictSentences } from './sim/report/sentence.ts';
export { replay } from './sim/run/replay.ts';
export { simulate } from './sim/run/simulate.ts';
export { parseScenario } from './sim/scenarioFile/parse.ts';
export type { ScenarioDocument } from './sim/scenarioFile/schema.ts';

/** A scenario in TypeScript: the same document as in YAML, with a mode and a server that need not be bundled ones. */
export function defineScenario(
  document: Omit<ScenarioDocument, 'mode' | 'server' | 'expect'>,
  given: {
    readonly mode: ModeName | RegistrationMode;
    readonly server: ServerProfile | AnyServerProfileName;
  },
): Scenario {
  const server = typeof given.server === 'string' ? everyServerProfile[given.server] : given.server;
  return scenarioIn(document, given.mode, server);
}
