import { describe, expect, test } from 'vitest';
import { auditCapture } from '../../src/audit/auditCapture.ts';
import type { AuditOptions } from '../../src/audit/auditor.ts';
import type { AddressReport, AuditReport } from '../../src/audit/auditReport.ts';
import { captureOf, oneFile } from '../support/captures.ts';
import { app, lostInGap, modeTraffic, pushServer, Traffic } from '../support/traffic.ts';

const known = { pushServer: { address: pushServer.address, port: null } };

async function audited(traffic: Traffic, options: AuditOptions = { known }): Promise<AuditReport> {
  return (await auditCapture(oneFile(captureOf(traffic.sorted), 10_000), options)).report;
}

async function alice(traffic: Traffic, options?: AuditOptions): Promise<AddressReport> {
  const { addresses } = await audited(traffic, options);
  expect(addresses.map(({ aor }) => aor)).toEqual(['alice@example.org']);
  return addresses[0] as AddressReport;
}

/** Until nothing is under way any more. */
const withEnd = (traffic: Traffic, atMs = 300_000) => traffic.register(atMs, app, { listed: [app] });

describe('the mode', () => {
  test.each(Object.entries(modeTraffic))('%s is recognised', async (mode, traffic) => {
    const report = await audited(traffic());
    expect(report.addresses[0]?.mode.mode).toBe(mode);
    expect(report.addresses[0]?.calls).toMatchObject({ lost: 0, answered: report.addresses[0]?.calls.made });
    expect(report.addresses[0]?.doubles).toHaveLength(mode === 'standard' ? 2 : 0);
    expect(report.verdict).toBe('nothingLost');
  });

  test('over TCP it is no other', async () => {
    const tcp = new Traffic('tcp').register(0, pushServer).unregister(10_000, pushServer).register(10_200, app);
    expect((await alice(tcp)).mode.mode).toBe('singleDeviceEmulation');
  });

  test('a swap in one REGISTER is none of the four', async () => {
    const traffic = new Traffic().register(0, pushServer).register(10_000, app, {
      contact: `sip:alice@${pushServer.address}:5060>;expires=0,<sip:alice@${app.address}:${app.port}`,
      listed: [app],
    });
    const { mode, gaps } = await alice(traffic);
    expect(mode).toMatchObject({
      mode: null,
      why: [expect.stringContaining('one REGISTER removed'), expect.any(String)],
    });
    expect(gaps).toEqual([]);
  });

  test('without a word on who is who, the order still tells it', async () => {
    const { mode, sides } = await alice(modeTraffic.singleDeviceEmulation(), {});
    expect(mode.mode).toBe('singleDeviceEmulation');
    expect(sides.map(({ role, name }) => [role, name])).toEqual([
      [null, '203.0.113.9:5060'],
      [null, '203.0.113.5:49152'],
    ]);
  });

  test('one side alone says nothing unless it is known', async () => {
    const { mode } = await alice(modeTraffic.continuous(), {});
    expect(mode).toMatchObject({ mode: null });
  });

  test('hand-overs in different orders are no mode', async () => {
    const traffic = modeTraffic.singleDeviceEmulation().register(60_000, app, { listed: [app, pushServer] });
    traffic.unregister(60_100, pushServer, { listed: [app] });
    expect((await alice(traffic)).mode.mode).toBeNull();
  });

  test('a User-Agent that says push, and a Contact that asks to be woken', async () => {
    const push = { headers: ['User-Agent: Bria Push 4'] };
    const sides = async (traffic: Traffic) => (await alice(traffic, {})).sides.map(({ role }) => role);
    expect(
      await sides(new Traffic().register(0, pushServer, push).unregister(5, pushServer, push).register(1_000, app)),
    ).toEqual(['pushServer', 'app']);
    expect(
      await sides(new Traffic().register(0, app, { contact: `sip:alice@${app.address};pn-provider=apns` })),
    ).toEqual(['app']);
  });
});

