import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServerAxes, ServerAxis } from '../../src/machines/serverProfile.ts';
import { type Finding, isOpen } from '../../src/probe/experiment.ts';
import { learntProfileText } from '../../src/probe/learntProfile.ts';
import { axesOf, probe } from '../../src/probe/probe.ts';
import { ProbeFailure } from '../../src/probe/probeFailure.ts';
import { axisTable } from '../../src/profiles/serverAxes.ts';
import type { ForkPolicy } from '../support/programs/scriptedFork.ts';
import type { RegistrarPolicy } from '../support/programs/scriptedRegistrar.ts';
import type { ServerPolicy } from '../support/programs/scriptedServer.ts';
import { ScriptedLaboratory } from './scriptedLaboratory.ts';

interface Probed {
  readonly findings: readonly Finding[];
  readonly axes: Partial<ServerAxes>;
  readonly bound: readonly number[];
  /** Milliseconds at the pace of the command line. */
  readonly tookMs: number;
  readonly failure: ProbeFailure | null;
}

async function probed(policy: ServerPolicy, seed = 1): Promise<Probed> {
  const lab = new ScriptedLaboratory(policy, seed);
  const findings: Finding[] = [];
  const options = { allowsRemoveAll: false, answers: false, patienceMs: 40_000, ringWaitMs: 20_000 };
  let failure: ProbeFailure | null = null;
  try {
    for await (const finding of probe(lab, options)) findings.push(finding);
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    failure = error;
  }
  return { findings, axes: axesOf(findings), bound: lab.bound, tookMs: lab.nowMs, failure };
}

type Policy = Pick<ServerPolicy, 'capacity' | 'whenFull' | 'fork' | 'withoutBinding'> &
  RegistrarPolicy &
  Pick<ServerPolicy, 'busyCallsEvery'>;

/** More bindings than are tried: whatever the limit, none was met. */
const mostSeen = 21;

/** Each REGISTER leaves one binding, and an un-REGISTER none. */
const isAlone = ({ replacesAll, matchesBy }: Policy): boolean => replacesAll === true || matchesBy === 'user';

const capacityOf = (policy: Policy): number | null => {
  const capacity = isAlone(policy) ? 1 : (policy.capacity ?? null);
  return capacity !== null && capacity > mostSeen ? null : capacity;
};

const evictions = { all: 'overwrite', oldest: 'evictOldest', soonest: 'evictSoonestToExpire' } as const;

/** What a profile says of a full server; undefined where it has no word for it. */
function whenFullOf(policy: Policy): ServerAxes['whenFull'] | undefined {
  const { whenFull = 403 } = policy;
  const isRefused = typeof whenFull === 'number' && !isAlone(policy);
  // Of one binding the newest stays, by whatever rule the other one goes.
  if (capacityOf(policy) === 1 && !isRefused) return { do: 'overwrite' };
  if (typeof whenFull === 'number')
    return whenFull === 200 ? undefined : { do: 'refuse', code: whenFull === 0 ? 408 : whenFull, retryAfter: false };
  return whenFull in evictions ? { do: evictions[whenFull as keyof typeof evictions] } : undefined;
}

const removesAllOf = (policy: Policy): boolean =>
  isAlone(policy) || policy.removesAll === true || (policy.removesAll === 'ofBound' && policy.capacity !== 1);

/** What may be said of a server on each axis: the truth, or where a profile has no word for it, nothing. */
function truthOf(policy: Policy): { readonly [Axis in keyof ServerAxes]?: ServerAxes[Axis] | undefined } {
  const { fork = 'all', matchesBy = 'contact', twoContacts, checksSequence = true } = policy;
  const capacity = capacityOf(policy);
  return {
    digest: false,
    capacity,
    whenFull: capacity === null ? undefined : whenFullOf(policy),
    fork: fork === 'all' || fork === 'first' ? fork : undefined,
    removalScope: removesAllOf(policy) ? 'allOfUser' : 'ownContact',
    matchesBindingBy: matchesBy === 'callIdAlone' ? undefined : matchesBy,
    severalContacts: twoContacts === undefined ? 'atomic' : twoContacts === 'noRoom' ? 'sequential' : undefined,
    // One that rejects what it has seen before and nothing else lets a REGISTER through that was overtaken.
    checksSequence: checksSequence === true && policy.replacesAll !== true,
    forksToLateBindings: false,
    withoutBinding: { do: 'reject', code: policy.withoutBinding === 404 ? 404 : 480 },
    minimumExpires: { ms: 1_000, answer: 'raise' },
    maximumExpiresMs: 86_400_000,
  };
}

