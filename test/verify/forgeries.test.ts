import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { Certificate } from '../../src/sim/certificate/certificate.ts';
import { parseCertificate } from '../../src/sim/certificate/certificate.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { InputError } from '../../src/sim/input/inputError.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Refusal } from '../../src/verify/refusal.ts';
import { verify } from '../../src/verify/verify.ts';
import { example, scenarioOf } from '../support/scenarios.ts';
import { certified, certifiedIn, judgement } from './certified.ts';
import { outsideOf } from './concreteRuns.ts';

type Loose<T> = T extends readonly (infer One)[]
  ? Loose<One>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Loose<T[Key]> }
    : T;

/** A certificate changed by hand. */
const forged = (certificate: Certificate, change: (loose: Loose<Certificate>) => void): Certificate => {
  const loose = structuredClone(certificate) as unknown as Loose<Certificate>;
  change(loose);
  return loose as unknown as Certificate;
};

const genuine = certifiedIn(example('call-while-going-to-background'), 'singleDeviceEmulation', 'reject');
const lossy = certifiedIn(example('call-while-suspended'), 'continuous', 'multi', { losses: 1, duplicates: 0 });

describe('classes are needed', () => {
  test.each([
    ['a hand-over with a call', genuine],
    ['one lost message', lossy],
  ])('%s: without one of them the set is not closed', (_, certificate) => {
    // A quarter of them, the beginning among them.
    for (let index = 0; index < certificate.classes.length; index += 4) {
      const shortened = forged(certificate, ({ classes }) => classes.splice(index, 1));
      expect(judgement(shortened), `class ${index + 1}`).toMatch(/of which there is no class$/);
    }
  });
});

describe('a set of fewer runs does not prove more', () => {
  const steps = (dial: string | [string, string]): ScenarioDocument['steps'] => [
    { at: '1s', do: 'open' },
    { at: '10.5s', do: 'home' },
    { at: dial, do: 'dial', call: 1 },
  ];

  test('where one order of events is possible at a single date only', () => {
    const corner = scenarioOf({ steps: steps(['10s', '10.5s']) });
    const without = certified(scenarioOf({ steps: steps(['10s', '10.499s']) }), undefined, [
      'settles',
      'beliefMatches',
    ]);
    expect(judgement(without)).toBe('accepted');
    expect(judgement(forged(without, (loose) => Object.assign(loose, { scenario: corner })))).toMatch(/^the beginning/);
    // The same with the windows in the set made to fit: what is missing is the order that the corner allows.
    const fitted = forged(without, (loose) => {
      Object.assign(loose, { scenario: corner });
      const text = JSON.stringify(loose.events).replaceAll('10499', '10500');
      loose.events = JSON.parse(text);
      for (const [, ...zones] of loose.classes) {
        for (const zone of zones)
          for (const [at, ms] of zone.entries()) if (at % 3 === 2 && ms === 10_499) zone[at] = 10_500;
      }
    });
    expect(judgement(fitted)).toMatch(/^class \d+, then .*(of which there is no class|does not have)$/);
  });

  test('where two steps have the same date, both orders count', () => {
    const together = certifiedIn({ steps: steps('10.5s') }, 'standard', 'multi');
    const order = certifiedIn({ steps: steps('10.501s') }, 'standard', 'multi');
    expect(judgement(together)).toBe('accepted');
    expect(together.classes.length).toBeGreaterThan(order.classes.length);
  });
});

