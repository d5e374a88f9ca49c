import { describe, expect, test } from 'vitest';
import { auditCapture } from '../../src/audit/auditCapture.ts';
import type { AuditOptions } from '../../src/audit/auditor.ts';
import type { Endpoint } from '../../src/capture/endpoint.ts';
import { captureOf, oneFile } from '../support/captures.ts';
import { invite, reply } from '../support/dialogue.ts';
import { app, caller, lostInGap, pushServer, server, Traffic } from '../support/traffic.ts';
import { found, known } from './support.ts';

const registered = () => new Traffic().register(0, app, { listed: [app] });
const desk: Endpoint = { address: '203.0.113.30', port: 5060 };
const cancel = (traffic: Traffic, atMs: number, from: Endpoint, at: Endpoint, callId = 'one') =>
  traffic.send(atMs, from, at, [
    'CANCEL sip:alice@example.org SIP/2.0',
    `Via: SIP/2.0/UDP caller;branch=z9hG4bK-${callId}-1-0`,
    'From: <sip:bob@example.net>;tag=c',
    'To: <sip:alice@example.org>',
    `Call-ID: ${callId}`,
    'CSeq: 1 CANCEL',
    'Max-Forwards: 70',
  ]);

describe('an answer that crosses a CANCEL', () => {
  const legs = (traffic: Traffic) => {
    const [first, second] = [app, desk].map((at) => ({ uri: `sip:alice@${at.address}:${at.port}`, from: server, at }));
    if (first === undefined || second === undefined) throw new Error('two legs');
    return { first, second, traffic: invite(invite(invite(traffic, 10_000), 10_005, first), 10_006, second) };
  };
  const both = () =>
    legs(new Traffic().register(0, app, { listed: [app] }).register(1_000, desk, { listed: [app, desk] }));

  // RFC 3261 16.7 step 10 and 13.2.2.4: the proxy forwards both, the caller takes one and ends the other.
  test('of the other branch makes it an answered call', async () => {
    const { first, second, traffic } = both();
    reply(reply(traffic, 10_200, '180 Ringing', { ...first, tag: 'a' }), 10_300, '180 Ringing', {
      ...second,
      tag: 'd',
    });
    reply(reply(traffic, 10_205, '180 Ringing', { tag: 'a' }), 10_305, '180 Ringing', { tag: 'd' });
    reply(reply(traffic, 12_000, '200 OK', { ...second, tag: 'd' }), 12_005, '200 OK', {
      tag: 'd',
      contact: `sip:alice@${desk.address}`,
    });
    cancel(traffic, 12_006, server, app);
    reply(reply(traffic, 12_007, '200 OK', { ...first, tag: 'a' }), 12_010, '200 OK', {
      tag: 'a',
      contact: `sip:alice@${app.address}`,
    });
    const { verdict, calls } = await found(traffic);
    expect({ verdict, ...calls }).toMatchObject({ made: 1, answered: 1, lost: 0 });
  });

  test('of the caller makes it one, although nobody alerted', async () => {
    const { first, traffic } = both();
    cancel(traffic, 14_000, caller, server);
    reply(reply(traffic, 14_001, '200 OK', { ...first, tag: 'a' }), 14_005, '200 OK', {
      tag: 'a',
      contact: `sip:alice@${app.address}`,
    });
    const { calls } = await found(traffic);
    expect(calls).toMatchObject({ made: 1, answered: 1, lost: 0 });
  });
});

describe('a re-INVITE that fails', () => {
  const within = (traffic: Traffic, atMs: number, status: string, from = caller, at = server) => {
    const lines = (start: string) => [
      start,
      'Via: SIP/2.0/UDP x;branch=z9hG4bKagain',
      'From: <sip:bob@example.net>;tag=c',
      'To: <sip:alice@example.org>;tag=device0',
      'Call-ID: call-1',
      'CSeq: 2 INVITE',
    ];
    traffic.send(atMs, from, at, [...lines('INVITE sip:alice@203.0.113.5 SIP/2.0'), 'Max-Forwards: 70']);
    traffic.send(atMs + 10, at, from, lines(`SIP/2.0 ${status}`));
    return traffic;
  };
  test.each([1_500, 20_000, 200_000])('is no lost call, %i ms after the answer', async (afterMs) => {
    const traffic = registered().call(5_000, { to: [app] });
    const { verdict, calls } = await found(
      within(traffic, 5_000 + afterMs, '488 Not Acceptable Here').register(400_000, app, { listed: [app] }),
    );
    expect({ verdict, ...calls }).toMatchObject({ verdict: 'nothingLost', made: 1, answered: 1, lost: 0 });
  });
  test('nor where the capture begins in its dialog', async () => {
    const traffic = within(registered(), 2_000, '491 Request Pending').call(5_000, { to: [app] });
    const { verdict, calls } = await found(traffic);
    expect({ verdict, ...calls }).toMatchObject({ verdict: 'nothingLost', made: 1, answered: 1, lost: 0 });
  });
});

