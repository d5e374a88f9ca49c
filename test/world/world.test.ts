import { describe, expect, test } from 'vitest';
import { partyNames } from '../../src/machines/messages.ts';
import { registrationModes } from '../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { canonical } from '../../src/sim/data/canonical.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { World } from '../../src/sim/world/world.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { example, exampleNames, scenarioOf } from '../support/scenarios.ts';

const at = (trace: Trace, type: string, target?: string) =>
  trace.records
    .filter(({ event, targetRef }) => event.type === type && (target === undefined || targetRef === target))
    .map(({ atMs }) => atMs);

describe('the world', () => {
  test('branches: what a copy does leaves the world that it comes from as it was', () => {
    const { world } = World.start(defineWorld(scenarioOf({ steps: [{ at: '1s', do: 'open' }] })));
    const before = canonical({ locals: world.locals, pending: world.pending.map(({ serial }) => serial) });
    const app = partyNames.indexOf('app');
    const next = world.clone();
    next.fire(0);
    expect(next.locals[app]).not.toBe(world.locals[app]);
    expect(canonical({ locals: world.locals, pending: world.pending.map(({ serial }) => serial) })).toBe(before);
    world.fire(0);
    expect(canonical(world.locals)).toBe(canonical(next.locals));
  });

  test('refuses values that JSON would change', () => {
    for (const value of [Number.NaN, -0, undefined, new Map(), () => 0])
      expect(() => canonical(value)).toThrow(TypeError);
    expect(canonical({ b: 1, a: [null, 'x'] })).toBe('{"a":[null,"x"],"b":1}');
  });

  test('gives the modes the same luck: what is caused alike is dated alike', () => {
    const steps = example('call-in-foreground').steps;
    const traces = [0, 1].map((mode) =>
      simulate(scenarioOf({ steps }, mode === 0 ? 'standard' : 'singleDeviceTakeover'), 5),
    );
    const [one, other] = traces.map((trace) => [at(trace, 'control.enable'), at(trace, 'INVITE', 'sipServer')]);
    expect(one).toEqual(other);
  });

  test('never lets a message on a TLS or HTTPS connection overtake another', () => {
    for (let seed = 0; seed < 50; seed++) {
      const trace = simulate(resolveScenario(example('home-open-home'), serverProfiles, { mode: 'standard' }), seed);
      for (const [link, source] of [
        ['control', 'app'],
        ['control', 'pushServer'],
      ] as const) {
        const serials = trace.records
          .filter((one) => one.link === link && one.sourceRef === source)
          .map(({ serial }) => serial);
        expect(serials).toEqual([...serials].sort((low, high) => low - high));
      }
    }
  });

  test('loses what is under way to an address that the phone leaves', () => {
    const scenario = scenarioOf({
      steps: [
        { at: '1s', do: 'open' },
        { at: '1.99s', do: 'changeNetwork' },
      ],
      timing: { app: { coldStart: '900ms' } },
      links: { control: { latency: '50ms' } },
    });
    const lost = simulate(scenario, 1).records.flatMap(({ lostSerials }) => lostSerials);
    expect(lost).toHaveLength(1);
  });

  test('doubles a message once: copies are not copied', () => {
    const scenario = scenarioOf({
      links: { callerSip: { duplicate: 1 } },
      steps: [{ at: '1s', do: 'dial', call: 1 }],
      until: '20s',
    });
    // One INVITE sent, and its copy; nobody is registered, so that nothing is sent again before the 480.
    const invites = simulate(scenario, 1).records.filter(({ event }) => event.type === 'INVITE');
    expect(invites.map(({ fate }) => fate)).toEqual(['duplicate', 'happen']);
  });

  test('counts every message for every fault, and a copy for none', () => {
    const fates = (faults: ScenarioDocument['faults']) =>
      simulate(
        scenarioOf({
          links: { callerSip: { latency: '10ms' } },
          timing: { caller: { patience: '5min' } },
          steps: [{ at: '1s', do: 'dial', call: 1 }],
          ...(faults && { faults }),
        }),
        1,
      )
        .records.filter(({ event }) => event.type === 'INVITE')
        .map(({ fate }) => fate);
    const invite = (what: 'lose' | 'duplicate', occurrence: number) =>
      ({ do: what, message: 'INVITE', occurrence }) as const;
    expect(fates([invite('lose', 1), invite('lose', 2), invite('lose', 3)])).toEqual([
      'lose',
      'lose',
      'lose',
      'happen',
    ]);
    expect(fates([invite('duplicate', 1), invite('lose', 2)])).toEqual(['duplicate', 'happen']);
  });

  test('a cut link delivers nothing until it is repaired', () => {
    const scenario = scenarioOf({
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'cut', link: 'pushServerSip' },
        { at: '11s', do: 'home' },
        { at: '20s', do: 'repair', link: 'pushServerSip' },
      ],
    });
    const trace = simulate(scenario, 1);
    const registers = trace.records.filter(
      ({ event, sourceRef }) => event.type === 'REGISTER' && sourceRef === 'pushServer',
    );
    expect(registers.filter(({ fate }) => fate === 'lose').length).toBeGreaterThan(3);
    expect(registers.filter(({ fate }) => fate === 'happen').every(({ atMs }) => atMs > 20_000)).toBe(true);
    expect(registers.some(({ fate }) => fate === 'happen')).toBe(true);
  });
});

