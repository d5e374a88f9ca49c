import { describe, expect, test } from 'vitest';
import { auditMarkdown } from '../../src/audit/auditText.ts';
import { invite, reply } from '../support/dialogue.ts';
import { app, caller, pushServer, server, Traffic } from '../support/traffic.ts';
import { found, gap, known } from './support.ts';

const unavailable = '480 Temporarily Unavailable';
const number = { uri: 'sip:+4930123456@198.51.100.2', to: 'sip:+4930123456@198.51.100.2' };
const registered = () => new Traffic().register(0, app, { listed: [app] });
const mailbox = 'sip:mailbox@198.51.100.2';

describe('whom a call is for', () => {
  const toNumber = () => reply(invite(gap(), 10_100, number), 10_120, unavailable, number);

  test('a number that nobody knows, called in a gap, keeps the verdict open', async () => {
    const { verdict, incomplete, calls } = await found(toNumber());
    expect(verdict).toBe('cannotTell');
    expect(incomplete).toEqual([
      expect.stringMatching(/^1 call for an unknown address came while nobody was registered; --number/),
    ]);
    expect(calls.made).toBe(0);
  });

  test.each(['+4930123456', '004930123456', '4930123456'])('--number says whose it is, written as %s', async (name) => {
    const { verdict, losses } = await found(toNumber(), {
      known,
      aliases: [{ kind: 'number', name, target: 'alice' }],
    });
    expect(verdict).toBe('lossesFound');
    expect(losses[0]?.why).toMatch(/^nobody was registered/);
  });

  test('an alias for the host', async () => {
    const elsewhere = { uri: 'sip:alice@sbc.example.net', to: 'sip:alice@sbc.example.net' };
    const traffic = reply(invite(gap(), 10_100, elsewhere), 10_120, unavailable, elsewhere);
    const aliases = [{ kind: 'alias', name: 'sbc.example.net', target: 'example.org' }] as const;
    expect(await found(traffic, { known, aliases })).toMatchObject({ verdict: 'lossesFound', calls: { lost: 1 } });
  });

  test('the own legs of the server show it, for a call before them too', async () => {
    const later = { ...number, callId: 'two' };
    const leg = { ...later, uri: `sip:alice@${app.address}:${app.port}`, from: server, at: app };
    const traffic = invite(invite(toNumber(), 20_000, later), 20_005, leg);
    reply(reply(traffic, 20_200, '180 Ringing', leg), 20_205, '180 Ringing', later);
    reply(traffic, 21_000, '200 OK', leg);
    reply(traffic, 21_005, '200 OK', { ...later, contact: 'sip:alice@203.0.113.5' });
    const { verdict, calls, report } = await found(traffic);
    expect({ verdict, ...calls }).toMatchObject({ verdict: 'lossesFound', made: 2, lost: 1, answered: 1 });
    expect(report.learntAliases).toEqual({ '+4930123456@198.51.100.2': 'alice@example.org' });
  });

  test('an announcement to a number is known for one only afterwards as well', async () => {
    const first = { ...number, contact: mailbox };
    const later = { ...number, callId: 'two' };
    const leg = { ...later, uri: `sip:alice@${app.address}:${app.port}`, from: server, at: app };
    const traffic = reply(invite(gap(), 10_100, number), 10_120, '200 OK', first);
    reply(reply(invite(invite(traffic, 20_000, later), 20_005, leg), 21_000, '200 OK', leg), 21_005, '200 OK', later);
    expect((await found(traffic)).calls).toMatchObject({ made: 2, answered: 1, byServer: 1 });
  });

  test('the address of the server as domain, and no user at all', async () => {
    const byAddress = { uri: 'sip:alice@198.51.100.2', to: 'sip:alice@198.51.100.2' };
    const withoutUser = { uri: 'sip:198.51.100.2:5060', callId: 'two' };
    const traffic = reply(invite(gap(), 10_100, byAddress), 10_110, unavailable, byAddress);
    reply(invite(traffic, 10_130, withoutUser), 10_140, unavailable, withoutUser);
    expect((await found(traffic)).calls).toMatchObject({ made: 2, lost: 2 });
  });

  test('a call that a user makes is none for an unknown address', async () => {
    const out = { uri: 'sip:1234@example.org', to: 'sip:1234@example.org', from: app };
    const traffic = reply(invite(registered().call(5_000, { to: [app] }), 20_000, out), 20_010, '404 Not Found', out);
    const { verdict, report } = await found(traffic);
    expect(verdict).toBe('nothingLost');
    expect(auditMarkdown(report, { all: false, problemsOnly: false, source: [], malformed: [], files: [] })).toContain(
      'Not judged: 1 call to 1 address without any REGISTER, of which 0 failed (outgoing ones aside).',
    );
  });
});

