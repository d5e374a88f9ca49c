import 'ringproof/vitest';
import fc from 'fast-check';
import { defineProperty, defineScenario, defineSystem, simulate } from 'ringproof';
import { drawScenario, seeds } from 'ringproof/arbitraries';
import { describe, expect, test } from 'vitest';
import { lock } from '../../examples/own/lock.ts';
import { payment } from '../../examples/own/payment.ts';
import { gap } from './gap.ts';

const call = defineScenario(gap, { mode: 'singleDeviceEmulation', server: 'reject' });

/** Nobody does anything. */
const quiet = defineSystem({ ...lock('10s').definition, steps: [] });

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

  test('show the run up to the violation that is meant, past those of other properties', async () => {
    const { definition } = lock('10s');
    const [oneHolder] = definition.properties;
    const atOnce = {
      name: 'nobody',
      says: 'nobody holds it',
      initial: 0,
      on: { held: () => 1 },
      witnessed: () => true,
    };
    const nobody = defineProperty({ ...atOnce, violation: (seen: number) => (seen > 0 ? 'somebody does' : null) });
    const both = defineSystem({ ...definition, properties: [nobody, oneHolder as typeof nobody] });
    const message = await messageOf(() => expect(both).toHold('oneHolder'));
    expect(message.trimEnd().split('\n').at(-1)).toContain('✗ oneHolder: ');
  });

  test.each([
    ['a violation that is not there', () => expect(lock('9.914s')).toBeViolated('oneHolder'), /but it holds$/],
    ['a call that is not lost', () => expect(kept).toLose(1), /expected call 1 to be lost, but it is not/],
    ['a call that nobody makes', () => expect(call).not.toLose(2), /call 2; expected a call that is made: 1/],
    ['a call of what makes none', () => expect(lock('10s')).toLose(1), /noInviteLost for properties/],
    ['nothing at all to judge', () => expect(quiet).toHold(), /^oneHolder: nothing to judge/],
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

  test('say of a call whether that one is lost, whichever run is the shortest', async () => {
    const [open, home, dial] = gap.steps;
    const steps = [open, home, dial, { ...dial, call: 2 }] as const;
    const two = defineScenario({ ...gap, steps }, { mode: 'singleDeviceEmulation', server: 'reject' });
    await expect(two).toLose(1);
    await expect(two).toLose(2);
    const late = defineScenario(
      { ...gap, steps: [open, home, dial, { at: '30s', do: 'dial', call: 2 }] },
      { mode: 'singleDeviceEmulation', server: 'reject' },
    );
    await expect(late).not.toLose(2);
  });

  test.each([
    ['nothing was judged', () => expect(call).not.toHold('cleanLogout')],
    ['nothing is decided', () => expect(kept).not.toHold('noInviteLost', { losses: 3, maximumBytes: 1 })],
    ['nothing is decided', () => expect(kept).not.toBeViolated('noInviteLost', { losses: 3, maximumBytes: 1 })],
    ['nothing is decided', () => expect(kept).not.toLose(1, { losses: 3, maximumBytes: 1 })],
  ])('fail with `not` as well where %s', async (_, expectation) => {
    expect(await messageOf(expectation)).toMatch(/nothing to judge$|not decided$/);
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