describe('what is left out as inert is justified', () => {
  const messagesOf = ({ events }: Certificate) =>
    events.flatMap((name) => (name[0] === 'message' ? [[name[1], name[2]] as const] : []));

  test('a claim about a message that has an effect is refused, whichever it is', () => {
    const parties = ['caller', 'sipServer', 'pushServer', 'notificationService', 'app'];
    const reasons = messagesOf(lossy).map(([party, message]) => {
      const index = parties.indexOf(party as string);
      const everywhere = [...(lossy.locals[index]?.keys() ?? [])];
      return judgement(forged(lossy, ({ inert }) => inert.push([index, message as never, everywhere] as never)));
    });
    expect(reasons.filter((reason) => /left out as inert, but it has an effect$/.test(reason)).length).toBeGreaterThan(
      10,
    );
    expect(reasons).not.toContain('accepted');
  });

  test('a claim must follow the party to each of its next local states', () => {
    const reasons = lossy.inert.flatMap(([, , locals], claim) =>
      locals.map((_, place) =>
        judgement(
          forged(lossy, ({ inert }) => (inert[claim] as unknown as [number, object, number[]])[2].splice(place, 1)),
        ),
      ),
    );
    expect(reasons.some((reason) => /a step leads to where it is not$/.test(reason))).toBe(true);
    expect(reasons).not.toContain('accepted');
  });
});

describe('a certificate is of what it says', () => {
  test('a model is known by its digest', () => {
    expect(judgement(forged(genuine, (loose) => Object.assign(loose, { model: 'f'.repeat(64) })))).toMatch(
      /^another model/,
    );
  });

  test('another mode, limit or end is another scenario', () => {
    const other = (scenario: Certificate['scenario']) => judgement({ ...genuine, scenario });
    const { scenario } = genuine;
    const taken = scenarioOf(example('call-while-going-to-background'), 'singleDeviceTakeover', 'reject');
    expect(other(taken)).not.toBe('accepted');
    expect(other({ ...scenario, limits: { ...scenario.limits, blackoutMs: 100 } })).not.toBe('accepted');
    expect(other({ ...scenario, untilMs: scenario.untilMs + 1_000 })).not.toBe('accepted');
  });

  test('on another server a set is a proof only where the properties hold there', () => {
    const document = example('call-while-going-to-background');
    const verdicts = (['multi', 'overwrite', 'reject', 'hold'] as const).map((server) => {
      const scenario = scenarioOf(document, 'singleDeviceTakeover', server);
      const certificate = certified(scenarioOf(document, 'singleDeviceTakeover', 'multi'));
      const named = certificate.properties.map(propertyNamed) as never;
      const holds = check(scenario, { properties: named }).decisions.every(({ verdict }) => verdict === 'holds');
      return { isAccepted: judgement({ ...certificate, scenario }) === 'accepted', holds };
    });
    expect(verdicts[0]).toEqual({ isAccepted: true, holds: true });
    expect(verdicts.filter(({ isAccepted, holds }) => isAccepted && !holds)).toEqual([]);
    expect(verdicts.some(({ holds }) => !holds)).toBe(true);
  });

  test('more faults than those of the set are not proved', () => {
    expect(judgement(forged(genuine, ({ faults }) => Object.assign(faults, { losses: 1 })))).not.toBe('accepted');
    expect(judgement(forged(lossy, ({ faults }) => Object.assign(faults, { losses: 2 })))).not.toBe('accepted');
  });

  test('a property that is violated, or that nothing is said of, cannot be slipped in', () => {
    const named = (name: string) =>
      judgement(
        forged(genuine, ({ properties, states, classes, locals }) => {
          properties.push(name);
          states.push([{ 1: 'idle', 2: 'idle' }]);
          for (const [situation] of classes) situation?.splice(locals.length + properties.length, 0, 0);
        }),
      );
    expect(named('noInviteLost')).not.toBe('accepted');
    expect(judgement(forged(genuine, ({ properties }) => properties.splice(0, 1, 'noInviteLost')))).not.toBe(
      'accepted',
    );
    expect(named('nonsense')).toBe('nonsense is not claimed of this scenario');
  });

  test('a set that violates a property is refused with the class that does', () => {
    const gap = scenarioOf(example('call-while-going-to-background'), 'singleDeviceEmulation', 'reject');
    const late = { ...gap, limits: { ...gap.limits, beliefMs: 0 } };
    expect(judgement({ ...certified(gap, undefined, ['beliefMatches']), scenario: late })).toMatch(/^class \d+/);
  });

  test('a property of which there is nothing to judge is not said to hold', () => {
    const idle = certified(scenarioOf(example('call-while-suspended'), 'continuous', 'multi'), undefined, [
      'cleanLogout',
    ]);
    expect(judgement(idle)).toBe('nothing to judge: no class has anything that cleanLogout speaks of');
    expect(judgement({ ...idle, properties: [], states: [] })).toBe('nothing to judge: it names no property');
  });

  test('events that are due with the end of the run come before it, as its properties are judged', () => {
    const steps: ScenarioDocument['steps'] = [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'dial', call: 1 },
    ];
    const exact = certified(scenarioOf({ steps, until: '40s', user: 'declines' }), undefined, ['finalAnswer']);
    expect(judgement(exact)).toBe('accepted');
    const { scenario } = exact;
    expect(judgement({ ...exact, scenario: { ...scenario, untilMs: 10_100 } })).not.toBe('accepted');
  });
});

