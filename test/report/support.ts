import fc from 'fast-check';
import { modeNames } from '../../src/machines/modeVariants.ts';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { changeKinds } from '../../src/sim/fuzz/drawLimits.ts';
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { callScenarios } from '../support/fieldScenarios.ts';
import { example, exampleNames, scenarioOf } from '../support/scenarios.ts';

const same = (text: string) => text;
export const plain = { red: same, green: same, blue: same, yellow: same, magenta: same, dim: same };

/** Leaves nothing to chance, so that no change of the dice changes a ladder. */
const exactLinks = {
  callerSip: { latency: '15ms' },
  appSip: { latency: '50ms' },
  pushServerSip: { latency: '12ms' },
  control: { latency: '70ms' },
  pushRequest: { latency: '40ms' },
  notification: { latency: '1200ms' },
} as const satisfies ScenarioDocument['links'];

type Written = Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>;

/** A run in which everything takes the same time whatever the seed. */
export const exactRun = (
  document: Written,
  ...choice: [Parameters<typeof scenarioOf>[1]?, Parameters<typeof scenarioOf>[2]?]
): Trace => simulate(scenarioOf({ links: exactLinks, timing: exactTiming, ...document }, ...choice), 1);

/** The user opens the app and leaves it again, and a call comes `after` that. */
export const homeThenCall = (after: string): ScenarioDocument['steps'] => [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
  { after, do: 'dial', call: 1 },
];

let runs: readonly Trace[] | null = null;

/** The bundled scenarios, those of calls included, in every mode; run once for all who look at them. */
export const bundledRuns = (): readonly Trace[] => {
  runs ??= [...exampleNames.map(example), ...callScenarios].flatMap((document) =>
    registrationModeNames.map((mode, index) =>
      simulate(resolveScenario(document, serverProfiles, { mode, server: serverProfiles.reject }), index + 1),
    ),
  );
  return runs;
};

/** A run of any hand-over with losses and two calls, in any mode on any server. */
export const anyRun: fc.Arbitrary<Trace> = fc
  .record({
    document: drawScenario({ changes: 4, kinds: changeKinds, calls: 2, losses: 3 }),
    mode: fc.constantFrom(...modeNames),
    server: fc.constantFrom(...Object.values(everyServerProfile)),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ document, mode, server, seed }) =>
    simulate(resolveScenario(document, serverProfiles, { mode, server }), seed),
  );