describe('one Call-ID is one call', () => {
  test('whenever the caller meets a challenge', async () => {
    const retry = { sequence: 2 };
    const traffic = reply(invite(registered(), 10_000), 10_100, '407 Proxy Authentication Required');
    const contact = `sip:alice@${app.address}:${app.port}`;
    reply(reply(invite(traffic, 90_000, retry), 90_200, '180 Ringing', retry), 92_000, '200 OK', { ...retry, contact });
    const { calls, lateAlerts } = await found(traffic.register(200_000, app, { listed: [app] }));
    expect(calls).toMatchObject({ made: 1, answered: 1, unauthorised: 0 });
    // The caller took 80 s, the server 0.2 s.
    expect(lateAlerts).toEqual([]);
  });

  test.each([
    ['ten seconds later', 20_000, 2],
    ['a day later', 86_400_000, 2],
    ['ten seconds later with the same CSeq', 20_000, 1],
  ])('unless it was refused for good: %s it is another one, and the loss stays', async (_, againMs, sequence) => {
    const traffic = new Traffic().register(0, app, { expires: 200_000, listed: [app] });
    reply(invite(traffic, 10_000), 10_100, unavailable);
    const again = { sequence, branch: 'again' };
    const toApp = { ...again, uri: `sip:alice@${app.address}:${app.port}`, from: server, at: app };
    invite(invite(traffic, againMs, again), againMs + 5, toApp);
    reply(reply(traffic, againMs + 200, '180 Ringing', toApp), againMs + 900, '200 OK', toApp);
    reply(traffic, againMs + 910, '200 OK', again);
    expect((await found(traffic)).calls).toMatchObject({ made: 2, lost: 1, answered: 1 });
  });

  test('unless it was redirected long ago', async () => {
    const traffic = new Traffic().register(0, app, { expires: 200_000, listed: [app] });
    reply(invite(traffic, 10_000), 10_100, '302 Moved Temporarily');
    const again = { sequence: 2 };
    reply(reply(invite(traffic, 86_400_000, again), 86_400_200, '180 Ringing', again), 86_401_000, '200 OK', again);
    expect(await found(traffic)).toMatchObject({ verdict: 'cannotTell', calls: { made: 2, redirected: 1 } });
  });

  test('when it follows a redirection, and is lost there', async () => {
    const moved = { contact: 'sip:alice@example.org;x=1' };
    const retry = { uri: 'sip:alice@example.org;x=1', sequence: 2 };
    const traffic = reply(invite(gap(), 10_050), 10_060, '302 Moved Temporarily', moved);
    reply(invite(traffic, 10_100, retry), 10_120, unavailable, retry);
    expect(await found(traffic)).toMatchObject({ verdict: 'lossesFound', calls: { made: 1, lost: 1, redirected: 0 } });
  });

  test('when it is redirected to another server', async () => {
    const elsewhere = { at: { address: '198.51.100.9', port: 5060 }, sequence: 2 };
    const traffic = reply(invite(registered(), 10_000), 10_060, '302 Moved Temporarily');
    reply(invite(traffic, 10_100, elsewhere), 10_120, '486 Busy Here', elsewhere);
    expect((await found(traffic)).calls).toMatchObject({ made: 1, lost: 1 });
  });

  test('and where it went after a redirection by the server is not known unless it comes', async () => {
    const traffic = reply(invite(registered(), 10_000), 10_060, '302 Moved Temporarily').call(60_000, { to: [app] });
    const { verdict, incomplete } = await found(traffic);
    expect(verdict).toBe('cannotTell');
    expect(incomplete).toEqual([expect.stringContaining('redirected by the server')]);
  });

  test('both legs of a border controller with two addresses and two Call-IDs', async () => {
    const inside = { address: '10.0.0.2', port: 5060 };
    const registrar = { address: '10.0.0.3', port: 5060 };
    const leg = { callId: 'two', from: inside, at: registrar };
    const traffic = invite(invite(gap(), 10_100), 10_105, leg);
    reply(reply(traffic, 10_110, unavailable, leg), 10_115, unavailable);
    expect((await found(traffic)).calls).toMatchObject({ made: 1, lost: 1 });
    const later = { ...leg, callId: 'three', user: 'carol' };
    reply(invite(traffic, 10_130, later), 10_140, unavailable, later);
    expect((await found(traffic)).calls).toMatchObject({ made: 2, lost: 2 });
  });

  test('a leg to a user of a call to a number', async () => {
    const leg = { callId: 'two', from: server, at: { address: '198.51.100.7', port: 5060 } };
    const traffic = invite(invite(gap(), 10_100, number), 10_105, leg);
    reply(reply(traffic, 10_110, unavailable, leg), 10_115, unavailable, number);
    expect(await found(traffic)).toMatchObject({ calls: { made: 1, lost: 1 }, report: { notJudged: { calls: 0 } } });
  });
});