describe('a caller who comes again after 503', () => {
  const refused = () => reply(invite(registered(), 10_000), 10_020, '503 Service Unavailable');
  test('with the same Call-ID makes one call', async () => {
    const again = { sequence: 2 };
    const traffic = refused();
    reply(reply(invite(traffic, 12_000, again), 12_200, '180 Ringing', again), 14_000, '200 OK', {
      ...again,
      contact: `sip:alice@${app.address}`,
    });
    expect((await found(traffic)).calls).toMatchObject({ made: 1, answered: 1, lost: 0 });
  });
  test('with another Call-ID makes another one: a person who dials again looks the same', async () => {
    const again = { callId: 'two' };
    const traffic = refused();
    reply(reply(invite(traffic, 12_000, again), 12_200, '180 Ringing', again), 14_000, '200 OK', {
      ...again,
      contact: `sip:alice@${app.address}`,
    });
    expect((await found(traffic)).calls).toMatchObject({ made: 2, answered: 1, lost: 1 });
  });
});

describe('Contact: *', () => {
  const star = (traffic: Traffic, atMs: number, status: string) => {
    const lines = (start: string) => [
      start,
      'Via: SIP/2.0/UDP x;branch=z9hG4bKstar',
      'From: <sip:alice@example.org>;tag=r',
      'To: <sip:alice@example.org>',
      `Call-ID: register-${app.address}`,
      'CSeq: 90 REGISTER',
    ];
    traffic.send(atMs, app, server, [
      ...lines('REGISTER sip:example.org SIP/2.0'),
      'Max-Forwards: 70',
      'Contact: *',
      'Expires: 0',
    ]);
    traffic.send(atMs + 10, server, app, lines(`SIP/2.0 ${status}`));
    return traffic;
  };
  const two = () => new Traffic().register(0, pushServer).register(5_000, app, { listed: [app, pushServer] });
  test('takes everybody away', async () => {
    const traffic = star(two(), 10_000, '200 OK')
      .call(10_100, { final: '480 Temporarily Unavailable', finalMs: 20 })
      .register(10_300, pushServer);
    const { losses, gaps, calls } = await found(traffic);
    expect(calls).toMatchObject({ made: 1, lost: 1 });
    expect(gaps).toMatchObject([{ cause: 'unregistered', after: 'push server', callsLost: 1 }]);
    expect(losses[0]?.why).toMatch(/nobody was registered/);
  });
  test('takes nobody away where it is refused', async () => {
    const traffic = star(two(), 10_000, '400 Invalid Request').call(10_100, { to: [app] });
    const { gaps, calls } = await found(traffic);
    expect({ gaps, ...calls }).toMatchObject({ gaps: [], answered: 1 });
  });
});

test('a hundred users behind one address', async () => {
  const traffic = new Traffic();
  const border: Endpoint = { address: '203.0.113.77', port: 5060 };
  const user = (number: number) => ({
    to: `sip:user${number}@example.org`,
    uri: `sip:user${number}@example.org`,
    from: border,
    callId: `call-${number}`,
    user: `user${(number + 1) % 100}`,
  });
  for (let number = 0; number < 100; number++) {
    const lines = (start: string) => [
      start,
      `Via: SIP/2.0/UDP ${border.address}:5060;branch=z9hG4bKr${number}`,
      `From: <sip:user${number}@example.org>;tag=r`,
      `To: <sip:user${number}@example.org>`,
      `Call-ID: r${number}`,
      'CSeq: 1 REGISTER',
      `Contact: <sip:user${number}@${border.address}:5060>;expires=600`,
    ];
    traffic.send(number * 10, border, server, [...lines('REGISTER sip:example.org SIP/2.0'), 'Max-Forwards: 70']);
    traffic.send(number * 10 + 5, server, border, lines('SIP/2.0 200 OK'));
  }
  for (let number = 0; number < 100; number++) {
    const atMs = 10_000 + number * 20;
    const call = user(number);
    const leg = { ...call, uri: `sip:user${number}@${border.address}:5060`, from: server, at: border };
    invite(traffic, atMs, call);
    if (number === 42) {
      reply(traffic, atMs + 10, '480 Temporarily Unavailable', call);
      continue;
    }
    invite(traffic, atMs + 2, leg);
    reply(reply(traffic, atMs + 100, '180 Ringing', leg), atMs + 105, '180 Ringing', call);
    reply(reply(traffic, atMs + 900, '200 OK', { ...leg, contact: leg.uri }), atMs + 905, '200 OK', {
      ...call,
      contact: leg.uri,
    });
  }
  const { report } = await auditCapture(oneFile(captureOf(traffic.sorted), 10_000), {});
  expect(report.totals).toMatchObject({ addresses: 100, made: 100, lost: 1, doubles: 0 });
  expect(report.addresses.filter(({ calls }) => calls.lost > 0).map(({ aor }) => aor)).toEqual(['user42@example.org']);
  expect(report.addresses.map(({ calls }) => calls.answered).reduce((sum, one) => sum + one, 0)).toBe(99);
});