describe('deadlines are dates like any other', () => {
  test('a later or earlier one is not that of the property', () => {
    const certificate = certified(
      scenarioOf(example('call-while-going-to-background'), 'singleDeviceEmulation', 'reject'),
      undefined,
      ['noBlackout', 'beliefMatches'],
    );
    const deadlines = certificate.events.flatMap((name, index) => (name[0] === 'deadline' ? [index] : []));
    expect(deadlines.length).toBeGreaterThan(0);
    for (const deadline of deadlines) {
      const moved = forged(certificate, ({ events }) => {
        const name = events[deadline] as unknown[];
        name[3] = (name[3] as number) + 1;
      });
      expect(judgement(moved)).not.toBe('accepted');
      const without = forged(certificate, ({ classes }) => {
        for (const [situation] of classes) {
          const at = situation?.indexOf(deadline, certificate.locals.length) ?? -1;
          if (at >= 0) situation?.splice(at, 1);
        }
      });
      expect(judgement(without)).not.toBe('accepted');
    }
  });
});

/** What can be done to a certificate, a kind each, drawn by two numbers. */
const corruptions: Readonly<Record<string, (loose: Loose<Certificate>, one: number, other: number) => void>> = {
  'a class dropped': ({ classes }, one) => classes.splice(one % classes.length, 1),
  'a bound tightened': (loose, one, other) => bounded(loose, one, other, -1 - (other % 500)),
  'a bound loosened': (loose, one, other) => bounded(loose, one, other, 1 + (other % 500)),
  'a bound loosened by far': (loose, one, other) => bounded(loose, one, other, 100_000),
  'a discrete number changed': ({ classes }, one, other) => {
    const [situation] = classes[one % classes.length] as [number[]];
    situation[other % situation.length] = one % 7;
  },
  'two classes exchanged': ({ classes }, one, other) => {
    const [first, second] = [classes[one % classes.length], classes[other % classes.length]];
    const [zones, others] = [first?.slice(1), second?.slice(1)] as [number[][], number[][]];
    first?.splice(1, zones.length, ...others);
    second?.splice(1, others.length, ...zones);
  },
  'the classes in another order': ({ classes }, one) => classes.push(...classes.splice(0, one % classes.length)),
  'an event renamed': ({ events }, one) => {
    (events[one % events.length] as unknown[])[0] = 'timer';
  },
  'a local state renamed': ({ locals }, one, other) => {
    const names = locals[one % locals.length] as string[];
    names[other % names.length] = '0';
  },
  'a claim dropped': ({ inert }, one) => inert.splice(one % inert.length, 1),
};

function bounded({ classes }: Loose<Certificate>, one: number, other: number, ms: number): void {
  const zones = (classes[one % classes.length] as unknown as number[][]).slice(1);
  const zone = zones[other % zones.length] as number[];
  const at = (other % (zone.length / 3)) * 3 + 2;
  zone[at] = (zone[at] as number) + ms;
}

