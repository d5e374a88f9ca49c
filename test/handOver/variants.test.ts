import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ModeName, modeVariants } from '../../src/machines/modeVariants.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { DrawLimits } from '../../src/sim/fuzz/drawLimits.ts';
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { judge, simulate } from '../../src/sim/run/simulate.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { drawing, handOvers, holds, violationOf } from '../support/drawn.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** Where a variant closes the gap of Single Device Emulation. */
const closed = [
  ['swap', 'reject'],
  ['swap', 'overwrite'],
  ['swap', 'multi'],
  ['swapOldFirst', 'reject'],
  ['sharedInstance', 'instance'],
] as const;

describe('without a moment in which nobody is registered', () => {
  test.each(closed)('%s on %s loses no INVITE in a hand-over', (mode, server) => holds('noInviteLost', mode, server));
  test.each(closed)('%s on %s never registers both', (mode, server) => holds('singleRegistration', mode, server));
});

/** The table of docs/modes.md: one entry per cell, with the properties that hand-overs violate there. */
const documented = (() => {
  const text = readFileSync(new URL('../../docs/modes.md', import.meta.url), 'utf8');
  const [head = [], , ...rows] = text
    .split('\n')
    .slice(text.split('\n').findIndex((line) => line.startsWith('| INVITEs')))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/[`*]/g, '')),
    );
  const cells = rows
    .slice(
      0,
      rows.findIndex(({ length }) => length === 0),
    )
    .flatMap(([mode, ...verdicts]) => verdicts.map((verdict, at) => [mode, head[at + 1], verdict] as const));
  return cells as [ModeName, AnyServerProfileName, string][];
})();

const violationsSaid: Readonly<Record<string, readonly string[]>> = {
  'none lost': [],
  'none lost, but both registered': ['singleRegistration'],
  lost: ['noInviteLost'],
  'lost, with nobody registered': ['noInviteLost', 'onlyOwnBinding'],
};

/** The other variants hand over as the modes of the product do, or not at all. */
const handingOver = Object.values(modeVariants).flatMap((mode) =>
  mode.swap !== null || mode.sharesInstance ? [mode.name] : [],
);

test('the table of the documentation has every mode that can hand over a single binding', () => {
  expect(new Set(documented.map(([mode]) => mode))).toEqual(
    new Set(['singleDeviceEmulation', 'singleDeviceTakeover', ...handingOver]),
  );
});

test.each(documented)('as documented: %s on %s, %s', (mode, server, verdict) => {
  const claimed = ['noInviteLost', 'singleRegistration', 'onlyOwnBinding'];
  const drawn = fc.sample(drawScenario(handOvers), { ...drawing, numRuns: 150 });
  const violated = claimed.filter((property) =>
    drawn.some((document) => violationOf(property, document, mode, server) !== null),
  );
  expect(violated).toEqual(violationsSaid[verdict]);
});

/** The app leaves its network or dies: what it told the push server must be enough to name its contact. */
const rough: DrawLimits = { ...handOvers, kinds: ['home', 'changeNetwork', 'kill'] };

test.each(closed)(
  'whatever becomes of the app, %s on %s loses just what Takeover on overwrite does',
  (mode, server) => {
    fc.assert(
      fc.property(drawScenario(rough), (document) => {
        const lost = violationOf('noInviteLost', document, mode, server);
        expect(lost).toEqual(violationOf('noInviteLost', document, 'singleDeviceTakeover', 'overwrite'));
      }),
      drawing,
    );
  },
);

describe('where the server does not play along', () => {
  const toBackground = (dialAt: string, mode: ModeName, server: Parameters<typeof scenarioOf>[2]) =>
    scenarioOf(
      {
        steps: [
          { at: '1s', do: 'open' },
          { at: '10s', do: 'home' },
          { at: dialAt, do: 'dial', call: 1 },
        ],
      },
      mode,
      server,
    );

  const lostOf = (runs: number, ...choice: Parameters<typeof toBackground>) => {
    const definition = defineWorld(toBackground(...choice));
    const isLost = (seed: number) =>
      judge(definition, seed).some(({ property, violation }) => property === 'noInviteLost' && violation !== null);
    return Array.from({ length: runs }, (_, seed) => isLost(seed)).filter(Boolean).length;
  };

  test('Contact by Contact, old first: the old binding goes, the new one is refused, and nobody is registered', () => {
    expect(lostOf(50, '12s', 'swapOldFirst', 'sequential')).toBe(50);
    const [sentence] = verdictSentences(simulate(toBackground('12s', 'swapOldFirst', 'sequential'), 1));
    expect(sentence).toMatch(/^Call 1 was lost: nobody was registered for 30\.\d{3} s/);
  });

  test.each([
    ['swap', 'sequential'],
    ['sharedInstance', 'reject'],
    ['sharedInstance', 'multi'],
    ['singleDeviceTakeover', 'instance'],
  ] as const)('%s on %s', (mode, server) => {
    const isRefused = server !== 'multi';
    expect(lostOf(50, '60s', mode, server)).toBe(isRefused ? 50 : 0);
    const violated = judge(defineWorld(toBackground('60s', mode, server)), 1)
      .filter(({ verdict }) => verdict === 'violated')
      .map(({ property }) => property);
    expect(violated).toEqual(isRefused ? ['noInviteLost', 'noBlackout'] : ['singleRegistration']);
  });
});

describe('a retransmission of the former owner that comes after the hand-over', () => {
  const lostOver = (transport: 'udp' | 'tls', mode: ModeName, server: AnyServerProfileName, absorbsCopies: boolean) => {
    const definition = defineWorld(
      scenarioIn(
        {
          name: 'x',
          title: 'X',
          links: { appSip: { transport, latency: ['30ms', '3s'] } },
          steps: [
            { at: '1s', do: 'open' },
            { after: ['3s', '6s'], do: 'home' },
            { after: '30s', do: 'dial', call: 1 },
          ],
        },
        mode,
        { ...everyServerProfile[server], absorbsCopies },
      ),
    );
    const properties = [propertyNamed('noInviteLost')];
    return Array.from({ length: 100 }, (_, seed) => judge(definition, seed, { properties })[0]?.violation).filter(
      (violation) => violation,
    ).length;
  };

  test.each([...closed, ['singleDeviceTakeover', 'overwrite'] as const])('%s on %s', (mode, server) => {
    expect(lostOver('udp', mode, server, false), 'takes the registration back over UDP').toBeGreaterThan(0);
    expect(lostOver('udp', mode, server, true), 'is absorbed by a transaction').toBe(0);
    expect(lostOver('tls', mode, server, false), 'does not exist over TLS').toBe(0);
  });
});

test('the expiry of a binding that was replaced is gone with it', () => {
  const steps = [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
  ] as const;
  for (const [mode, server] of closed) {
    const { records } = simulate(scenarioOf({ steps: [...steps], until: '20min' }, mode, server), 1);
    expect(records.filter(({ event }) => event.type === 'binding.expired')).toEqual([]);
  }
});