/** Nothing that was said is false. */
function expectTrue(policy: Policy, { axes, bound, failure }: Probed): void {
  const truth = truthOf(policy);
  const false_ = Object.entries(axes).filter(
    ([axis, value]) => JSON.stringify(value) !== JSON.stringify(truth[axis as keyof ServerAxes]),
  );
  expect(false_).toEqual([]);
  if (failure === null) expect(bound).toEqual([]);
}

const forks: readonly ForkPolicy[] = [
  'all',
  'first',
  'firstMade',
  'newest',
  'any',
  { nextAfterMs: 900 },
  { nextAfterMs: null },
  { nextAfterMs: null, order: 'newestFirst' },
];

/** Odd in one thing more. */
const oddities: readonly Policy[] = [
  {},
  { lists: 'none' },
  { lists: 'own' },
  { removesAll: true },
  { removesAll: true, lists: 'own' },
  { removesAll: 'ofBound' },
  { removesAll: 'ofBound', lists: 'own' },
  { matchesBy: 'callId' },
  { matchesBy: 'callId', twoContacts: 400 },
  { matchesBy: 'callIdAlone' },
  { matchesBy: 'instance' },
  { matchesBy: 'user' },
  { twoContacts: 400 },
  { twoContacts: 'firstOnly' },
  { twoContacts: 'lastOnly' },
  { twoContacts: 'inOrder' },
  { twoContacts: 'noRoom' },
  { checksSequence: false },
  { checksSequence: 'used' },
  { replacesAll: true },
  { busyEvery: 3 },
  { busyEvery: 5 },
  { busyCallsEvery: 3 },
  { busyCallsEvery: 4 },
  { rate: { requests: 5, perMs: 3_000 } },
  { rate: { requests: 8, perMs: 10_000 } },
  { withoutBinding: 404 },
  { withoutBinding: 503 },
  { withoutBinding: 0 },
];

const whenFulls = [403, 500, 200, 0, 'all', 'oldest', 'newest', 'soonest', 'firstMade'] as const;

/** Odd in two things. */
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    capacity: fc.constantFrom(undefined, 1, 2, 3, 5, 6, 7, 12, 20, 21, 22, 25),
    whenFull: fc.constantFrom(...whenFulls),
    fork: fc.constantFrom(...forks),
    odd: fc.constantFrom(...oddities),
    another: fc.constantFrom(...oddities),
  })
  .map(({ capacity, whenFull, fork, odd, another }) => ({
    ...(capacity !== undefined && { capacity, whenFull }),
    fork,
    ...odd,
    ...another,
  }));

test('no server makes the probe say what is false', async () => {
  await fc.assert(
    fc.asyncProperty(anyPolicy, async (policy) => expectTrue(policy, await probed(policy))),
    { numRuns: 300 },
  );
});

describe('one oddity at a time', () => {
  test.each(oddities)('%j: nothing false', async (odd) => {
    for (const full of [{}, { capacity: 1 }, { capacity: 2, whenFull: 'oldest' as const }]) {
      for (const fork of forks) expectTrue({ ...full, fork, ...odd }, await probed({ ...full, fork, ...odd }));
    }
  });
});