describe('corruptions drawn by seed', () => {
  test.each(Object.keys(corruptions))('%s: refused, or every run is within what is left', (kind) => {
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(genuine, lossy), fc.nat(100_000), fc.nat(100_000), (certificate, one, other) => {
        const corrupted = forged(certificate, (loose) => corruptions[kind]?.(loose, one, other));
        const isAccepted = judgement(corrupted) === 'accepted';
        if (!isAccepted) refused++;
        expect(isAccepted ? outsideOf(corrupted, 12) : null).toBeNull();
      }),
      { numRuns: 20, seed: 2_026, endOnFailure: true },
    );
    if (kind === 'the classes in another order') expect(refused).toBe(0);
    else expect(refused).toBeGreaterThan(kind === 'a bound loosened' ? 0 : 9);
  });

  test('a text that was cut off is no certificate', () => {
    const text = JSON.stringify(genuine);
    fc.assert(
      fc.property(fc.nat(text.length - 1), (end) => {
        expect(() => parseCertificate(text.slice(0, end), 'cut')).toThrow(InputError);
      }),
      { numRuns: 50, seed: 2_026 },
    );
  });
});

describe('hostile input', () => {
  const base = JSON.parse(JSON.stringify(genuine)) as Record<string, unknown>;

  test.each([
    ['no object', 'null'],
    ['a depth of a million', '['.repeat(1_000_000)],
    ['another format', '{"format":"ringproof-trace"}'],
    ['another version', JSON.stringify({ ...base, version: 2 })],
    ['no classes', JSON.stringify({ ...base, classes: 3 })],
    ['classes that are no lists', JSON.stringify({ ...base, classes: [[1, 2]] })],
    ['half a number', JSON.stringify({ ...base, classes: [[[0.5], [0, 0, 0]]] })],
    ['too many faults', JSON.stringify({ ...base, faults: { losses: 1e9, duplicates: 0 } })],
    ['too many properties', JSON.stringify({ ...base, properties: new Array(40).fill('settles') })],
    [
      'a name that would be lines of its own where it is printed',
      JSON.stringify({ ...base, scenario: { ...genuine.scenario, name: 'fine\naccepted' } }),
    ],
    [
      'a window that no date meets',
      JSON.stringify({
        ...base,
        scenario: { ...genuine.scenario, steps: [{ from: 'start', afterMs: [5, 1], action: { cut: 'appSip' } }] },
      }),
    ],
    [
      'more steps than any run',
      JSON.stringify({
        ...base,
        scenario: { ...genuine.scenario, steps: new Array(20_000).fill(genuine.scenario.steps[0]) },
      }),
    ],
  ])('%s is no certificate', (_, text) => {
    expect(() => parseCertificate(text, 'hostile')).toThrow(InputError);
  });

  test.each([
    ['an event that is not pending', [[0, 99, 5]]],
    ['a negative event', [[-1, 0, 5]]],
    ['a bound without its end', [[0, 1]]],
    ['bounds that contradict each other', [[1, 0, -5]]],
  ])('a zone with %s is refused by its class', (_, zones) => {
    const broken = forged(genuine, ({ classes }) => {
      classes[3] = [(classes[3] as unknown as number[][])[0], ...zones] as never;
    });
    expect(judgement(broken)).toBe('class 4: no dates are within its bounds');
  });

  test('a number that names nothing stands for nothing', () => {
    const unnamed = forged(genuine, ({ events, classes, locals }) => {
      const place = events.length - 1;
      events.pop();
      for (const [situation] of classes) {
        for (const [at, one] of (situation as number[]).entries()) {
          if (at > locals.length && one === place) (situation as number[])[at] = -1;
        }
      }
    });
    expect(judgement(unnamed)).toMatch(/of which there is no class$/);
  });

  test('steps by the thousand are refused at once', () => {
    const steps = new Array(5_000).fill(genuine.scenario.steps[0]);
    expect(() => verify({ ...genuine, scenario: { ...genuine.scenario, steps } })).toThrow(Refusal);
  });
});

test('the profile in a certificate is what is proved, whatever its name', () => {
  const named = { ...everyServerProfile.multi, name: 'reject' };
  const scenario = resolveScenario(example('call-while-suspended'), everyServerProfile, {
    mode: 'singleDeviceEmulation',
    server: named,
  });
  expect(judgement(certified(scenario))).toBe('accepted');
});