describe('what only the server says', () => {
  test('is a class of its own while nobody is registered', async () => {
    const traffic = reply(invite(gap(), 10_100), 10_120, '200 OK', { contact: mailbox });
    const { verdict, calls, incomplete } = await found(traffic);
    expect({ verdict, ...calls }).toMatchObject({ verdict: 'cannotTell', made: 1, byServer: 1, answered: 0 });
    expect(incomplete[0]).toMatch(/1 call was answered or alerted by the server, and no device was heard/);
  });

  test('also where it alerts, or where another server answers in its place', async () => {
    const alerted = reply(reply(invite(gap(), 10_100), 10_110, '180 Ringing'), 10_150, unavailable);
    expect((await found(alerted)).calls).toMatchObject({ byServer: 1, unanswered: 0 });
    const leg = { uri: mailbox, from: server, at: { address: '198.51.100.8', port: 5060 } };
    const passedOn = reply(invite(invite(gap(), 10_100), 10_105, leg), 10_110, '200 OK', leg);
    expect((await found(reply(passedOn, 10_115, '200 OK', { contact: mailbox }))).calls).toMatchObject({ byServer: 1 });
  });

  test('also where the device was called and said nothing', async () => {
    const leg = { uri: `sip:alice@${app.address}:${app.port}`, from: server, at: app };
    const traffic = invite(invite(registered(), 10_000), 10_005, leg);
    reply(reply(traffic, 10_010, '100 Trying', leg), 20_000, '200 OK', { contact: mailbox });
    expect((await found(traffic)).calls).toMatchObject({ byServer: 1, answered: 0 });
  });

  test('also where the server called somebody who is not registered, and passes that answer on', async () => {
    const leg = { uri: 'sip:+49160999@198.51.100.8', from: server, at: { address: '198.51.100.8', port: 5060 } };
    const traffic = reply(invite(invite(registered(), 10_000), 10_005, leg), 10_100, '200 OK', leg);
    expect((await found(reply(traffic, 10_105, '200 OK'))).calls).toMatchObject({ byServer: 1, answered: 0 });
  });

  test('and an answer with the Contact of the device is one of the device', async () => {
    const traffic = reply(invite(registered(), 10_000), 10_100, '200 OK', { contact: 'sip:alice@203.0.113.5' });
    expect(await found(traffic)).toMatchObject({ verdict: 'nothingLost', calls: { answered: 1 } });
  });

  test('183 is not 180: an announcement alerts nobody', async () => {
    const traffic = reply(reply(invite(registered(), 10_000), 10_100, '183 Session Progress'), 20_000, unavailable);
    expect(await found(traffic)).toMatchObject({ verdict: 'lossesFound', calls: { lost: 1, unanswered: 0 } });
  });
});

describe('what cannot be read', () => {
  /** In the midst of a connection: a record of application data. */
  const tls = (traffic: Traffic, port: number) => {
    const payload = Buffer.concat([Buffer.from([0x17, 3, 3, 0, 50]), Buffer.alloc(50, 0xa5)]);
    const ends = { source: app, destination: { ...server, port }, transport: 'tcp' } as const;
    traffic.packets.push({ atMs: 1_767_225_600_000 + 10_200, ...ends, payload });
    return traffic;
  };
  const leaves = () => new Traffic().register(0, pushServer).unregister(10_000, pushServer);

  test.each([5061, 443])('TLS to the server on port %i may be the app that is missing', async (port) => {
    const { verdict, calls, incomplete } = await found(tls(leaves().call(10_100, { final: unavailable }), port));
    expect({ verdict, ...calls }).toMatchObject({ verdict: 'cannotTell', lost: 0, undecided: 1 });
    expect(incomplete[0]).toMatch(
      /^part of the traffic cannot be read: TLS, 1 packet \(\d+ % of all bytes\), first between/,
    );
  });

  test('what both are seen to do stays lost, and what is fine is so only as far as can be read', async () => {
    expect(await found(tls(gap().call(10_100, { final: unavailable }), 5061))).toMatchObject({
      verdict: 'lossesFound',
    });
    const fine = () => registered().call(5_000, { to: [app] });
    expect((await found(tls(fine(), 5061))).verdict).toBe('cannotTell');
    expect((await found(fine())).verdict).toBe('nothingLost');
  });

  test('TLS between others is their own affair', async () => {
    const traffic = registered().call(5_000, { to: [app] });
    const payload = Buffer.concat([Buffer.from([0x17, 3, 3, 0, 50]), Buffer.alloc(50, 0xa5)]);
    const ends = { source: app, destination: { address: '192.0.2.80', port: 443 }, transport: 'tcp' } as const;
    traffic.packets.push({ atMs: 1_767_225_600_000 + 5_100, ...ends, payload });
    expect((await found(traffic)).verdict).toBe('nothingLost');
  });
});

