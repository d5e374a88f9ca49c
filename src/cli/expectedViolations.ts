import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import type { Adaptation } from './options.ts';

/**
 * Whether a file speaks of the runs that are made on that server. A profile of the user's own may bear the name of another one.
 */
export const isSaidOf = (server: ServerProfile, { mitigated, network, push }: Adaptation): boolean =>
  !mitigated &&
  network === undefined &&
  push === undefined &&
  [undefined, server].includes(everyServerProfile[server.name as keyof typeof everyServerProfile]);

/** The properties that a file expects to be violated where it is run. */
export function expectedViolations(
  { expect }: Pick<ScenarioDocument, 'expect'>,
  mode: string,
  server: ServerProfile,
  adaptation: Adaptation = {},
): readonly string[] {
  const said = isSaidOf(server, adaptation) ? expect?.[server.name]?.[mode as ModeName] : undefined;
  return said === undefined || said === 'holds' ? [] : said;
}
