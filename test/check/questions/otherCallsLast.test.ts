import { describe, expect, test } from 'vitest';
import { check } from '../../../src/sim/check/questions/check.ts';
import type { CheckOptions, Decision } from '../../../src/sim/check/questions/decision.ts';
import { inWholeWorld, otherCallsLast } from '../../../src/sim/check/questions/otherCallsLast.ts';
import { partsOf } from '../../../src/sim/check/questions/parts.ts';
import { fewSituations, smallerWorlds } from '../../../src/sim/check/questions/smallerWorlds.ts';
import { noFaults } from '../../../src/sim/check/system/faultBudget.ts';
import { propertyNamed } from '../../../src/sim/properties/properties.ts';
import { replay } from '../../../src/sim/run/replay.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import type { AnyProperty } from '../../../src/sim/system/property.ts';
import { scenarioOf } from '../../support/scenarios.ts';

const steps = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
  { at: ['10s', '10.6s'], do: 'dial', call: 1 },
  { at: ['10s', '20s'], do: 'dial', call: 2 },
] as const;
const scenario = scenarioOf({ steps: steps as never }, 'singleDeviceEmulation', 'reject');
const whole = defineWorld(scenario);

describe('the other calls last', () => {
  test('are dialled at the end of their windows, and all else is as it was', () => {
    expect(otherCallsLast(whole, 1)?.steps.map(({ afterMs }) => afterMs)).toEqual([
      [1_000, 1_000],
      [10_000, 10_000],
      [10_000, 10_600],
      [20_000, 20_000],
    ]);
  });

  test('leave a world as it is that has none, or none whose date is open', () => {
    const fixed = steps.map((step) => ('call' in step && step.call === 2 ? { ...step, at: '20s' } : step));
    const one = defineWorld(scenarioOf({ steps: fixed as never }));
    expect(otherCallsLast(one, 1)).toBeNull();
  });

  test('a violation that this finds is one of the whole world, and says what it has held fast', () => {
    const narrow = otherCallsLast(whole, 1);
    if (narrow === null) throw new Error('the second call has a window');
    const [decision] = check(narrow, { properties: [propertyNamed('noInviteLost')] }).decisions;
    if (!decision?.counterexample) throw new Error('there is no counterexample');
    const { trace, window, kind } = inWholeWorld(decision.counterexample, narrow, whole);
    expect(kind).toBe('any');
    expect(trace.scenario).toEqual(scenario);
    expect(replay(trace, 'trace.json').digest).toBe(trace.digest);
    const held = { allowedMs: [10_000, 20_000], violatingMs: [20_000, 20_000] };
    expect(window.delays).toContainEqual(expect.objectContaining(held));
    expect(trace.raceWindow).toEqual(window);
  });
});

describe('the smaller worlds', () => {
  const [part] = partsOf(propertyNamed('noInviteLost'), scenario);
  const worldsWith = (options: CheckOptions) => [...smallerWorlds(whole, [part as AnyProperty], options)];

  test('are the one with the other calls last, without faults and with them, then the one without faults', () => {
    const budget = { losses: 1, duplicates: 0 };
    const last = otherCallsLast(whole, 1)?.steps;
    expect(worldsWith({ budget }).map(({ world, ...rest }) => [world.steps, rest])).toEqual([
      [last, { budget: noFaults, most: fewSituations }],
      [last, { budget, most: fewSituations }],
      [whole.steps, { budget: noFaults, most: null }],
    ]);
  });

  test('are looked at where the earliest violation is asked for as well', () => {
    expect(worldsWith({ fastest: true })).toHaveLength(1);
    expect(worldsWith({ fastest: true, budget: { losses: 1, duplicates: 0 } })).toHaveLength(3);
  });

  test('find a violation of which the whole world then knows the earliest one', () => {
    const properties = [propertyNamed('noInviteLost')];
    // Asked for the first time, it gives up the walks that would have found one before.
    let hasWalked = false;
    const onProgress = () => {
      const isWalk = !hasWalked;
      hasWalked = true;
      return !isWalk;
    };
    const result = check(scenario, { properties, jointSituations: 1, fastest: true, onProgress });
    const { counterexample, fastest } = result.decisions[0] as Decision;
    const held = { allowedMs: [10_000, 20_000], violatingMs: [20_000, 20_000] };
    expect(counterexample?.window.delays).toContainEqual(expect.objectContaining(held));
    expect(fastest?.trace.scenario).toEqual(scenario);
    const [earliest] = check(scenarioOf({ steps: steps.slice(0, 3) as never }, 'singleDeviceEmulation', 'reject'), {
      properties,
      fastest: true,
    }).decisions;
    const atMs = (one: Decision['fastest'] | undefined) => one?.trace.verdicts[0]?.atMs;
    expect(atMs(fastest)).toBe(atMs(earliest?.fastest));
  });
});
