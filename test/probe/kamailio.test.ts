import { describe, expect } from 'vitest';
import type { ServerAxes } from '../../src/machines/serverProfile.ts';
import { axesOf } from '../../src/probe/probe.ts';
import { axisTable } from '../../src/profiles/serverAxes.ts';
import { Ejabberd, withEjabberd } from '../support/programs/ejabberd.ts';
import { Kamailio, type KamailioPolicy, withKamailio } from '../support/programs/kamailio.ts';
import { NetSip, withNetSip } from '../support/programs/netSip.ts';
import { register } from '../support/programs/registerText.ts';
import { findingOf, session } from './probeSession.ts';

const single = { capacity: 1 } as const;
const cases: readonly (readonly [string, KamailioPolicy, Partial<ServerAxes>])[] = [
  ['multi', {}, { capacity: null, fork: 'all', withoutBinding: { do: 'reject', code: 404 } }],
  ['reject', { policy: 'reject' }, { ...single, whenFull: { do: 'refuse', code: 503, retryAfter: false } }],
  [
    'reject with Retry-After',
    { policy: 'reject', retryAfterSeconds: 30 },
    { ...single, whenFull: { do: 'refuse', code: 503, retryAfter: true } },
  ],
  ['reject403', { policy: 'reject403' }, { ...single, whenFull: { do: 'refuse', code: 403, retryAfter: false } }],
  ['reject500', { policy: 'reject500' }, { ...single, whenFull: { do: 'refuse', code: 500, retryAfter: false } }],
  ['overwrite', { policy: 'overwrite' }, { ...single, whenFull: { do: 'overwrite' } }],
  ['replaceOldest', { policy: 'replaceOldest' }, { capacity: 2, whenFull: { do: 'evictOldest' } }],
  ['480', { withoutBinding: 480 }, { withoutBinding: { do: 'reject', code: 480 } }],
  [
    'minimum with 423',
    { minimumExpires: { seconds: 60, answer: 'intervalTooBrief' } },
    { minimumExpires: { ms: 60_000, answer: 'intervalTooBrief' } },
  ],
  [
    'minimum and maximum, silently',
    { minimumExpires: { seconds: 90, answer: 'raise' }, maximumExpiresSeconds: 300 },
    { minimumExpires: { ms: 90_000, answer: 'raise' }, maximumExpiresMs: 300_000 },
  ],
];

describe.concurrent('probing a real server learns what it is configured to do', () => {
  for (const [name, policy, expected] of cases) {
    withKamailio(name, async () => {
      const kamailio = await Kamailio.start(policy);
      const report = await session(kamailio.port);
      expect(report.failure).toBeNull();
      expect(axesOf(report.findings)).toMatchObject({ digest: false, checksSequence: true, ...expected });
      expect(await kamailio.bindings()).toEqual([]);
      kamailio.close();
    });
  }

  withKamailio('hold', async () => {
    const kamailio = await Kamailio.start({ holdMs: 2_000 });
    const report = await session(kamailio.port);
    expect(report.failure).toBeNull();
    const { withoutBinding, forksToLateBindings } = axesOf(report.findings);
    expect(forksToLateBindings).toBe(true);
    // Kamailio's timers tick every sixteenth of a second.
    expect(withoutBinding).toEqual({ do: 'hold', ms: expect.toSatisfy((ms) => ms >= 1_800 && ms <= 2_200) });
    expect(await kamailio.bindings()).toEqual([]);
    kamailio.close();
  });

  withKamailio('digest, calls challenged too', async () => {
    const kamailio = await Kamailio.start({ password: 'right', challengesCalls: true });
    const right = await session(kamailio.port, { password: 'right' });
    expect(right.failure).toBeNull();
    expect(axesOf(right.findings)).toMatchObject({ digest: true, capacity: null, fork: 'all' });
    const wrong = await session(kamailio.port, { password: 'wrong' });
    expect(wrong.failure).toMatchObject({ kind: 'refused' });
    expect(wrong.failure?.message).toContain('does not take the password of alice');
    kamailio.close();
  });

  withKamailio('a binding that was there is back afterwards', async () => {
    const kamailio = await Kamailio.start();
    await register(kamailio.port, { contacts: ['<sip:alice@127.0.0.1:6001>;q=0.5'] });
    const report = await session(kamailio.port);
    expect(report.restorations).toMatchObject([{ contact: 'sip:alice@127.0.0.1:6001', isRestored: true }]);
    expect(await kamailio.bindings()).toMatchObject([{ contact: 'sip:alice@127.0.0.1:6001' }]);
    kamailio.close();
  });

  withKamailio('one that calls the first contact only: which one that is, no profile says', async () => {
    const kamailio = await Kamailio.start({ forksToFirstOnly: true });
    const report = await session(kamailio.port);
    expect(axesOf(report.findings)).toMatchObject({ capacity: null });
    expect(axesOf(report.findings)).not.toHaveProperty('fork');
    expect(findingOf(report, axisTable.fork.title).says).toBe('the one registered first, though it is refreshed');
    expect(await kamailio.bindings()).toEqual([]);
    kamailio.close();
  });

  withNetSip('Net::SIP, where each REGISTER says all that is bound, so that one that asks removes it', async () => {
    const netSip = await NetSip.start();
    const report = await session(netSip.port);
    expect(report.failure).toBeNull();
    expect(findingOf(report, 'a REGISTER that only asks').says).toMatch(/^removes every binding/);
    expect(axesOf(report.findings)).toEqual({
      digest: false,
      minimumExpires: { ms: 60_000, answer: 'intervalTooBrief' },
      maximumExpiresMs: 300_000,
      removalScope: 'allOfUser',
      checksSequence: false,
      forksToLateBindings: false,
    });
    expect(findingOf(report, axisTable.withoutBinding.title)).toMatchObject({
      says: 'is not answered, but reaches who has registered by the time that the caller repeats it',
      isUnsayable: true,
    });
    expect(report.leftBehind).toEqual([]);
    expect(report.doubts).toEqual([expect.stringContaining('it has removed by asking')]);
    netSip.close();
  });

  withEjabberd('ejabberd, whose 200 lists one contact only', async () => {
    const ejabberd = await Ejabberd.start('right', 'alice');
    const report = await session(ejabberd.port, { password: 'right' });
    expect(report.failure).toBeNull();
    expect(axesOf(report.findings)).toMatchObject({
      digest: true,
      capacity: null,
      fork: 'all',
      minimumExpires: { ms: 60_000, answer: 'intervalTooBrief' },
      withoutBinding: { do: 'reject', code: 480 },
    });
    ejabberd.close();
  });
});