describe('gaps', () => {
  test('have the request as their lower edge and the reply as their upper one', async () => {
    const { gaps } = await alice(modeTraffic.singleDeviceEmulation());
    expect(gaps).toHaveLength(2);
    expect(gaps[0]).toMatchObject({ cause: 'unregistered', before: 'push server', after: 'app', callsLost: 0 });
    expect(gaps[0]?.duration.atLeastMs).toBeCloseTo(190, 2);
    expect(gaps[0]?.duration.atMostMs).toBeCloseTo(210, 2);
  });

  test('an INVITE while the un-REGISTER is under way is lost in it', async () => {
    const traffic = new Traffic().register(0, pushServer).unregister(10_000, pushServer, { answerMs: 20 });
    traffic
      .call(10_010, { finalMs: 5 })
      .register(10_015, app, { answerMs: 20 })
      .call(20_000, { to: [app] });
    const { losses, gaps } = await alice(traffic);
    expect(gaps[0]).toMatchObject({ callsLost: 1, duration: { atLeastMs: 0 } });
    expect(losses[0]?.why).toMatch(
      /^nobody was registered or a REGISTER was just under way: .* 0\.010 s before, .* 0\.025 s after/,
    );
  });

  test('a binding that expires leaves one', async () => {
    const traffic = new Traffic().register(0, app, { listed: [app] }).register(700_000, app, { listed: [app] });
    const { gaps, handOvers } = await alice(traffic);
    expect(gaps).toMatchObject([{ cause: 'expired', before: 'app', after: 'app' }]);
    expect(gaps[0]?.duration.atLeastMs).toBeCloseTo(99_990, 1);
    expect(handOvers).toEqual([]);
  });

  test('what was bound before the capture began is found where the registrar lists it', async () => {
    const traffic = new Traffic()
      .register(0, app, { listed: [app, pushServer] })
      .unregister(5_000, app, { listed: [pushServer] });
    expect(await alice(traffic)).toMatchObject({ gaps: [], doubles: [{ sides: ['app', 'push server'] }] });
  });
});

describe('double registrations', () => {
  test('are seen from the second reply to the un-REGISTER', async () => {
    const { doubles } = await alice(modeTraffic.standard());
    expect(doubles[0]?.sides.toSorted()).toEqual(['app', 'push server']);
    expect(doubles[0]?.duration.atLeastMs).toBeCloseTo(90, 2);
    expect(doubles[0]?.duration.atMostMs).toBeCloseTo(110, 2);
  });

  test('two phones are none, and neither is one with a new address', async () => {
    const other = { address: '203.0.113.77', port: 5060 };
    const { doubles, handOvers } = await alice(
      new Traffic().register(0, app).register(1_000, other, { listed: [app, other] }),
    );
    expect(doubles).toEqual([]);
    expect(handOvers).toEqual([]);
  });

  test('where the registrar lists only what was sent, it is doubtful until an INVITE shows it', async () => {
    const ends = (to: readonly (typeof app)[]) => {
      const traffic = new Traffic().register(0, pushServer).register(10_000, app);
      return to.length > 0 ? traffic.call(20_000, { to }) : traffic;
    };
    expect(await audited(ends([]))).toMatchObject({
      verdict: 'cannotTell',
      addresses: [{ doubtfulDoubles: 1, doubles: [] }],
    });
    expect(await audited(ends([app]))).toMatchObject({ verdict: 'nothingLost', addresses: [{ doubtfulDoubles: 0 }] });
    const both = await audited(ends([app, pushServer]));
    expect(both).toMatchObject({
      verdict: 'lossesFound',
      addresses: [{ doubtfulDoubles: 0, doubles: [{ untilMs: null }] }],
    });
  });
});

