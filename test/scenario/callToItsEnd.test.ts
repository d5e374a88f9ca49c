import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { example } from '../support/scenarios.ts';

type Document = Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>;

const open = { at: '1s', do: 'open' } as const;
const dial = (at: string) => ({ at, do: 'dial', call: 1 }) as const;

const scenarioIn = (document: Document, mode: ModeName, server: AnyServerProfileName) =>
  resolveScenario({ name: 'to-its-end', title: 'To its end', ...document }, everyServerProfile, {
    mode,
    server: everyServerProfile[server],
  });

/** What some run violates, for every order and every delay. */
const violatedIn = (document: Document, mode: ModeName, server: AnyServerProfileName, only?: readonly string[]) =>
  check(scenarioIn(document, mode, server), { ...(only && { properties: only.map(propertyNamed) }) })
    .decisions.filter(({ verdict }) => verdict !== 'holds')
    .map(({ property, verdict }) => `${property} ${verdict}`);

const ofAnswered = ['noInviteLost', 'answeredConnects', 'callSurvives', 'endsAgree'];

describe('an answered call is connected', () => {
  test('over a connection so slow that the push server has begun to wake the app once more', () => {
    const document = { links: { control: { latency: '1.8s' } }, steps: [open, dial('20s')] };
    expect(violatedIn(document, 'continuous', 'multi', ofAnswered)).toEqual([]);
    const { records } = simulate(scenarioIn(document, 'continuous', 'multi'), 1);
    const states = records.map(({ snapshot }) => JSON.stringify(snapshot?.value));
    expect(states.some((value) => value?.includes('wakingAgain'))).toBe(true);
  });

  test.each([
    ['call-in-foreground', 'continuous', 'lossy'],
    ['call-while-suspended', 'standard', 'wifi-to-lte'],
  ] as const)('%s in %s on the network %s, in each of 200 runs in which the caller waits', (name, mode, network) => {
    const scenario = scenarioIn({ ...example(name), network }, mode, 'multi');
    for (let seed = 1; seed <= 200; seed++) {
      const { verdicts, records } = simulate(scenario, seed);
      const saw = (type: string) => records.some(({ observations }) => observations.some((one) => one.type === type));
      const isAnswered = saw('ringing.answered') && !saw('call.abandoned');
      if (isAnswered) expect(saw('call.connected'), `seed ${seed}`).toBe(true);
      const verdict = verdicts.find(({ property }) => property === 'answeredConnects')?.verdict;
      if (isAnswered) expect(verdict, `seed ${seed}`).toBe('holds');
    }
  });
});

describe('two phones of the user that are answered at the same moment', () => {
  const document: Document = {
    otherDevice: 'answers',
    timing: { caller: { otherDeviceReaction: ['3s', '5s'] } },
    steps: [open, dial('20s')],
  };

  test.each([
    ['nothing is lost', undefined],
    ['the first BYE is lost', [{ do: 'lose', message: 'BYE' }]],
    ['the BYE comes twice', [{ do: 'duplicate', message: 'BYE' }]],
  ] as const)('13.2.2.4: both learn how it ended, where %s', (_, faults) => {
    const both = { ...document, ...(faults && { faults: [...faults] }) };
    for (const mode of ['standard', 'continuous'] as const)
      expect(violatedIn(both, mode, 'multi', ofAnswered)).toEqual([]);
  });
});

describe('a caller who hangs up as the phone is answered', () => {
  test('17.1.2.2: tells the phone also where the first BYE is lost', () => {
    const document: Document = {
      faults: [{ do: 'lose', message: 'BYE' }],
      steps: [open, dial('20s'), { after: ['3s', '5s'], do: 'hangUp', call: 1 }],
    };
    for (const mode of ['standard', 'continuous'] as const)
      expect(violatedIn(document, mode, 'multi', ofAnswered)).toEqual([]);
  });
});

describe('a change of network', () => {
  test('9.1: while it rings, the CANCEL goes to the address that the phone has left, which rings on', () => {
    const document: Document = {
      user: 'ignores',
      steps: [open, dial('10s'), { at: '15s', do: 'changeNetwork' }, { at: '18s', do: 'hangUp', call: 1 }],
    };
    for (const mode of ['standard', 'singleDeviceEmulation', 'singleDeviceTakeover'] as const)
      expect(violatedIn(document, mode, 'multi', ['ringStops'])).toEqual(['ringStops violated']);
    expect(violatedIn(document, 'continuous', 'multi', ['ringStops'])).toEqual([]);
  });

  test.each([
    [true, []],
    [false, ['endsAgree violated']],
  ])('14.1: in the call, the BYE finds a phone that has sent a re-INVITE (%s)', (followsNetwork, violated) => {
    const document: Document = { followsNetwork, steps: [open, dial('20s'), { at: '30s', do: 'changeNetwork' }] };
    expect(violatedIn(document, 'standard', 'kamailio', ofAnswered)).toEqual(violated);
  });
});

