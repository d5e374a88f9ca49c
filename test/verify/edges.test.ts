import { describe, expect, test } from 'vitest';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { certifiedIn, judgement } from './certified.ts';

const hands: ScenarioDocument['steps'] = [
  { at: '2s', do: 'open' },
  { at: '9s', do: 'home' },
  { at: '11500ms', do: 'open' },
  { at: '12s', do: 'dial', call: 1 },
];

/** Whoever certifies leaves out what `verify` would follow, if one of these rules were wrong. */
describe('the rules of the checker at their edges are those of the second opinion', () => {
  test.each(['40s', '40001ms', '39999ms'])('a step at 40 s in a run of %s', (until) => {
    const steps: ScenarioDocument['steps'] = [...hands, { at: '40s', do: 'home' }];
    expect(judgement(certifiedIn({ steps, until }, 'standard', 'multi'))).toBe('accepted');
  });

  test('on a link that keeps the order, a fault delays each message in turn', () => {
    const messages = [
      'control.enable',
      'control.enabled',
      'control.background',
      'control.foreground',
      'control.registered',
    ] as const;
    const judgements = messages.flatMap((message) =>
      ['150ms', '2s', '15s'].map((latency) => {
        const faults = [{ do: 'delay', message, occurrence: 1, latency }] as const;
        return judgement(
          certifiedIn({ steps: hands, until: '45s', faults: [...faults] }, 'singleDeviceTakeover', 'multi'),
        );
      }),
    );
    expect(new Set(judgements)).toEqual(new Set(['accepted']));
  });

  test('a connection to the SIP server keeps the order too', () => {
    const links = { appSip: { transport: 'tcp' }, pushServerSip: { transport: 'tls' } } as const;
    const faults = [{ do: 'delay', message: 'REGISTER', occurrence: 2, latency: '3s' }] as const;
    for (const mode of ['standard', 'singleDeviceEmulation'] as const) {
      expect(judgement(certifiedIn({ steps: hands, links, faults: [...faults] }, mode, 'reject'))).toBe('accepted');
    }
  });

  test('REGISTERs of one sender under way over the connections of two networks', () => {
    const certificate = certifiedIn(
      {
        links: { appSip: { transport: 'tls', latency: ['20ms', '2s'] } },
        until: '12s',
        steps: [
          { at: '1s', do: 'open' },
          { at: '8s', do: 'changeNetwork' },
          { at: '8.1s', do: 'changeNetwork' },
          { at: '8.2s', do: 'changeNetwork' },
        ],
      },
      'singleDeviceEmulation',
      'multi',
    );
    const { locals, states, scenario } = certificate;
    const head = locals.length + 1 + states.length + 2 + scenario.faults.length;
    // The last number of such a situation is no event, but the order in which they were sent.
    const isOrder = (situation: readonly number[]) =>
      situation.slice(head).some((one) => one >= certificate.events.length);
    expect(certificate.classes.some(([situation]) => isOrder(situation))).toBe(true);
    expect(judgement(certificate)).toBe('accepted');
  });

  test('two REGISTERs of one sender under way, one of them twice', () => {
    const links = { appSip: { latency: ['20ms', '9s'] } } as const;
    const document = {
      steps: hands,
      links: { appSip: { latency: [...links.appSip.latency] as [string, string] } },
      until: '25s',
    };
    const budget = { losses: 0, duplicates: 1 };
    expect(judgement(certifiedIn({ ...document, steps: hands.slice(0, 2) }, 'standard', 'multi', budget))).toBe(
      'accepted',
    );
  });
});
