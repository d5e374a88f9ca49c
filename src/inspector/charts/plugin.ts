import type { Plugin } from 'vite';
import { everyMode } from '../../machines/modeVariants.ts';
import { serverProfiles } from '../../profiles/servers.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';
import { machinesOf } from '../../sim/world/definition.ts';
import { layOutCharts } from './layOut.ts';

const id = 'virtual:charts';

/** The server and the links decide what guards answer, not what is drawn: any scenario will do. */
const anyScenario = { name: 'any', title: 'Any', steps: [{ at: '1s', do: 'open' as const }] };

const machinesByMode = () =>
  Object.fromEntries(
    Object.values(everyMode).map((mode) => [
      mode.name,
      machinesOf(resolveScenario(anyScenario, serverProfiles, { mode })),
    ]),
  );

/** The statecharts of the machines as a module of the page, with their coordinates. */
export const charts = (): Plugin => ({
  name: 'ringproof-charts',
  resolveId: (wanted) => (wanted === id ? `\0${id}` : null),
  load: async (wanted) =>
    wanted === `\0${id}` ? `export default ${JSON.stringify(await layOutCharts(machinesByMode()))}` : null,
});