describe('a change of network at a critical moment', () => {
  test.each([
    ['13.3.1.4: between the 200 and its ACK', '20s', ['23.9s', '24.5s']],
    ['12.2.1.2: as the caller hangs up', '20s', ['44s', '44.5s']],
  ] as const)('%s leaves no end of the call alone', (_, dialledAt, [earliest, latest]) => {
    const document: Document = {
      steps: [open, dial(dialledAt), { at: [earliest, latest], do: 'changeNetwork' }],
    };
    for (const mode of ['standard', 'continuous'] as const)
      expect(violatedIn(document, mode, 'multi', ['answeredConnects', 'endsAgree'])).toEqual([]);
  });
});

describe('a decline', () => {
  const silentAt = (document: Document) => {
    const { records } = simulate(scenarioIn(document, 'continuous', 'multi'), 1);
    const cancels = records.filter(({ event, targetRef }) => event.type === 'CANCEL' && targetRef === 'caller');
    const declined = records.find(({ event }) => event.type === 'INVITE.failed');
    return cancels.map(({ atMs }) => atMs - (declined?.atMs ?? 0));
  };
  const declined: Document = { user: 'declines', otherDevice: 'ignores', steps: [open, dial('10s')] };

  test('16.7 step 5: with 603 the desk falls silent at once', () => {
    const [first = Number.POSITIVE_INFINITY] = silentAt(declined);
    expect(first).toBeLessThan(200);
  });

  test('with 486 the desk rings on until the caller gives up', () => {
    const [first = 0] = silentAt({ ...declined, declinesWith: 486 });
    expect(first).toBeGreaterThan(10_000);
  });
});

describe('a process that ends', () => {
  test('while it rings: another push lets the next process ring, and the call is connected', () => {
    const document: Document = {
      timing: { app: { userReaction: '8s' } },
      steps: [open, dial('10s'), { at: '13s', do: 'kill' }],
    };
    expect(violatedIn(document, 'continuous', 'multi', [...ofAnswered, 'ringsOnce'])).toEqual([]);
  });

  test('12.2.2: the push server in the midst of a call: the two ends do not agree that it is over', () => {
    const document: Document = { steps: [open, dial('10s'), { at: '22s', do: 'crashPushServer' }] };
    expect(violatedIn(document, 'continuous', 'multi', ofAnswered)).toEqual(['endsAgree violated']);
  });
});

test('21.4.18: an app that stops ringing by itself gives the caller a final answer', () => {
  const document: Document = {
    user: 'ignores',
    timing: { caller: { patience: '100s' }, app: { ringLimit: '50s' } },
    until: '200s',
    steps: [open, dial('10s')],
  };
  const { records } = simulate(scenarioIn(document, 'standard', 'kamailio'), 1);
  const failures = records.filter(({ event, targetRef }) => event.type === 'INVITE.failed' && targetRef === 'caller');
  expect(failures.map(({ event }) => 'code' in event && event.code)).toEqual([480]);
});

describe('connections', () => {
  const overTls = { appSip: { transport: 'tls' }, pushServerSip: { transport: 'tls' } } as const;
  const thawed = (document: Partial<ScenarioDocument>): Document => ({
    timing: { app: { backgroundTime: '100ms', resume: '300ms' } },
    steps: [
      open,
      { at: '9.9s', do: 'cut', link: 'control' },
      { at: '10s', do: 'home' },
      dial('12s'),
      { at: '12.2s', do: 'open' },
    ],
    ...document,
  });

  test.each(['udp', 'tls'] as const)(
    '17.1.1.2: a trunk over %s decides nothing about the leg to the app',
    (transport) => {
      const links = { ...overTls, callerSip: { transport } };
      const verdict = (suspendedSockets: 'kept' | 'defunct') =>
        violatedIn(thawed({ links, suspendedSockets }), 'singleDeviceTakeover', 'overwrite', ['noInviteLost']);
      expect(verdict('defunct')).toEqual(['noInviteLost violated']);
      expect(verdict('kept')).toEqual([]);
    },
  );

  test('16.9: to an app that has been killed the connection is closed, and the caller is told at once', () => {
    const links = { ...overTls, callerSip: { transport: 'tls' } } as const;
    const document: Document = { links, until: '140s', steps: [open, { at: '20s', do: 'kill' }, dial('40s')] };
    const { records } = simulate(scenarioIn(document, 'singleDeviceEmulation', 'kamailio'), 1);
    const [failure] = records.filter(
      ({ event, targetRef }) => event.type === 'INVITE.failed' && targetRef === 'caller',
    );
    expect(failure).toMatchObject({ event: { code: 477 } });
    expect(failure?.atMs).toBeLessThan(40_200);
  });
});
