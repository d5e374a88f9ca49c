import { describe, expect, test } from 'vitest';
import type { ServerAxes } from '../../src/machines/serverProfile.ts';
import { isOpen } from '../../src/probe/experiment.ts';
import { learntProfileText } from '../../src/probe/learntProfile.ts';
import { axesOf } from '../../src/probe/probe.ts';
import type { SessionReport } from '../../src/probe/session.ts';
import { parseServerProfile } from '../../src/profiles/ownServer.ts';
import { axisTable } from '../../src/profiles/serverAxes.ts';
import { loopback } from '../support/programs/loopback.ts';
import { ScriptedServer, type ServerPolicy } from '../support/programs/scriptedServer.ts';
import { findingOf, type SessionWishes, session } from './probeSession.ts';

interface Probed {
  readonly report: SessionReport;
  /** Contacts that are still bound. */
  readonly contacts: readonly string[];
  readonly callIds: readonly string[];
}

/** Probes a scripted server with that policy. */
async function probed(
  policy: ServerPolicy,
  wishes: SessionWishes = {},
  prepare: (server: ScriptedServer) => void = () => {},
): Promise<Probed> {
  const server = await ScriptedServer.start(policy);
  try {
    prepare(server);
    const transport = policy.transport ?? 'UDP';
    const usual = { transport, patienceMs: 1_500, ringWaitMs: 1_500, answerMs: 700 };
    const report = await session(server.port, { ...usual, ...wishes });
    return { report, contacts: server.contacts, callIds: server.registrar.bindings.map(({ callId }) => callId) };
  } finally {
    await server.close();
  }
}

const openTopics = ({ findings }: SessionReport) => findings.filter(isOpen).map(({ topic }) => topic);

/** Nothing is left, nothing is open but these questions, and these axes were learnt. */
function expectLearnt({ report, contacts }: Probed, axes: Partial<ServerAxes>, open: readonly string[] = []): void {
  expect(report.failure).toBeNull();
  expect(contacts).toEqual([]);
  expect(report).toMatchObject({ leftBehind: [], doubts: [], strangers: [] });
  expect(axesOf(report.findings)).toMatchObject(axes);
  expect(openTopics(report)).toEqual(open);
}

const { fork, capacity, whenFull, severalContacts, withoutBinding, matchesBindingBy } = axisTable;
const bob = { user: 'bob', domain: loopback, password: null };
const roomy = { capacity: null, fork: 'all', checksSequence: true, removalScope: 'ownContact' } as const;
const controlTopic = 'a call to A, registered alone';