describe('calls', () => {
  test.each([
    '404 Not Found',
    '480 Temporarily Unavailable',
    '408 Request Timeout',
    '477 Send failed',
    '503 Service Unavailable',
  ])('that get %s without alerting are lost', async (final) => {
    const { calls, losses } = await alice(
      new Traffic().register(0, app).call(5_000, { to: [app], alertMs: null, final }),
    );
    expect(calls).toMatchObject({ made: 1, lost: 1 });
    expect(losses[0]).toMatchObject({ result: final, why: 'the app was registered and called, but did not alert' });
  });

  const outcome = async (options: Parameters<Traffic['call']>[1]) => {
    const { calls } = await alice(withEnd(new Traffic().register(0, app).call(5_000, options)));
    return Object.entries(calls).flatMap(([name, count]) => (name !== 'made' && count > 0 ? [name] : []));
  };

  test('the user decides after alerting: no loss', async () => {
    expect(await outcome({ to: [app], final: '486 Busy Here' })).toEqual(['declined']);
    expect(await outcome({ to: [app], final: '603 Decline' })).toEqual(['declined']);
    expect(await outcome({ to: [app], final: '480 Temporarily Unavailable', finalMs: 60_000 })).toEqual(['unanswered']);
    expect(await outcome({ to: [app], cancelMs: 10_000 })).toEqual(['unanswered']);
  });

  test('a caller who gives up before anything alerts has lost it, and so has one without an answer', async () => {
    expect(await outcome({ to: [app], alertMs: null, cancelMs: 10_000 })).toEqual(['lost']);
    expect(await outcome({ to: [app], alertMs: null, final: null })).toEqual(['lost']);
    // The CANCEL was on its way when the phone began to ring.
    expect(await outcome({ to: [app], alertMs: 10_004, cancelMs: 10_000 })).toEqual(['lost']);
  });

  test('a busy device was reached; a server that says so of itself reached nobody', async () => {
    expect(await outcome({ to: [app], alertMs: null, final: '486 Busy Here', finalByDevice: true })).toEqual(['busy']);
    expect(await outcome({ final: '486 Busy Here' })).toEqual(['lost']);
  });

  test('redirections and callers without credentials are no losses', async () => {
    expect(await outcome({ final: '302 Moved Temporarily' })).toEqual(['redirected']);
    expect(await outcome({ final: '407 Proxy Authentication Required' })).toEqual(['unauthorised']);
  });

  test('one that is under way at the end cannot be told', async () => {
    const report = await audited(
      new Traffic().register(0, app, { listed: [app] }).call(5_000, { to: [app], alertMs: null, final: null }),
    );
    expect(report).toMatchObject({ verdict: 'cannotTell', addresses: [{ calls: { open: 1 } }] });
  });

  test('that alert late or twice are told', async () => {
    const traffic = modeTraffic.continuous().call(60_000, { to: [pushServer], alertMs: 9_000, finalMs: 12_000 });
    traffic.register(80_000, app, { listed: [app, pushServer] }).call(90_000, { to: [app, pushServer] });
    const { lateAlerts, doublyAlerted } = await alice(traffic);
    expect(lateAlerts).toMatchObject([{ by: 'push server' }]);
    expect(lateAlerts[0]?.afterMs).toBeCloseTo(9_000, 1);
    expect(doublyAlerted.map(({ by }) => by.toSorted())).toEqual([['app', 'push server']]);
  });

  test('retransmissions and copies of packets are no second call', async () => {
    const traffic = lostInGap();
    const twice = traffic.sorted.flatMap((packet) => [packet, { ...packet, atMs: packet.atMs + 0.01 }]);
    const once = await audited(traffic);
    const copy = await auditCapture(oneFile(captureOf(twice), 10_000), { known });
    const counts = ({ addresses }: AuditReport) =>
      addresses.map(({ calls, registers, gaps, doubles }) => ({ calls, registers, gaps: gaps.length, doubles }));
    expect(counts(copy.report)).toEqual(counts(once));
  });

  test('the lost one comes with its ladder', async () => {
    const { losses } = await alice(lostInGap());
    expect(losses[0]?.why).toBe(
      'nobody was registered: the push server had begun to un-REGISTER 0.125 s before, the REGISTER of the app was accepted 0.085 s after it',
    );
    expect(losses[0]?.ladder?.entries.map(({ label }) => label)).toEqual([
      'REGISTER',
      '200 OK 1 contact',
      'REGISTER Expires: 0',
      '200 OK 0 contacts',
      'INVITE',
      '480 Temporarily Unavailable',
      'REGISTER',
      '200 OK 1 contact',
    ]);
  });

  test('to somebody without a REGISTER are judged only when asked for', async () => {
    const traffic = () => new Traffic().call(0).call(1_000);
    expect(await audited(traffic())).toMatchObject({ addresses: [], notJudged: { addresses: 1, calls: 2 } });
    const asked = await audited(traffic(), { aor: 'alice@example.org' });
    expect(asked).toMatchObject({ verdict: 'lossesFound', addresses: [{ calls: { lost: 2 } }] });
    expect(asked.addresses[0]?.losses[0]?.why).toMatch(/^who was registered is not known/);
  });
});

