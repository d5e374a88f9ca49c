import { describe, expect, test } from 'vitest';
import type { Contact } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { parseServerProfile } from '../../src/profiles/ownServer.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [{ at: '1s', do: 'open' as const }];
const server = (profile: Partial<ServerProfile>) =>
  new Driven({ ...scenarioOf({ steps }), server: { ...serverProfiles.multi, ...profile } }, 'sipServer');
const register = (contact: Contact, authorization: boolean, password?: 'changed') =>
  ({
    type: 'REGISTER',
    contact,
    expires: 'asked',
    authorization,
    stale: false,
    ...(password && { password }),
  }) as const;

const ban = { counts: 'failures', after: 3, withinMs: 600_000, forMs: 3_600_000 } as const;

describe('a server that bans', () => {
  const wrong = register('pushServer', true);
  const banning = (counts: NonNullable<ServerProfile['bans']>['counts'] = 'failures') => {
    const banned = server({ bans: { ...ban, counts } });
    banned.on({ type: 'password.change' });
    return banned;
  };
  const banned = { type: 'address.banned', contact: 'pushServer', banned: true };

  test('counts wrong credentials, each for the find time, and bans at the last that it bears', () => {
    const registrar = banning();
    const first = registrar.on(wrong);
    expect(first.armed).toContain('offence 0 of pushServer');
    expect(registrar.on(wrong).sent).toEqual(['REGISTER.401']);
    const third = registrar.on(wrong);
    expect(third.sent).toEqual(['REGISTER.401', 'firewall.ban']);
    expect(third.shown).toContainEqual(banned);
    expect(third.cancelled).toEqual(expect.arrayContaining(['offence 0 of pushServer', 'offence 1 of pushServer']));
    expect(registrar.context.offences).toEqual({});
    expect(registrar.on({ type: 'ban.over', contact: 'pushServer' }).sent).toEqual(['firewall.lift']);
  });

  test('what is older than the find time counts no more, and its place is taken again', () => {
    const registrar = banning();
    registrar.on(wrong, wrong, { type: 'offence.forgotten', contact: 'pushServer', slot: 0 });
    const { sent, armed } = registrar.on(wrong);
    expect([sent, registrar.context.offences]).toEqual([['REGISTER.401'], { pushServer: [0, 1] }]);
    expect(armed).toContain('offence 0 of pushServer');
  });

  test('an address is not liable for another', () => {
    const registrar = banning();
    registrar.on(wrong, wrong);
    expect(registrar.on(register('app@wifi', true)).sent).toEqual(['REGISTER.401']);
  });

  test.each([
    ['failures', 0],
    ['challenges', 1],
    ['requests', 2],
  ] as const)('of a challenged REGISTER and its 200, %s count %i', (counts, expected) => {
    const registrar = server({ bans: { ...ban, counts } });
    registrar.on(register('pushServer', false), register('pushServer', true));
    const offences = registrar.context.offences as { pushServer?: number[] } | undefined;
    expect(offences?.pushServer ?? []).toHaveLength(expected);
  });

  test('a nonce that is stale is no failure', () => {
    const registrar = server({ bans: { ...ban, after: 1 } });
    expect(registrar.on({ type: 'nonce.expire' }, wrong).sent).toEqual(['REGISTER.401']);
  });

  test('other users of the push server bring the ban about as well, and again while it lasts', () => {
    const registrar = banning();
    expect(registrar.on({ type: 'pushServer.ban' }).shown).toContainEqual(banned);
    expect(registrar.on({ type: 'pushServer.ban' }).cancelled).toContain('ban of pushServer');
    expect(server({}).on({ type: 'pushServer.ban' }).sent).toEqual([]);
  });

  test('a ban ends also while the server is down: the firewall is none of its processes', () => {
    const registrar = banning();
    registrar.on({ type: 'pushServer.ban' }, { type: 'sipServer.crash' });
    expect(registrar.on({ type: 'ban.over', contact: 'pushServer' }).sent).toEqual(['firewall.lift']);
  });
});

describe('a server with a limit', () => {
  const limit = { registers: 2, withinMs: 10_000, retryAfter: true };
  const refused = [{ type: 'REGISTER.refused', code: 503, retryAfter: true }];
  const known = register('pushServer', true);

  test('21.5.4: refuses what is above it with 503 and Retry-After, until there is room', () => {
    const registrar = server({ limitsRegisters: limit });
    expect(registrar.on(known, known).sent).toEqual(['REGISTER.200']);
    expect(registrar.on(known).messages).toMatchObject(refused);
    expect(registrar.on(register('app@wifi', true)).sent).toEqual(['REGISTER.200']);
    expect(registrar.on({ type: 'place.free', contact: 'pushServer', slot: 1 }, known).sent).toEqual(['REGISTER.200']);
    expect(registrar.context.places).toMatchObject({ pushServer: [0, 1] });
  });

  test('is used up by other users of the push server, and only for its address', () => {
    const registrar = server({ limitsRegisters: { ...limit, retryAfter: false } });
    registrar.on({ type: 'pushServer.limit' });
    expect(registrar.on(known).messages).toMatchObject([{ code: 503, retryAfter: false }]);
    expect(registrar.on(register('app@wifi', true)).sent).toEqual(['REGISTER.200']);
    expect(registrar.on({ type: 'limit.over' }, known).sent).toEqual(['REGISTER.200']);
    expect(server({}).on({ type: 'pushServer.limit' }, known).sent).toEqual(['REGISTER.200']);
  });
});

