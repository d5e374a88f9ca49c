import type { Plugin } from 'vite';
import { everyMode } from '../../machines/modeVariants.ts';
import { serverProfiles } from '../../profiles/servers.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';
import { machinesOf } from '../../sim/world/definition.ts';
import { layOutCharts } from './layOut.ts';

const id = 'virtual:charts';

/** The server and the links decide what guards answer, not what is drawn: any scenario will do. */
const anyScenario = { name: 'any', title: 'Any', steps: [{ at: '1s', do: 'open' as const }] };

/** What a scenario can have that puts further regions or transitions into the machines. */
const further = [
  {},
  { steps: [...anyScenario.steps, { at: '2s', do: 'call' as const }] },
  { otherDevice: 'answers' as const },
  { unreportedPush: 'terminates' as const },
  { unreportedPush: 'terminates' as const, reportsPush: 'withInvite' as const },
  { unreportedPush: 'terminates' as const, reportsPush: 'withInvite' as const, repeatsPush: true },
];

const configured = () =>
  Object.values(everyMode).flatMap((mode) =>
    further.map((part) => machinesOf(resolveScenario({ ...anyScenario, ...part }, serverProfiles, { mode }))),
  );

/** The statecharts of the machines as a module of the page, with their coordinates. */
export const charts = (): Plugin => ({
  name: 'ringproof-charts',
  resolveId: (wanted) => (wanted === id ? `\0${id}` : null),
  load: async (wanted) =>
    wanted === `\0${id}` ? `export default ${JSON.stringify(await layOutCharts(configured()))}` : null,
});
