import 'ringproof/vitest';
import fc from 'fast-check';
import { defineScenario, simulate } from 'ringproof';
import { drawScenario, seeds } from 'ringproof/arbitraries';
import { describe, expect, test } from 'vitest';
import { lock } from '../../examples/own/lock.ts';
import { payment } from '../../examples/own/payment.ts';
import { gap } from './gap.ts';

const call = defineScenario(gap, { mode: 'singleDeviceEmulation', server: 'reject' });

/** The same in a mode that loses nothing. */
const kept = defineScenario(call.document, { mode: 'continuous', server: 'multi' });

const messageOf = async (expectation: () => Promise<void>): Promise<string> => {
  try {
    await expectation();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the expectation was met');
};

describe('Matchers for vitest', () => {
  test('pass where a property holds, and where it is violated', async () => {
    await expect(lock('9.914s')).toHold('oneHolder');
    await expect(lock('9.914s')).toHold();
    await expect(lock('10s')).toBeViolated('oneHolder');
    await expect(lock('10s')).not.toHold('oneHolder');
    await expect(payment(true)).toHold('chargedOnce', { losses: 2 });
    await expect(call).toLose(1);
    await expect(call).toHold('singleRegistration');
  });

  test('fail with the sentence, the race window and the ladder up to the violation', async () => {
    const message = await messageOf(() => expect(call).toHold('noInviteLost'));
    expect(message).toMatch(/^Call 1 was lost: nobody was registered/);
    expect(message).toMatch(/dials call 1: at [\d.]+ to [\d.]+ s \(of 9s to 12s\)/);
    expect(message).toMatch(/^ +Caller +SIP server +Push server +APNs\/FCM +App$/m);
    expect(message.trimEnd().split('\n').at(-1)).toMatch(/✗ noInviteLost: call 1 was lost/);
  });

  test.each([
    ['a violation that is not there', () => expect(lock('9.914s')).toBeViolated('oneHolder'), /but it holds$/],
    ['a call that is not lost', () => expect(call).toLose(2), /expected call 2 to be lost, but call 1 is/],
    ['nothing to judge', () => expect(call).toHold('cleanLogout'), /^cleanLogout: nothing to judge/],
    ['nothing that is claimed', () => expect(call).toHold('otherDeviceStays'), /is not claimed of this scenario/],
    [
      'a property that is none',
      () => expect(call).toHold('noinvitelost'),
      /noinvitelost for properties; expected one of .*did you mean noInviteLost/,
    ],
    [
      'no end within the memory',
      () => expect(kept).toHold('noInviteLost', { losses: 3, maximumBytes: 1 }),
      /not decided/,
    ],
  ])('fail for %s', async (_, expectation, message) => {
    expect(await messageOf(expectation)).toMatch(message);
  });

  test('draws scenarios for fast-check', () => {
    const limits = { changes: 2, kinds: ['home'], calls: 1, losses: 0 } as const;
    fc.assert(
      fc.property(drawScenario(limits), seeds(), (document, seed) => {
        const scenario = defineScenario(document, { mode: 'standard', server: 'multi' });
        expect(simulate(scenario, seed).verdicts.length).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });
});
