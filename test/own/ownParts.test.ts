import {
  check,
  defineProperty,
  defineScenario,
  defineSystem,
  furtherServerProfiles,
  machinesOf,
  modeVariants,
  productProfiles,
  registrationModes,
  serverProfiles,
} from 'ringproof';
import { drawScenario } from 'ringproof/arbitraries';
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';

const document = { name: 'call', title: 'A call', steps: [{ at: '1s', do: 'open' }] } as const;
const still = createMachine({});

const handOver = (own: unknown) => defineScenario(document, own as never);
const withDelays = (delays: unknown) => {
  const machine = machinesOf(defineScenario(document)).pushServer;
  return handOver({ machines: { pushServer: { machine, delays } } });
};

/** What is thrown, which is no TypeError of ours. */
function refusalOf(attempted: () => unknown): string {
  try {
    attempted();
  } catch (error) {
    expect(error).toHaveProperty('name', 'InputError');
    return (error as Error).message;
  }
  return 'taken';
}

describe('A hand-over whose own parts do not fit is refused with their place', () => {
  test.each([
    ['a mode by halves', { mode: { name: 'x' } }, 'nothing for mode.release; expected one of afterPeer'],
    [
      'a mode misspelt',
      { mode: { ...registrationModes.standard, leese: true, release: 'nver' } },
      'leese in mode.*did you mean lease',
    ],
    [
      'a wrong rule',
      { mode: { ...registrationModes.standard, release: 'nver' } },
      '"nver" for mode.*did you mean never',
    ],
    ['a mode that every object has', { mode: 'toString' }, 'toString for mode; expected one of standard'],
    ['no mode', { mode: 3 }, '3 for mode; expected the name of a mode, or a row'],
    ['a wrong axis', { server: { ...serverProfiles.reject, fork: 'al' } }, '"al" for server.fork; expected one of all'],
    ['an axis misspelt', { server: { ...serverProfiles.reject, forks: 'all' } }, 'forks in server.*did you mean fork'],
    [
      'a duration',
      { server: { ...serverProfiles.reject, maximumExpiresMs: '1h' } },
      '"1h" for server.maximumExpiresMs',
    ],
    ['an axis by halves', { server: { ...serverProfiles.reject, sbc: { flowMs: 1 } } }, '{"flowMs":1} for server.sbc'],
    ['a server by halves', { server: { name: 'mine' } }, 'no fork in server; expected a row such as'],
    [
      'crossed lifetimes',
      { server: { ...serverProfiles.reject, maximumExpiresMs: 1_000 } },
      'a shortest lifetime of 1min',
    ],
    ['a server that every object has', { server: 'constructor' }, 'constructor for server; expected one of multi'],
    ['no server', { server: null }, 'null for server; expected the name of a server, or a profile'],
    ['a party that every object has', { machines: { toString: { machine: still } } }, 'toString in machines; expected'],
    ['no party', { machines: { app: null } }, 'null for machines.app; expected { machine, delays }'],
    ['no machines', { machines: null }, 'null for machines; expected { PARTY'],
    ['no list of properties', { properties: {} }, 'an object for properties; expected a list'],
    ['delays misspelt', { machines: { app: { machine: still, delay: {} } } }, 'delay in machines.app.*mean delays'],
    ['nothing', null, 'null beside the document; expected { mode, server, machines, properties }'],
  ])('%s', (_, own, message) => {
    expect(refusalOf(() => handOver(own))).toMatch(new RegExp(message.replaceAll(/[{}]/g, '\\$&')));
  });

  test.each([
    [['9s', '5s'], 'expected the earliest first'],
    ['0ms', 'expected at least 1ms'],
    ['soon', 'expected a duration'],
    [9_000, 'expected a duration'],
  ])('a delay of %j, as that of a system', (delay, expected) => {
    const path = 'pushServer.delays.takeOver; ';
    expect(refusalOf(() => withDelays({ takeOver: delay }))).toContain(`for machines.${path}${expected}`);
    const parties = { pushServer: { machine: still, delays: { takeOver: delay } } };
    const system = { name: 'still', title: 'Still', parties, links: {}, steps: [], properties: [], until: '1s' };
    expect(refusalOf(() => defineSystem(system as never))).toContain(`for parties.${path}${expected}`);
  });

  test('every mode, every server and a window are taken', () => {
    const rows = [registrationModes, modeVariants].flatMap((modes) => Object.values(modes));
    for (const mode of rows) expect(refusalOf(() => handOver({ mode }))).toBe('taken');
    const servers = [serverProfiles, furtherServerProfiles, productProfiles].flatMap((all) => Object.values(all));
    for (const server of servers) expect(refusalOf(() => handOver({ server }))).toBe('taken');
    expect(refusalOf(() => withDelays({ takeOver: ['5s', '9s'] }))).toBe('taken');
  });
});

describe('What is given in the place of something else is no TypeError', () => {
  const circle: Record<string, unknown> = { type: 'go' };
  circle.again = circle;

  test.each([
    ['undefined', { type: 'go', from: undefined }, 'undefined for steps[1].event.from; expected plain data'],
    ['a function', { type: 'go', back: () => 1 }, 'a function for steps[1].event.back; expected plain data'],
    ['a Map', { type: 'go', all: [new Map()] }, 'a Map for steps[1].event.all[1]; expected plain data'],
    ['a circle', circle, 'a circle for steps[1].event.again; expected plain data'],
    ['below zero', { type: 'go', n: -0 }, '-0 for steps[1].event.n; expected plain data'],
    ['too many digits', { type: 'go', n: 1n }, 'a bigint for steps[1].event.n; expected plain data'],
    ['a bare object', { type: 'go', n: Object.create(null) }, 'without a prototype for steps[1].event.n; expected'],
    ['a hidden key', JSON.parse('{"type":"go","__proto__":1}'), 'steps[1].event.__proto__; expected another name'],
  ])('%s in a step', (_, event, message) => {
    const steps = [{ at: '1s', party: 'one', event }];
    const parties = { one: { machine: createMachine({ on: { go: {} } }) } };
    const system = { name: 'told', title: 'Told', parties, links: {}, steps, properties: [], until: '3s' };
    expect(refusalOf(() => defineSystem(system as never))).toContain(message);
  });

  test.each([
    [{ chagnes: 3 }, 'drawScenario: found the unknown key chagnes; .*did you mean changes'],
    [{}, 'found no kinds; expected a list with some of home, kill'],
    [{ changes: -1, kinds: ['hom'], calls: 3, losses: 0.5 }, '-1 for changes.*\n.*"hom".*\n.*3 for calls.*\n.*0.5 for'],
  ])('limits %j', (limits, message) => {
    expect(refusalOf(() => drawScenario(limits as never))).toMatch(new RegExp(message));
  });

  test('no property, no system', () => {
    expect(refusalOf(() => defineProperty(undefined as never))).toContain('property: found no name');
    expect(refusalOf(() => defineProperty(null as never))).toContain('property: found no name');
    expect(refusalOf(() => defineSystem({ parties: null } as never))).toContain('null for parties; expected keys');
  });

  test('no settings, no file', async () => {
    const settings = { name: 'InputError', message: expect.stringContaining('settings: found null; expected { prop') };
    await expect(check(handOver({}), null as never)).rejects.toThrow(expect.objectContaining(settings));
    const url = { name: 'InputError', message: expect.stringContaining('a URL that names no file here') };
    await expect(check(new URL('http://example.org/mine.ts'))).rejects.toThrow(expect.objectContaining(url));
  });
});
