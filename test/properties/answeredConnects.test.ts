import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modeNames } from '../../src/machines/modeVariants.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { changeKinds } from '../../src/sim/fuzz/drawLimits.ts';
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { networkNames } from '../../src/sim/scenarioFile/presets.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { answeredInVain } from '../support/answeredCalls.ts';

/** How many scenarios are drawn; more of them by `DRAWN=10000`. */
const numRuns = Number(process.env.DRAWN ?? 250);

const drawn = fc.record({
  document: drawScenario({ changes: 5, kinds: changeKinds, calls: 2, losses: 2 }),
  network: fc.constantFrom(undefined, ...networkNames),
  mode: fc.constantFrom(...modeNames),
  server: fc.constantFrom<AnyServerProfileName>(
    'multi',
    'overwrite',
    'reject',
    'evict',
    'hold',
    'kamailio',
    'asterisk',
  ),
  delivery: fc.constantFrom('overConnection' as const, 'byRefork' as const),
  transport: fc.constantFrom('udp' as const, 'tls' as const),
  suspendedSockets: fc.constantFrom('kept' as const, 'defunct' as const),
  endsCall: fc.constantFrom('caller' as const, 'user' as const),
  hangUp: fc.constantFrom(null, '1s', '3s', '6s', '12s'),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

describe('answeredConnects', () => {
  test('is violated for just the answered calls that do not connect, counted from the messages alone', () => {
    const seen = { answered: 0, inVain: 0 };
    fc.assert(
      fc.property(drawn, ({ document, network, mode, server, transport, hangUp, seed, ...more }) => {
        const { links, ...rest } = document;
        const hangsUp = hangUp === null ? [] : [{ after: hangUp, do: 'hangUp' as const, call: 1 as const }];
        const scenario = scenarioIn(
          {
            ...rest,
            ...more,
            steps: [...rest.steps, ...hangsUp],
            // A network has windows of its own.
            ...(network ? { network } : { links: { ...links, appSip: { ...links?.appSip, transport } } }),
          },
          mode,
          everyServerProfile[server],
        );
        const trace = simulate(scenario, seed);
        const verdict = trace.verdicts.find(({ property }) => property === 'answeredConnects');
        const inVain = answeredInVain(trace);
        seen.answered += trace.records.some(({ observations }) =>
          observations.some(({ type }) => type === 'ringing.answered'),
        )
          ? 1
          : 0;
        seen.inVain += inVain.length;
        expect(verdict?.violation?.calls ?? []).toEqual(inVain);
      }),
      { numRuns },
    );
    expect(seen.answered).toBeGreaterThan(numRuns / 4);
    expect(seen.inVain).toBeGreaterThan(0);
  });
});
