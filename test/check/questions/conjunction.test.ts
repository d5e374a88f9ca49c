import { describe, expect, test } from 'vitest';
import { conjunction } from '../../../src/sim/check/questions/conjunction.ts';
import type { Decision } from '../../../src/sim/check/questions/decision.ts';

const part = (verdict: Decision['verdict'], witnessed = false): Decision => ({
  property: 'noInviteLost',
  verdict,
  witnessed,
  counterexample: null,
  fastest: null,
  ending: 'complete',
});

describe('a property that is decided call by call', () => {
  test.each([
    [['holds', 'holds'], 'holds'],
    [['holds', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'violated'], 'violated'],
    [['violated', 'inconclusive'], 'violated'],
  ] as const)('%j makes %s', (verdicts, verdict) => {
    expect(conjunction(verdicts.map((one) => part(one))).verdict).toBe(verdict);
  });

  test('had something to judge where any of its calls had', () => {
    expect(conjunction([part('holds', false), part('holds', true)]).witnessed).toBe(true);
    expect(conjunction([part('violated', false), part('holds', true)]).witnessed).toBe(true);
    expect(conjunction([part('holds'), part('holds')]).witnessed).toBe(false);
  });
});
