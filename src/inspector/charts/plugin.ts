import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';
import { everyMode } from '../../machines/modeVariants.ts';
import { isPushedByServer } from '../../machines/registrationModes.ts';
import { serverProfiles } from '../../profiles/servers.ts';
import { resolveScenario } from '../../sim/scenarioFile/resolve.ts';
import { machinesOf } from '../../sim/sipWorld/definition.ts';
import { layOutCharts } from './layOut.ts';
import { type PackedCharts, packed } from './packed.ts';

/** Where the page finds the coordinates of its own statecharts. */
const chartsFile = 'charts.json';

/** The server and the links decide what guards answer, not what is drawn: any scenario will do. */
const anyScenario = { name: 'any', title: 'Any', steps: [{ at: '1s', do: 'open' as const }] };

/** What shapes the calls of the phone: each combination has a picture of its own, the same in every mode. */
const pushRules = [
  {},
  { unreportedPush: 'terminates' as const },
  { unreportedPush: 'terminates' as const, reportsPush: 'withInvite' as const },
];
const ruled = pushRules.flatMap((rule) => [rule, { ...rule, endsCall: 'user' as const }]);
const phones = [
  ...ruled,
  // Without a push server the modes are all alike.
  { pushEnabled: false },
];

/** What puts other regions or transitions into the machines: no two of these into the same region. */
const further = {
  steps: [...anyScenario.steps, { at: '2s', do: 'call' as const }],
  otherDevice: 'answers' as const,
  repeatsPush: true,
  notifications: 'unavailable' as const,
};

/** What adds regions, or changes one that nothing else changes. */
const connected = (refresher: 'caller' | 'user') => ({
  sessionTimers: { refresher },
  keepAlive: { app: true, pushServer: true },
  links: { appSip: { transport: 'tcp' as const }, pushServerSip: { transport: 'tcp' as const } },
});

/** What changes the SIP server as a whole. */
const secondServer = { topology: { secondServer: {} } };

/** Where the SIP server pushes, the app as a whole looks different, with each of its regions. */
const pushed = [
  ...ruled,
  ...[{}, { endsCall: 'user' as const }].map((end) => ({
    ...{ unreportedPush: 'terminates' as const, reportsPush: 'callsOnly' as const },
    ...end,
  })),
  { steps: further.steps },
  { sessionTimers: { refresher: 'caller' as const } },
  { withoutPushes: 'staysAwake' as const },
  { afterUnsupported: 'givesUp' as const },
  { withoutPushes: 'staysAwake' as const, afterUnsupported: 'givesUp' as const },
];

const configured = () =>
  Object.values(everyMode).flatMap((mode) =>
    [
      ...(mode === everyMode.standard ? phones : [{}]),
      ...(isPushedByServer(mode) ? pushed : []),
      ...[further, connected('caller'), connected('user'), secondServer],
    ].map((part) => machinesOf(resolveScenario({ ...anyScenario, ...part }, serverProfiles, { mode }))),
  );

/** The statecharts of our own machines in every configuration, as the page carries them. */
export const ownCharts = async (): Promise<PackedCharts> => packed(await layOutCharts(configured()));

const read = (path: string): string => readFileSync(createRequire(import.meta.url).resolve(path), 'utf8');

/** What its licence wants said of a copy (EPL-2.0 3.1, 3.2). */
const elkNotice = `/* elkjs, Eclipse Public License 2.0 or GPL-3.0-or-later: see elk-worker.LICENSE.md. Source: https://github.com/kieler/elkjs */\n`;

/**
 * Puts the statecharts of the machines beside the page, with their coordinates, to be fetched once a run is shown; and
 * elk itself as a worker of its own, which only who inspects other machines has loaded.
 */
export const charts = (): Plugin => ({
  name: 'ringproof-charts',
  async generateBundle() {
    const emit = (fileName: string, source: string) => this.emitFile({ type: 'asset', fileName, source });
    emit(chartsFile, JSON.stringify(await ownCharts()));
    emit('elk-worker.js', elkNotice + read('elkjs/lib/elk-worker.min.js'));
    emit('elk-worker.LICENSE.md', read('elkjs/LICENSE.md'));
  },
});