describe('who is banned', () => {
  const trace = (more: object = {}) => {
    const document = {
      ...{ name: 'x', title: 'X', server: 'freeswitch-fail2ban', mode: 'continuous', until: '6000s' },
      ...{ ...more },
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: '60s', do: 'banPushServer' },
        { at: '70s', do: 'dial', call: 1 },
        { at: '5700s', do: 'dial', call: 2 },
      ],
    } as ScenarioDocument;
    return simulate(resolveScenario(document, everyServerProfile), 3);
  };

  test.each(['udp', 'tcp'] as const)('hears nothing, over %s, as long as the ban lasts', (transport) => {
    const { records } = trace({ links: { pushServerSip: { transport } } });
    const dropped = records.filter(({ undelivered }) => undelivered === 'banned');
    expect(dropped.length).toBeGreaterThan(3);
    expect(new Set(dropped.map(({ targetRef }) => targetRef))).toEqual(new Set(['sipServer']));
    expect(dropped[0]?.atMs).toBeGreaterThan(60_000);
    expect(dropped.at(-1)?.atMs).toBeLessThan(3_660_001);
    const answered = records.filter(({ event, atMs }) => event.type === 'REGISTER.200' && atMs > 3_660_000);
    expect(answered).not.toEqual([]);
  });

  test('gets calls all the same, and nobody hears the answers', () => {
    const sentences = verdictSentences(trace());
    expect(sentences.find((one) => one.startsWith('Call 1'))).toMatch(
      /^Call 1 alerted .*, who answered, but the caller was never connected .*; what the push server sends has been dropped by the server's firewall since 60\.000 s\.$/,
    );
    expect(sentences.join()).not.toContain('Call 2 was lost');
  });
});

describe('in files', () => {
  test.each([
    ['banPushServer', 'bans nobody', 'freeswitch-fail2ban'],
    ['limitPushServer', 'limits nobody', 'kamailio-strict'],
  ])('%s on a server that %s is refused with its line', (verb, does, able) => {
    const text = (name: string) =>
      `name: x\ntitle: X\nserver: ${name}\nsteps:\n  - { at: 1s, do: open }\n  - { at: 5s, do: ${verb} }\n`;
    expect(() => parseScenario(text('kamailio'), 'x.yaml', everyServerProfile)).toThrow(
      new RegExp(`x\\.yaml:6.*${verb} on kamailio, which ${does}.*${able}`, 's'),
    );
    expect(() => parseScenario(text(able), 'x.yaml', everyServerProfile)).not.toThrow();
  });

  test("a server of one's own says its ban and its limit in its own words", () => {
    const text = `name: mine
extends: multi
bans: { counts: failures, after: 5, within: 10min, for: 1h }
limitsRegisters: { registers: 3, within: 10s, retryAfter: true }
`;
    expect(parseServerProfile(text, 'mine.yaml')).toMatchObject({
      bans: { counts: 'failures', after: 5, withinMs: 600_000, forMs: 3_600_000 },
      limitsRegisters: { registers: 3, withinMs: 10_000, retryAfter: true },
    });
    expect(() => parseServerProfile(text.replace('after: 5', 'after: 0'), 'mine.yaml')).toThrow(/mine\.yaml:3/);
  });
});

test.each([
  [true, true],
  [undefined, true],
  [false, false],
])('22.4: of an expired nonce a server that says so (%s) answers stale=%s', (saysStale, stale) => {
  const registrar = server(saysStale === undefined ? {} : { saysStale });
  registrar.on({ type: 'nonce.expire' });
  const again = register('pushServer', true);
  expect(registrar.on(again).messages).toMatchObject([{ type: 'REGISTER.401', stale }]);
  expect(registrar.on(again).sent).toEqual(['REGISTER.200']);
});

test('a server without any of them is to the byte what it was', () => {
  for (const name of ['multi', 'opensips', 'asterisk'] as const) {
    expect(Object.keys(everyServerProfile[name])).not.toContain('bans');
    expect(Object.keys(everyServerProfile[name])).not.toContain('limitsRegisters');
    expect(Object.keys(everyServerProfile[name])).not.toContain('saysStale');
  }
});
