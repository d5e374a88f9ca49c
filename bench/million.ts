import { readdirSync, readFileSync } from 'node:fs';
import { type ModeName, modeNames } from '../src/machines/modeVariants.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { check } from '../src/sim/check/questions/check.ts';
import { propertyNamed } from '../src/sim/properties/properties.ts';
import { judge } from '../src/sim/run/simulate.ts';
import { parseScenario } from '../src/sim/scenarioFile/parse.ts';
import { scenarioIn } from '../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../src/sim/sipWorld/definition.ts';
import type { WorldDefinition } from '../src/sim/world/definition.ts';

const noInviteLost = [propertyNamed('noInviteLost')];
const runsInAll = 1_000_000;

const folder = new URL('../../examples/', import.meta.url).pathname;

function proved(): { label: string; definition: WorldDefinition }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => {
      const document = parseScenario(readFileSync(`${folder}${file}`, 'utf8'), file, serverProfiles);
      const modes = modeNames.filter((mode): mode is ModeName => mode !== 'swapOldFirst');
      return modes.flatMap((mode) =>
        Object.values(serverProfiles).map((server) => ({
          label: `${document.name}, ${mode} on ${server.name}`,
          definition: defineWorld(scenarioIn(document, mode, server)),
        })),
      );
    })
    .filter(({ definition }) => check(definition, { properties: noInviteLost }).decisions[0]?.verdict === 'holds');
}

/** A million simulated runs of the scenarios in which no INVITE is lost, as the checker says: none may be lost. */
export function benchMillion(): string {
  const cells = proved();
  const runs = Math.ceil(runsInAll / cells.length);
  const lost = cells.flatMap(({ label, definition }) => {
    for (let seed = 1; seed <= runs; seed++) {
      if (judge(definition, seed, { properties: noInviteLost })[0]?.verdict === 'violated')
        return [`${label}, seed ${seed}`];
    }
    return [];
  });
  const total = (runs * cells.length).toLocaleString('en-US');
  return lost.length === 0
    ? `no INVITE lost in ${total} runs of ${cells.length} cells of which that is proved`
    : `the checker is wrong about: ${lost.join('; ')}`;
}
