import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TransportNotice } from '../../../src/machines/events.ts';
import type { AddressMessage, FirewallMessage, Message } from '../../../src/machines/messages.ts';
import { registrationModeNames } from '../../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../../src/profiles/servers.ts';
import { regressionOf } from '../../../src/sim/check/explain/regression.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import type { FaultMessage, ScenarioDocument } from '../../../src/sim/scenarioFile/document.ts';
import { parseScenario } from '../../../src/sim/scenarioFile/parse.ts';
import { faultyScenario } from '../../support/faultyRuns.ts';
import { scenarioOf } from '../../support/scenarios.ts';

/** What is kept of a run is a file that can be read again. */

const readAgain = (document: ScenarioDocument) =>
  parseScenario(JSON.stringify(document), 'regression.yaml', serverProfiles);

/** What never crosses a link: said to the own host, or found by a live run alone. */
type Within = (FirewallMessage | AddressMessage)['type'] | 'keepAlive.missed' | 'outgoing.unexplained';

test('a fault can name whatever crosses a link', () => {
  const nameless: Record<Exclude<(Message | TransportNotice)['type'], FaultMessage | Within>, never> = {};
  expect(nameless).toEqual({});
});

test('whatever happens in a run can be pinned, in every mode and over any transport', () => {
  const pinned = new Set<string>();
  const drawn = fc.record({ document: faultyScenario, mode: fc.constantFrom(...registrationModeNames) });
  fc.assert(
    fc.property(drawn, ({ document, mode }) => {
      const pushServerSip = { transport: 'tcp' as const, latency: ['5ms', '50ms'] as const };
      const whole = {
        name: 'drawn',
        title: 'Drawn',
        ...document,
        limits: {},
        links: { ...document.links, pushServerSip },
        faults: [],
      };
      const trace = simulate(scenarioOf(whole, mode), 1);
      const found = trace.verdicts.find(({ verdict }) => verdict === 'violated');
      if (found === undefined) return;
      for (const { message } of readAgain(regressionOf(whole, mode, trace, found.property)).faults ?? [])
        pinned.add(message);
    }),
    { numRuns: 15 },
  );
  expect([...pinned]).toContain('connection.closed');
});