describe('malformed messages that endpoints act on', () => {
  test('a name in Latin-1 does not hide a loss', async () => {
    const traffic = gap().call(10_100, { final: unavailable, finalMs: 20 });
    const packets = traffic.packets.map(({ payload, ...packet }) => ({
      ...packet,
      payload: Buffer.from(
        Buffer.from(payload).toString('latin1').replace('From: <sip:bob', 'From: J\xfcrgen <sip:bob'),
        'latin1',
      ),
    }));
    const changed = new Traffic();
    changed.packets.push(...packets);
    const { verdict, malformedMessages } = await found(changed);
    expect(verdict).toBe('lossesFound');
    expect(malformedMessages).toEqual([
      { file: 0, frame: 5, reason: 'line 3: found bytes that are no UTF-8; expected UTF-8', isRead: true },
      { file: 0, frame: 6, reason: 'line 3: found bytes that are no UTF-8; expected UTF-8', isRead: true },
    ]);
  });

  test('a parameter that stands twice does not hide an answer', async () => {
    const headers = ['Record-Route: <sip:198.51.100.2;lr;ftag=c;ftag=c>'];
    const traffic = reply(invite(registered(), 10_000), 10_100, '200 OK', {
      headers,
      contact: 'sip:alice@203.0.113.5',
    });
    const { verdict, malformedMessages } = await found(traffic);
    expect({ verdict, frames: malformedMessages.map(({ frame }) => frame) }).toEqual({
      verdict: 'nothingLost',
      frames: [4],
    });
  });

  test('one that cannot be read at all is said', async () => {
    const traffic = registered().call(5_000, { to: [app] });
    traffic.send(6_000, caller, server, ['INVITE sip:alice@example.org SIP/2.0', 'Via: SIP/2.0/UDP 192.0.2.1']);
    const { verdict, incomplete } = await found(traffic);
    expect(verdict).toBe('cannotTell');
    expect(incomplete).toEqual(['1 SIP message too malformed to be read']);
  });
});

test.each([
  ['after the last binding has expired, although no REGISTER shows it', 700_000],
  ['without calling the device, before it was seen to call it at all', 500_000],
])('a call that the server alerts %s is not fine', async (_, atMs) => {
  const call = { callId: 'late' };
  const registeredOnce = new Traffic().register(0, app, { expires: 600 });
  const traffic = reply(invite(registeredOnce, atMs, call), atMs + 50, '180 Ringing', call);
  expect(await found(traffic)).toMatchObject({ verdict: 'cannotTell', calls: { unanswered: 0, byServer: 1 } });
});

test('nor is one that the server answers for a device of which nothing is seen', async () => {
  const traffic = reply(invite(registered(), 10_000), 10_100, '200 OK');
  expect(await found(traffic)).toMatchObject({ verdict: 'cannotTell', calls: { answered: 0, byServer: 1 } });
});

test('of very many lost calls the first are told, and all are counted', async () => {
  const traffic = gap();
  for (let call = 0; call < 5; call++) traffic.call(10_110 + call, { final: unavailable, finalMs: 20 });
  const { calls, losses, gaps, report } = await found(traffic, { known, maxLosses: 2 });
  expect(losses.map(({ callId }) => callId)).toEqual(['call-1', 'call-2']);
  expect([calls.lost, gaps[0]?.callsLost, report.totals.lost]).toEqual([5, 5, 5]);
  const markdown = auditMarkdown(report, { all: true, problemsOnly: false, files: ['a'], source: [], malformed: [] });
  expect(markdown).toContain('### Lost 2 of 5\n');
});