describe('timers of RFC 3261', () => {
  const unreachable = { pushServerSip: { reachable: false, latency: '0ms' }, control: { latency: '0ms' } } as const;

  test('17.1.2.2: REGISTER over UDP is sent at 0, T1, 3 T1, 7 T1, then every T2, and given up after 64 T1', () => {
    const scenario = scenarioOf({
      links: unreachable,
      timing: exactTiming,
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
      ],
      until: '70s',
    });
    const sent = at(simulate(scenario, 1), 'REGISTER', 'sipServer').filter((ms) => ms >= 10_000);
    expect(sent.map((ms) => ms - 10_000)).toEqual([0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
  });

  test('17.1.1.2: INVITE over UDP is sent at 0, .5, 1.5, 3.5, 7.5, 15.5, 31.5 s, and the caller hears 408 after 32 s', () => {
    const scenario = scenarioOf({
      links: { callerSip: { reachable: false, latency: '0ms' } },
      timing: { caller: { patience: '5min' } },
      steps: [{ at: '1s', do: 'dial', call: 1 }],
    });
    const trace = simulate(scenario, 1);
    expect(at(trace, 'INVITE').map((ms) => ms - 1000)).toEqual([0, 500, 1500, 3500, 7500, 15500, 31500]);
    const failed = trace.records.find(({ observations }) => observations.some(({ type }) => type === 'call.failed'));
    expect(failed?.atMs).toBe(33_000);
  });

  test('17.1.1.2: the proxy stops repeating an INVITE at Timer B, although the caller has long cancelled', () => {
    const scenario = scenarioOf({
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'kill' },
        { at: '20s', do: 'dial', call: 1 },
        { at: '25s', do: 'hangUp', call: 1 },
      ],
    });
    const trace = simulate(scenario, 1);
    const latest = Math.max(...at(trace, 'INVITE', 'app'));
    expect(latest).toBeGreaterThan(26_000);
    expect(latest).toBeLessThan(20_000 + 30_000 + 200);
    const [final = Number.NaN] = at(trace, 'INVITE.failed', 'caller');
    expect(final).toBeLessThan(50_200);
  });

  test('17.1.2.2: over a reliable transport nothing is sent again', () => {
    const scenario = scenarioOf({
      links: { appSip: { transport: 'tls', reachable: false } },
      steps: [{ at: '1s', do: 'open' }],
      until: '30s',
    });
    expect(at(simulate(scenario, 1), 'REGISTER', 'sipServer')).toHaveLength(1);
  });
});

describe('the registrar', () => {
  const registered = (profile: Partial<(typeof serverProfiles)['multi']> | object, seed = 1) => {
    const server = { ...serverProfiles.multi, ...profile };
    const document = { name: 'x', title: 'x', steps: [{ at: '1s', do: 'open' as const }], until: '300s' };
    return simulate(resolveScenario(document, serverProfiles, { mode: registrationModes.standard, server }), seed);
  };

  test('answers 423 where the interval is too brief, and the client asks again for the minimum (10.2.8)', () => {
    const trace = registered({ minimumExpires: { ms: 900_000, answer: 'intervalTooBrief' } });
    expect(at(trace, 'REGISTER.423')).toHaveLength(1);
    expect(at(trace, 'REGISTER.200')).toHaveLength(1);
  });

  test('names Retry-After, and nothing makes the client ask again before that (21.5.4)', () => {
    const steps = [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'home' },
    ] as const;
    const trace = simulate(scenarioOf({ steps: [...steps] }, 'standard', 'reject'), 1);
    const [refusedMs = Number.NaN] = at(trace, 'REGISTER.refused', 'pushServer');
    const sentMs = trace.records.flatMap(({ atMs, sent }) =>
      sent.some((one) => one.event.type === 'REGISTER') ? [atMs] : [],
    );
    const again = sentMs.filter((ms) => ms > refusedMs);
    expect(at(trace, 'control.background').filter((ms) => ms > refusedMs && ms < refusedMs + 30_000)).not.toEqual([]);
    expect(again[0]).toBe(refusedMs + 30_000);
  });

  test.each([
    [true, []],
    [false, ['app@wifi']],
  ])(
    'with transactions (%s) a copy of a REGISTER that comes after the un-REGISTER leaves %j bound (17.2.2, 10.3)',
    (absorbsCopies, bound) => {
      const server = { ...serverProfiles.multi, absorbsCopies, digest: false };
      const document = {
        name: 'x',
        title: 'x',
        // The first copy takes 6 s; the one that Timer E sends again is answered, and the user logs out meanwhile.
        faults: [{ do: 'delay', message: 'REGISTER', from: 'app', latency: '6s' }] as ScenarioDocument['faults'],
        steps: [
          { at: '1s', do: 'open' },
          { at: '5s', do: 'logOut' },
        ] as ScenarioDocument['steps'],
        timing: exactTiming,
        until: '30s',
      };
      const trace = simulate(resolveScenario(document, serverProfiles, { mode: 'standard', server }), 1);
      expect(at(trace, 'REGISTER', 'sipServer').some((ms) => ms > 8_000)).toBe(true);
      const changes = trace.records.flatMap(({ observations }) =>
        observations.filter(({ type }) => type === 'bindings'),
      );
      expect(changes.at(-1)).toMatchObject({ contacts: bound });
    },
  );

  test('challenges the first REGISTER only: the nonce is remembered (22.2)', () => {
    const trace = registered({ maximumExpiresMs: 60_000 });
    expect(at(trace, 'REGISTER.401')).toHaveLength(1);
    expect(at(trace, 'REGISTER.200').length).toBeGreaterThan(4);
  });
});

describe('a trace', () => {
  test.each(exampleNames)('of %s has the same digest for the same seed and another for another', (name) => {
    const scenario = resolveScenario(example(name), serverProfiles);
    expect(simulate(scenario, 3).digest).toBe(simulate(scenario, 3).digest);
    expect(simulate(scenario, 3).digest).not.toBe(simulate(scenario, 4).digest);
  });
});