describe('a server that is busy for a while is not one that is full', () => {
  const capacityIn = ({ findings }: Probed) => findings.find(({ topic }) => topic === axisTable.capacity.title);

  // The pauses before a REGISTER is sent again let any of those that the probe compares be the last one refused.
  test.each([3, 4, 8])('with %i bound, for any time up to 12 s', async (bound) => {
    for (let ms = 200; ms <= 12_000; ms += 200) {
      const policy = { busyOnce: { bound, ms } };
      const found = await probed(policy);
      expectTrue(policy, found);
      expect(found.bound).toEqual([]);
    }
  });

  test('as long as the probe compares: one that is registered is refused as well', async () => {
    expect(capacityIn(await probed({ busyOnce: { bound: 3, ms: 6_600 } }))).toMatchObject({
      says: null,
      remark: 'D is refused, and so is one that is registered: it may be the server that is busy',
    });
  });
});

describe('a server that is busy in several ways at once', () => {
  test.each<Policy>([
    { busyEvery: 2, busyCallsEvery: 4, rate: { requests: 9, perMs: 10_185 }, busyOnce: { bound: 9, ms: 14_996 } },
    { busyCallsEvery: 5, rate: { requests: 9, perMs: 4_915 }, capacity: 5, whenFull: 'oldest' },
    {
      busyEvery: 5,
      rate: { requests: 6, perMs: 3_534 },
      busyOnce: { bound: 1, ms: 7_134 },
      capacity: 3,
      whenFull: 'any',
    },
    { busyEvery: 4, busyCallsEvery: 2, rate: { requests: 7, perMs: 3_853 }, capacity: 3, whenFull: 'firstMade' },
  ])('%j: nothing false', async (policy) => {
    // What it leaves bound is told by those who take it away.
    expectTrue(policy, { ...(await probed(policy)), bound: [] });
  });
});

test('who goes by chance goes by no rule', async () => {
  for (const capacity of [2, 3]) {
    for (let seed = 1; seed <= 60; seed++) {
      const { axes } = await probed({ capacity, whenFull: 'any' }, seed);
      expect(axes.whenFull).toBeUndefined();
    }
  }
});

/** Nothing is left open but these questions; moot ones aside, all others are answered with the truth. */
function expectKnown(policy: Policy, found: Probed, open: readonly ServerAxis[] = []): void {
  expectTrue(policy, found);
  const titles = open.map((axis) => axisTable[axis].title);
  expect(found.findings.filter(isOpen).map(({ topic }) => topic)).toEqual(titles);
}