describe('refused REGISTERs', () => {
  test('are told with who was in the way and when it was over', async () => {
    const traffic = new Traffic().register(0, app, { listed: [app] });
    const refused = { answer: '503 Service Unavailable', answerHeaders: ['Retry-After: 30'] };
    traffic.register(10_000, pushServer, refused).register(40_000, pushServer, refused).unregister(50_000, app);
    traffic.register(60_000, pushServer, { listed: [pushServer] });
    const { refusals } = await alice(traffic);
    expect(refusals).toMatchObject([
      { side: 'push server', status: 503, retryAfterSeconds: 30, attempts: 2, bound: ['app'] },
    ]);
    expect(refusals[0]?.acceptedAfterMs).toBeCloseTo(50_000, 0);
  });

  test('a challenge is none, wrong credentials are one, and silence is one', async () => {
    const challenge = { answer: '401 Unauthorized', answerHeaders: ['WWW-Authenticate: Digest realm="x", nonce="1"'] };
    const credentials = ['Authorization: Digest username="alice", response="secret-response"'];
    const traffic = new Traffic().register(0, app, challenge).register(100, app, { headers: credentials });
    expect((await alice(traffic)).refusals).toEqual([]);
    traffic.register(1_000, app, { ...challenge, headers: credentials }).register(2_000, app, { answerMs: null });
    const report = await alice(traffic.register(100_000, app));
    expect(report.refusals.map(({ status }) => status)).toEqual([401, null]);
    expect(JSON.stringify(report)).not.toContain('secret-response');
  });
});

describe('a capture that shows too little', () => {
  test('one direction only', async () => {
    const traffic = lostInGap();
    const requests = traffic.sorted.filter(({ payload }) => !Buffer.from(payload).toString().startsWith('SIP/2.0'));
    const { report } = await auditCapture(oneFile(captureOf(requests), 10_000), { known });
    expect(report.incomplete).toContain('it has requests only: the other direction was not captured');
  });

  test('one in which time goes back', async () => {
    const { sorted } = lostInGap();
    const { report } = await auditCapture(oneFile(captureOf([...sorted, ...sorted]), 10_000), { known });
    expect(report.incomplete).toContainEqual(expect.stringMatching(/^\d+ packets out of order by more than a second/));
  });

  test('no SIP at all', async () => {
    const { report } = await auditCapture(oneFile(captureOf([]), 100), {});
    expect(report).toMatchObject({ verdict: 'cannotTell', addresses: [] });
  });

  test('one that is cut off is judged as far as it goes', async () => {
    const file = captureOf(lostInGap().sorted);
    const { report } = await auditCapture(oneFile(file.subarray(0, file.length - 7), 100), { known });
    expect(report.verdict).toBe('lossesFound');
    expect(report.incomplete[0]).toMatch(/^at byte \d+ there is the end of the file/);
  });
});
