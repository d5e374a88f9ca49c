import { check, defineProperty, defineScenario, simulate } from 'ringproof';
import { expect, test } from 'vitest';
import eager from '../../examples/own/eager-push-server.ts';

test('a push server in a hurry registers twice, ours does not', async () => {
  const ours = defineScenario(eager.document, { mode: 'singleDeviceEmulation' });
  const verdictOf = async (scenario: typeof eager) =>
    (await check(scenario, { properties: ['singleRegistration'] }))[0]?.verdict;
  expect(await verdictOf(ours)).toBe('holds');
  expect(await verdictOf(eager)).toBe('violated');
});

test('a property of one’s own judges what our machines show, and says where there was nothing to judge', async () => {
  const spoken = (type: 'call.connected' | 'call.expired') =>
    defineProperty<boolean, { type: typeof type }>({
      name: 'spoken',
      says: 'a call is connected',
      initial: false,
      on: { [type]: () => true },
      unfinished: (isConnected) => (type === 'call.connected' && !isConnected ? 'no call was connected' : null),
      witnessed: (isConnected) => isConnected,
    });
  const called = async (type: 'call.connected' | 'call.expired') => {
    const scenario = defineScenario(eager.document, { mode: 'continuous', properties: [spoken(type)] });
    return (await check(scenario, { properties: ['spoken'] }))[0];
  };
  expect(await called('call.connected')).toMatchObject({ verdict: 'holds', witnessed: true });
  expect(await called('call.expired')).toMatchObject({ verdict: 'holds', witnessed: false });
});

test('a hand-over of one’s own without machines of one’s own is ours', () => {
  const own = defineScenario(eager.document, { mode: 'standard', server: 'reject' });
  expect(simulate(own, 5).verdicts.length).toBeGreaterThan(5);
});