describe('a capture that begins in the midst of a call', () => {
  test('does not judge what it cannot know, where the call goes well', async () => {
    const traffic = registered();
    reply(traffic, 100, '180 Ringing');
    reply(traffic, 2_000, '200 OK', { contact: `sip:alice@${app.address}` });
    const { verdict, calls } = await found(traffic.call(5_000, { to: [app] }));
    expect({ verdict, ...calls }).toMatchObject({ verdict: 'nothingLost', made: 1, answered: 1 });
  });
  test('says that one failed of which it has no INVITE', async () => {
    const traffic = reply(registered(), 100, '480 Temporarily Unavailable').call(5_000, { to: [app] });
    const { verdict, incomplete } = await found(traffic);
    expect(verdict).toBe('cannotTell');
    expect(incomplete).toEqual([expect.stringMatching(/^1 call failed of which the INVITE is not in the capture/)]);
  });

  test('does not count what a device answers to the server, nor a call that a user makes', async () => {
    const traffic = registered();
    reply(traffic, 100, '486 Busy Here', { from: server, at: app });
    reply(traffic, 200, '404 Not Found', { from: app, to: 'sip:1234@example.org', callId: 'out' });
    expect((await found(traffic.call(5_000, { to: [app] }))).verdict).toBe('nothingLost');
  });

  test('counts only those of the address, the call and the time that are asked for', async () => {
    const traffic = () => reply(registered(), 100, '480 Temporarily Unavailable').call(5_000, { to: [app] });
    const verdictOf = async (options: AuditOptions) => (await found(traffic(), { known, ...options })).verdict;
    expect(await verdictOf({ from: { isRelative: true, ms: 1_000 } })).toBe('nothingLost');
    expect(await verdictOf({ callIds: ['call-1'] })).toBe('nothingLost');
    expect(await verdictOf({ aor: 'alice@example.org' })).toBe('cannotTell');
  });
});

test('packets that a mirror port has twice change nothing', async () => {
  const once = lostInGap().sorted;
  const twice = once.flatMap((packet) => [packet, { ...packet, atMs: packet.atMs + 0.02 }]);
  const of = async (packets: typeof once) =>
    (await auditCapture(oneFile(captureOf(packets), 10_000), { known })).report;
  const strip = ({ addresses, totals }: Awaited<ReturnType<typeof of>>) => ({
    totals,
    addresses: addresses.map(({ registers, gaps, calls, handOvers, doubles, losses }) => ({
      registers,
      gaps,
      calls,
      handOvers,
      doubles,
      losses: losses.map(({ why, result }) => ({ why, result })),
    })),
  });
  expect(strip(await of(twice))).toEqual(strip(await of(once)));
});

describe('several files', () => {
  /** A REGISTER every minute, of which some are in each file, with the clock of the second one so much later. */
  const verdictOf = async (files: readonly (readonly [from: number, until: number])[], laterMs: number) => {
    const traffic = new Traffic();
    for (let minute = 0; minute < 6; minute++) traffic.register(minute * 60_000, app, { listed: [app] });
    const { sorted } = traffic.call(30_000, { to: [app] });
    const startMs = sorted[0]?.atMs ?? 0;
    const captures = files.map(([from, until], index) => ({
      name: `part${index}`,
      chunks: (async function* () {
        const packets = sorted.filter(({ atMs }) => atMs >= startMs + from * 60_000 && atMs < startMs + until * 60_000);
        yield captureOf(packets.map((packet) => ({ ...packet, atMs: packet.atMs + index * laterMs })));
      })(),
    }));
    const { report } = await auditCapture(captures, { known });
    return { verdict: report.verdict, incomplete: report.incomplete };
  };
  const pieces = [
    [0, 3],
    [3, 6],
  ] as const;
  const twoPlaces = [
    [0, 6],
    [0, 6],
  ] as const;

  test('between which the clock was set back do not tell', async () => {
    expect(await verdictOf(pieces, -3_600_000)).toEqual({
      verdict: 'cannotTell',
      incomplete: [
        expect.stringMatching(/^3 REGISTERs with a lower CSeq than one before, first in part0 after part1: the/),
      ],
    });
    // A little, so that they overlap.
    expect((await verdictOf(pieces, -90_000)).incomplete).toEqual([expect.stringMatching(/with a lower CSeq/)]);
  });

  test('that are pieces of one capture, or of two places at once, do', async () => {
    const fine = { verdict: 'nothingLost', incomplete: [] };
    expect(await verdictOf(pieces, 0)).toEqual(fine);
    expect(await verdictOf(twoPlaces, 0)).toEqual(fine);
    expect(await verdictOf(twoPlaces, 900)).toEqual(fine);
  });
});
