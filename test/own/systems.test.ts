import { check, defineProperty, defineSystem, simulate } from 'ringproof';
import { describe, expect, test } from 'vitest';
import { createMachine, emit } from 'xstate';
import { lock } from '../../examples/own/lock.ts';
import { payment } from '../../examples/own/payment.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { simulate as simulateWorld } from '../../src/sim/run/simulate.ts';

const verdictOf = async (system: Parameters<typeof check>[0], property: string, losses = 0) =>
  (await check(system, { properties: [property], losses }))[0];

describe('A system that is no hand-over', () => {
  test('is refuted with a run, its race window and a sentence', async () => {
    const found = await verdictOf(lock('10s'), 'oneHolder');
    expect(found?.verdict).toBe('violated');
    expect(found?.sentence).toMatch(/^oneHolder is violated: ann and bob both hold the lock \(at [\d.]+ s\)\.$/);
    expect(found?.window.join('\n')).toMatch(/acquire from=bob \(bob to server\) at most 85ms after timer lease/);
    expect(found?.trace?.verdicts.map(({ verdict }) => verdict)).toEqual(['violated']);
  });

  // The lease of a client begins at most 90 ms after that of the server, and the lock comes to another at least 5 ms after that.
  test.each([
    ['9.914s', 'holds'],
    ['9.915s', 'violated'],
  ])('is judged to the millisecond: with a lease of %s it %s', async (lease, verdict) => {
    expect((await verdictOf(lock(lease), 'oneHolder'))?.verdict).toBe(verdict);
  });

  test('is never refuted by a run where it holds', () => {
    const world = worldOfSystem(lock('9.914s'), 'lock.ts');
    for (let seed = 1; seed <= 300; seed++)
      expect(simulateWorld(world, seed).verdicts.map(({ verdict }) => verdict)).toEqual(['holds']);
  });

  test('takes losses into account', async () => {
    expect((await verdictOf(payment(true), 'chargedOnce', 2))?.verdict).toBe('holds');
    expect((await verdictOf(payment(true), 'endsAgree'))?.verdict).toBe('holds');
    expect((await verdictOf(payment(true), 'endsAgree', 4))?.verdict).toBe('violated');
    expect((await verdictOf(payment(false), 'chargedOnce'))?.verdict).toBe('violated');
  });

  test('is bounded in time by a property of its own, to the millisecond', async () => {
    const within = async (ms: number) => (await verdictOf(payment(true, ms), 'endsInTime'))?.verdict;
    expect(await verdictOf(payment(true), 'endsInTime')).toMatchObject({ verdict: 'holds', witnessed: true });
    // It begins to pay after a second, and an answer takes at most six more.
    expect(await within(7_000)).toBe('holds');
    expect(await within(6_999)).toBe('violated');
  });

  // Two messages of which the first may take longer; what is sent later overtakes it only where nothing keeps the order.
  test.each([
    ['tcp', 0, 'holds'],
    ['udp', 0, 'violated'],
    ['udp', 1, 'violated'],
  ] as const)('keeps the order of messages over %s with %d losses: %s', async (transport, losses, verdict) => {
    const say = (type: string) => emit({ type: 'send', to: 'hearer', message: { type } } as never);
    const show = (type: string) => emit({ type: 'observe', observation: { type } } as never);
    const system = defineSystem({
      name: 'order',
      title: 'Two messages',
      parties: {
        speaker: { machine: createMachine({ on: { go: { actions: [say('first'), say('second')] } } } as never) },
        hearer: {
          machine: createMachine({
            on: { first: { actions: show('first') }, second: { actions: show('second') } },
          } as never),
        },
      },
      links: { wire: { between: ['speaker', 'hearer'], transport, latency: ['5ms', '90ms'] } },
      steps: [{ at: '1s', party: 'speaker', event: { type: 'go' } }],
      properties: [
        defineProperty<string, { type: 'first' | 'second' }>({
          name: 'inOrder',
          says: 'the first comes first',
          initial: '',
          on: { first: (heard) => `${heard}1`, second: (heard) => `${heard}2` },
          violation: (heard) => (heard.startsWith('2') ? 'the second came first' : null),
          witnessed: (heard) => heard !== '',
        }),
      ],
      until: '5s',
    });
    expect((await verdictOf(system, 'inOrder', losses))?.verdict).toBe(verdict);
  });

  test('gives the same bytes for the same seed, and says how the run ended', () => {
    const [one, other] = [simulate(payment(false), 7), simulate(payment(false), 7)];
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    expect(simulate(payment(false), 8).digest).not.toBe(one.digest);
    expect(verdictSentences(simulate(payment(true), 1))).toEqual(['Every property holds.']);
  });
});
