import { readdirSync, readFileSync } from 'node:fs';
import { everyMode, type ModeName } from '../src/machines/modeVariants.ts';
import { everyServerProfile } from '../src/profiles/furtherServers.ts';
import type { Scenario } from '../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../src/sim/scenarioFile/document.ts';
import { mitigated } from '../src/sim/scenarioFile/mitigated.ts';
import { parseScenario } from '../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../src/sim/scenarioFile/resolve.ts';

/** Seen from where this is compiled to. */
const folder = new URL('../../examples/', import.meta.url).pathname;

const scenariosIn = (name: string): readonly ScenarioDocument[] =>
  readdirSync(`${folder}${name}`)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => parseScenario(readFileSync(`${folder}${name}/${file}`, 'utf8'), file, everyServerProfile));

/** The bundled scenarios. */
export const bundled = scenariosIn('');

/** Those that say in which cells they expect what: from the field, of calls, and of other designs. */
export const expecting = [...scenariosIn('field'), ...scenariosIn('calls'), ...scenariosIn('designs')];

/** A scenario in one cell of its matrix. */
export const inCell = (document: ScenarioDocument, mode: string, server: string): Scenario =>
  resolveScenario(document, everyServerProfile, {
    mode: everyMode[mode as ModeName],
    server: everyServerProfile[server as keyof typeof everyServerProfile],
  });

/** Servers that push each in a way of its own. */
const pushingServers = [
  'multi',
  'opensips-push',
  'opensips-push-skip',
  'opensips-event-routing',
  'flexisip-fork-late',
  'kazoo',
  'kamailio-tsilo-all',
] as const;

/** The bundled scenarios where the SIP server pushes, and those with several phones. */
export const wherePushed: readonly (readonly [Scenario, string])[] = [
  ...bundled.flatMap((document) => pushingServers.map((server) => [document, server] as const)),
  ...scenariosIn('topologies').flatMap((document) =>
    Object.entries(document.expect ?? {})
      .filter(([, byMode]) => 'sipServerPushes' in byMode)
      .map(([server]) => [document, server] as const),
  ),
].map(([document, server]) => [
  inCell(document, 'sipServerPushes', server),
  `${document.name}, sipServerPushes on ${server}`,
]);

/** A scenario in the cells that it expects something of, as it is and with its mitigation. */
export function expectedCells(document: ScenarioDocument): Scenario[] {
  const cells = Object.entries(document.expect ?? {}).flatMap(([server, byMode]) =>
    Object.keys(byMode).map((mode) => inCell(document, mode, server)),
  );
  return document.mitigation === undefined
    ? cells
    : [...cells, resolveScenario(mitigated(document), everyServerProfile)];
}