describe('what is sayable is learnt', () => {
  const capacities = Array.from({ length: mostSeen }, (_, at) => at + 1);

  test.each([403, 500, 'all', 'oldest', 'soonest'] as const)(
    'any capacity from 1 to 21, and %j when full',
    async (whenFull) => {
      for (const capacity of capacities) {
        const policy = { capacity, whenFull };
        const found = await probed(policy);
        expectKnown(policy, found);
        expect(found.axes).toMatchObject({ capacity, whenFull: whenFullOf(policy) });
      }
    },
  );

  test.each(['oldest', 'soonest', 403] as const)(
    'the same where a call reaches the first one only, and %j',
    async (whenFull) => {
      for (const capacity of [2, 3, 5, 7, 13, 20]) {
        const policy = { capacity, whenFull, fork: 'first' } as const;
        const found = await probed(policy);
        expectKnown(policy, found);
        expect(found.axes).toMatchObject({ capacity, whenFull: whenFullOf(policy), fork: 'first' });
      }
    },
  );

  test.each([
    [22, 'more than 21: no limit was met'],
    [25, 'more than 21: no limit was met'],
    [21, '21'],
  ])('of %i bindings it is said: %s', async (capacity, says) => {
    const { findings } = await probed({ capacity });
    expect(findings.find(({ topic }) => topic === axisTable.capacity.title)).toMatchObject({ says });
  });

  test.each([
    [{ fork: 'newest' }, 'fork', 'the newest only'],
    [{ fork: 'firstMade' }, 'fork', 'the one registered first, though it is refreshed'],
    [{ fork: 'any' }, 'fork', 'one of them, not always the same'],
    [{ fork: { nextAfterMs: 900 } }, 'fork', 'one after the other: A, and after 0.9s B'],
    [{ fork: { nextAfterMs: null } }, 'fork', 'one after the other: A, and B only when that has declined'],
    [{ capacity: 2, whenFull: 'newest' }, 'whenFull', 'evicts the newest of the others'],
    [{ capacity: 3, whenFull: 'firstMade' }, 'whenFull', 'evicts the one registered first, though it is refreshed'],
    [{ matchesBy: 'callIdAlone' }, 'matchesBindingBy', 'its Call-ID alone'],
    [
      { capacity: 2, twoContacts: 'inOrder' },
      'severalContacts',
      'in the order of the request: a swap succeeds on a full account only if what is to go comes first',
    ],
  ] as const)('%j: said, though a profile has no word for it', async (policy, axis, says) => {
    const { findings, axes } = await probed(policy);
    const finding = findings.find(({ topic }) => topic === axisTable[axis].title);
    expect(finding).toMatchObject({ says, isUnsayable: true, remark: expect.stringContaining('no word for it') });
    expect(axes).not.toHaveProperty(axis);
    const text = learntProfileText(findings, { name: 'learnt', target: 'sip:odd' });
    expect(text).toContain(`# ${axisTable[axis].title}: ${says} (`);
    expect(text).toMatch(/; assumed, the least favourable that fits: /);
  });

  test('a server that makes no room by what it removes, and one that refuses a swap', async () => {
    const policy = { capacity: 2, twoContacts: 'noRoom' } as const;
    const found = await probed(policy);
    expectKnown(policy, found);
    expect(found.axes).toMatchObject({ severalContacts: 'sequential' });
    expectKnown({ capacity: 2, twoContacts: 400 }, await probed({ capacity: 2, twoContacts: 400 }), [
      'severalContacts',
    ]);
  });

  test.each([{ fork: 'newest' }, { fork: { nextAfterMs: null, order: 'newestFirst' } }] as const)(
    '%j: a contact that a swap should have removed is bound and silent, and is looked for',
    async (policy) => {
      const { findings } = await probed({ ...policy, twoContacts: 'lastOnly' });
      const finding = findings.find(({ topic }) => topic === axisTable.severalContacts.title);
      expect(finding).toMatchObject({ says: null, remark: 'B was added, and A was not removed although it is named' });
      expect(finding).not.toHaveProperty('isMoot');
    },
  );

  test('silence for a call with nobody registered is said', async () => {
    const { findings, axes } = await probed({ withoutBinding: 0 });
    expect(axes.withoutBinding).toEqual({ do: 'reject', code: 480 });
    expect(findings.find((one) => one.axes.withoutBinding !== undefined)).toMatchObject({
      says: 'is not answered within 40s, nor held for who registers',
      remark: expect.stringContaining('a profile has no word for that'),
    });
  });

  test('a server to which asking removes everybody is asked no more', async () => {
    const { findings, axes } = await probed({ replacesAll: true });
    expect(findings.find(({ topic }) => topic === 'a REGISTER that only asks')).toMatchObject({
      says: 'removes every binding: the probe asks no more',
    });
    expect(axes).toMatchObject({ removalScope: 'allOfUser', checksSequence: false, forksToLateBindings: false });
  });

  test('somebody whom the server does not list may take a place: a limit is not certain', async () => {
    const policy = { capacity: 2, lists: 'none', withoutBinding: 0 } as const;
    const { findings } = await probed(policy);
    const found = findings.find(({ topic }) => topic === axisTable.capacity.title);
    expect(found).toMatchObject({ says: '2', confidence: 'low', against: [expect.stringContaining('does not list')] });
    const sure = (await probed({ capacity: 2, lists: 'none' })).findings;
    expect(sure.find(({ topic }) => topic === axisTable.capacity.title)).toMatchObject({ confidence: 'high' });
  });
});

test.each([
  {},
  { capacity: 1 },
  { capacity: 1, whenFull: 503 },
  { capacity: 1, whenFull: 'all' },
  { capacity: 2, whenFull: 'oldest' },
  { capacity: 10, whenFull: 'oldest' },
] as const)('%j: less than a minute at the pace of the command line', async (policy) => {
  expect((await probed(policy)).tookMs).toBeLessThan(60_000);
});