describe.concurrent('the control', () => {
  test('an ordinary server: everything is known, up to 22 bindings', async () => {
    const found = await probed({});
    expectLearnt(found, { ...roomy, forksToLateBindings: false, withoutBinding: { do: 'reject', code: 480 } });
    expect(findingOf(found.report, capacity.title).says).toBe('more than 21: no limit was met');
    expect(found.report.findings.every(({ confidence }) => confidence === 'high')).toBe(true);
  });

  test('the same over TCP', async () => {
    expectLearnt(await probed({ transport: 'TCP' }), roomy);
  });

  test('a server that takes its time for each call: the same facts, and no call is held', async () => {
    const found = await probed({ postDialDelayMs: 700 });
    expectLearnt(found, { ...roomy, withoutBinding: { do: 'reject', code: 480 } });
    // Never sooner than the server takes; how much later is the machine's business.
    const [, ms] = /^rings after (\d+) ms at most/.exec(findingOf(found.report, controlTopic).says ?? '') ?? [];
    expect(Number(ms)).toBeGreaterThanOrEqual(700);
  });

  test.each([
    [{ ownCalls: 403 }, /is answered 403 while A is registered \(--caller/],
    [{ ownCalls: 200 }, /is answered by somebody else while A is registered/],
    [{ number: '4711' }, /is answered 404 while A is registered/],
    [{ postDialDelayMs: 60_000 }, /no call to the account has reached A after \d+(\.\d+)?s/],
  ])('%j: calls show nothing, so nothing is made of them', async (policy, why) => {
    const { report, contacts } = await probed(policy);
    expect(report.failure).toBeNull();
    expect(contacts).toEqual([]);
    expect(findingOf(report, controlTopic)).toMatchObject({ says: null, remark: expect.stringMatching(why) });
    const learnt = Object.keys(axesOf(report.findings));
    expect(learnt.sort()).toEqual(['digest', 'maximumExpiresMs', 'minimumExpires']);
  });

  test('a server that refuses own calls, and another caller', async () => {
    expectLearnt(await probed({ ownCalls: 403 }, { caller: bob }), { ...roomy, admitsCalls: 'everybody' });
  });

  test('a number that is dialled', async () => {
    expectLearnt(await probed({ number: '4711' }, { callee: `sip:4711@${loopback}` }), roomy);
  });

  test('a server that takes calls of registered contacts only', async () => {
    const policy = { unregisteredCallers: 403 };
    const found = await probed(policy, { caller: bob });
    expectLearnt(found, { ...roomy, admitsCalls: 'registered', withoutBinding: { do: 'reject', code: 480 } });
    // Without another caller, 403 with nobody registered is about the caller as well.
    expectLearnt(await probed(policy), roomy, [withoutBinding.title]);
  });

  test('a call that is answered connects, and the other phone is cancelled', async () => {
    const found = await probed({}, { answers: true });
    expectLearnt(found, { ...roomy, tellsReason: false });
    expect(findingOf(found.report, 'a call that A answers').says).toBe('connects, and ends with a BYE');
  });
});

describe.concurrent('one binding too many', () => {
  test.each([500, 480, 400, 603, 302, 0])('%i is a refusal, and stands in the profile', async (status) => {
    const found = await probed({ capacity: 1, whenFull: status });
    const rule = { do: 'refuse', code: status === 0 ? 408 : status, retryAfter: false } as const;
    expectLearnt(found, { capacity: 1, whenFull: rule, severalContacts: 'atomic' });
    const text = learntProfileText(found.report.findings, { name: 'learnt', target: 'sip:odd' });
    expect(text).toContain('extends: reject');
    expect(parseServerProfile(text, 'learnt.yaml').whenFull).toEqual(rule);
  });

  test.each([
    [
      { capacity: 5, whenFull: 403 },
      { capacity: 5, whenFull: { do: 'refuse', code: 403, retryAfter: false } },
    ],
    [
      { capacity: 20, whenFull: 503 },
      { capacity: 20, whenFull: { do: 'refuse', code: 503, retryAfter: false } },
    ],
    [
      { capacity: 13, whenFull: 'oldest' },
      { capacity: 13, whenFull: { do: 'evictOldest' } },
    ],
    [
      { capacity: 5, whenFull: 'all' },
      { capacity: 5, whenFull: { do: 'overwrite' } },
    ],
    [
      { capacity: 2, whenFull: 'oldest' },
      { capacity: 2, whenFull: { do: 'evictOldest' } },
    ],
    [
      { capacity: 2, whenFull: 'soonest' },
      { capacity: 2, whenFull: { do: 'evictSoonestToExpire' } },
    ],
    [
      { capacity: 1, whenFull: 'all' },
      { capacity: 1, whenFull: { do: 'overwrite' } },
    ],
  ] as const)('%j', async (policy, axes) => {
    expectLearnt(await probed(policy), axes);
  });

  test('the newest has to go: a profile has no word for it, and every rule is tried', async () => {
    const found = await probed({ capacity: 2, whenFull: 'newest' });
    expectLearnt(found, { capacity: 2 }, [whenFull.title, severalContacts.title]);
    expect(findingOf(found.report, whenFull.title).says).toBe('evicts the newest of the others');
  });
});

describe.concurrent('credentials that were taken for the first contact and are not for the second', () => {
  const password = 'right';
  const wishes = { password };

  test.each([401, 407])('%i is a refusal, and stands in the profile', async (status) => {
    const found = await probed({ password, capacity: 1, whenFull: status }, wishes);
    const rule = { do: 'refuse', code: status, retryAfter: false } as const;
    expectLearnt(found, { digest: true, capacity: 1, whenFull: rule, severalContacts: 'atomic' });
    const text = learntProfileText(found.report.findings, { name: 'learnt', target: 'sip:odd' });
    expect(parseServerProfile(text, 'learnt.yaml').whenFull).toEqual(rule);
  });

  test('the same where the second may neither ask nor un-register', async () => {
    const found = await probed({ password, admitsOne: true }, wishes);
    expect(found.report.failure).toBeNull();
    expect(found.contacts).toEqual([]);
    const rule = { do: 'refuse', code: 401, retryAfter: false };
    expect(axesOf(found.report.findings)).toMatchObject({ capacity: 1, whenFull: rule });
    const { evidence } = findingOf(found.report, controlTopic);
    expect(evidence).toContainEqual({ sent: 'B: REGISTER that only asks', back: 'no list' });
  });

  const isRefusedAccount = { kind: 'refused', message: expect.stringContaining('does not take the password of alice') };

  test('not for the first contact either: that is a refused account', async () => {
    const { report } = await probed({ password, capacity: 0, whenFull: 401 }, wishes);
    expect(report).toMatchObject({ failure: isRefusedAccount, findings: [] });
  });

  test('a stale nonce refuses no contact', async () => {
    const { report } = await probed({ password, capacity: 1, whenFull: 401, saysStale: true }, wishes);
    expect(report.failure).toMatchObject(isRefusedAccount);
  });

  test('a stale nonce is answered once more, with the next one: no REGISTER of the account fails by it', async () => {
    const found = await probed({ password, capacity: 2, staleEvery: 3 }, wishes);
    expectLearnt(found, { digest: true, capacity: 2, checksSequence: true, severalContacts: 'atomic' });
    const statuses = found.report.findings.flatMap(({ evidence }) => evidence.map(({ back }) => back));
    expect(statuses.filter((back) => back.startsWith('401'))).toEqual([]);
  });

  test('not for the first one any more either: so is that', async () => {
    const { report } = await probed({ password }, wishes, (server) => {
      server.onRequest = ({ method }) => {
        // In the midst of filling the account: others than A were admitted by then.
        if (method === 'REGISTER' && server.contacts.length === 3) server.password = 'another';
      };
    });
    expect(report.failure).toMatchObject(isRefusedAccount);
    expect(axesOf(report.findings)).not.toHaveProperty('capacity');
  });
});

describe.concurrent('whom a call reaches', () => {
  test('the first only', async () => {
    expectLearnt(await probed({ capacity: 2, fork: 'first' }), {
      capacity: 2,
      fork: 'first',
      severalContacts: 'atomic',
    });
  });

  test.each([
    ['newest', /^the newest only$/],
    ['firstMade', /^the one registered first, though it is refreshed$/],
    [{ nextAfterMs: 900 }, /one after the other: A, and after (0\.9|1)s B/],
    [{ nextAfterMs: null }, /one after the other: A, and B only when that has declined/],
  ] as const)('%j is no fork to all, and not to the first only', async (policy, says) => {
    const found = await probed({ capacity: 2, fork: policy });
    expectLearnt(found, { capacity: 2, severalContacts: 'atomic' }, [fork.title]);
    expect(findingOf(found.report, fork.title).says).toMatch(says);
  });

  test('the newest only, where an un-REGISTER removes all: who else is bound is not known', async () => {
    const { report, contacts } = await probed({ fork: 'newest', removesAll: true, lists: 'own' });
    expect(contacts).toEqual([]);
    expect(axesOf(report.findings)).not.toHaveProperty('capacity');
    expect(openTopics(report)).toEqual(expect.arrayContaining([capacity.title, whenFull.title, fork.title]));
    const text = learntProfileText(report.findings, { name: 'learnt', target: 'sip:odd' });
    expect(text).toContain('extends: reject');
    expect(text).toMatch(/^# an INVITE goes to: unknown .*; assumed, the least favourable that fits/m);
    expect(parseServerProfile(text, 'learnt.yaml').fork).toBe('first');
  });

  test('the same where the server lists everybody', async () => {
    const found = await probed({ capacity: 3, fork: 'newest', removesAll: true });
    expectLearnt(found, { capacity: 3, removalScope: 'allOfUser' }, [
      fork.title,
      matchesBindingBy.title,
      severalContacts.title,
    ]);
  });
});

describe.concurrent('what a REGISTER is about', () => {
  test.each(['contact', 'callId'] as const)('%s, where two Contacts are refused', async (matchesBy) => {
    const found = await probed({ capacity: 1, matchesBy, twoContacts: 400 });
    expectLearnt(found, { capacity: 1, matchesBindingBy: matchesBy }, [severalContacts.title]);
    expect(axesOf(found.report.findings)).not.toHaveProperty('sbc');
  });

  test('the first Contact only', async () => {
    const found = await probed({ capacity: 1, twoContacts: 'firstOnly' });
    expectLearnt(found, { capacity: 1 }, [severalContacts.title]);
    expect(findingOf(found.report, severalContacts.title).remark).toContain('only the first is carried out');
  });

  test('whatever its CSeq', async () => {
    expectLearnt(await probed({ checksSequence: false }), { ...roomy, checksSequence: false });
  });
});

describe.concurrent('left as found', () => {
  test('an un-REGISTER that does nothing ends the probe, and is told', async () => {
    const { report, contacts } = await probed({ keepsRemoved: true });
    expect(report.failure).toMatchObject({ kind: 'unclear', message: expect.stringContaining('does nothing') });
    expect(report.leftBehind).toEqual(contacts);
    expect(contacts).toHaveLength(1);
  });

  test('a server that lists nobody else: whether there was somebody cannot be known', async () => {
    const { report, contacts } = await probed({ lists: 'own' });
    expect(contacts).toEqual([]);
    expect(report).toMatchObject({ failure: null, doubts: [expect.stringContaining('cannot be known')] });
  });

  test('a server that is busy now and then: the facts are right, not certain, and nothing stays', async () => {
    const found = await probed({ busyEvery: 5 });
    expectLearnt(found, roomy);
    expect(findingOf(found.report, capacity.title)).toMatchObject({
      confidence: 'low',
      against: [expect.stringContaining('answered 503')],
    });
  });

  const desk = 'sip:desk@127.0.0.1:6001';

  test('a phone that re-registers meanwhile is named, disturbs no fact, and is there at the end', async () => {
    const { report, contacts } = await probed({ capacity: 2 }, {}, (server) => {
      let heard = 0;
      server.onRequest = () => {
        heard++;
        if (heard === 1 || heard === 40 || heard === 90) server.registrar.put('alice', desk);
      };
    });
    expect(report.failure).toBeNull();
    expect(axesOf(report.findings)).toMatchObject({ capacity: 2, fork: 'all', severalContacts: 'atomic' });
    expect(report.strangers).toContain(desk);
    expect(report.restorations).toMatchObject([{ contact: desk, isRestored: true }]);
    expect(contacts).toEqual([desk]);
  });

  test('one that has registered again itself is not registered over', async () => {
    const { report, contacts, callIds } = await probed({}, {}, (server) => {
      server.registrar.put('alice', desk);
      let invites = 0;
      server.onRequest = ({ method }) => {
        if (method === 'INVITE') invites++;
        // From the last experiments on: its owner comes back under its own Call-ID whatever the probe does.
        if (invites >= 20) server.registrar.put('alice', desk);
      };
    });
    expect(report.restorations).toMatchObject([{ says: 'its owner has registered again', isRestored: true }]);
    expect(contacts).toEqual([desk]);
    expect(callIds).toEqual([`call of ${desk}`]);
  });
});

test.concurrent('a server that dies at any moment: what was said by then is true', async () => {
  const truth = axesOf((await probed({ capacity: 1, whenFull: 'all' })).report.findings);
  const moments = [3, 9, 14, 17, 20, 23, 26, 29, 32, 35, 40, 45, 50, 60];
  const reports = await Promise.all(
    moments.map((diesAfter) => probed({ capacity: 1, whenFull: 'all', diesAfter }, { answerMs: 400 })),
  );
  for (const { report } of reports) {
    expect(report.failure?.kind).toBe('unreachable');
    expect(truth).toMatchObject(axesOf(report.findings));
  }
});
