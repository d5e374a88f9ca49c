import { describe, expect, test } from 'vitest';
import type { Contact, Expires } from '../../src/machines/messages.ts';
import type { BorderController, ServerProfile } from '../../src/machines/serverProfile.ts';
import { productProfiles } from '../../src/profiles/products.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { delayWindows } from '../../src/sim/sipWorld/delayWindows.ts';
import { Driven } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [{ at: '1s', do: 'open' as const }];

const transparent: BorderController = {
  rewritesContacts: false,
  cacheMs: null,
  flowMs: null,
  comparesVia: false,
  natExpiresMs: null,
  alertMs: null,
};

const behind = (sbc: Partial<BorderController>, profile: Partial<ServerProfile> = {}) =>
  server({ ...serverProfiles.overwrite, sbc: { ...transparent, ...sbc }, ...profile });

const server = (profile: ServerProfile) =>
  new Driven(scenarioIn({ name: 'x', title: 'X', steps }, 'standard', { ...profile, digest: false }), 'sipServer');

const register = (contact: Contact, expires: Expires = 'asked') =>
  ({ type: 'REGISTER', contact, expires, authorization: false, stale: false }) as const;
const invite = { type: 'INVITE', call: 1, contact: 'addressOfRecord' } as const;

describe('an SBC that caches registrations', () => {
  test('answers a REGISTER that it has seen confirmed, although the registrar has since given the place away', () => {
    const sbc = behind({ cacheMs: 60_000 });
    sbc.on(register('app@wifi'), register('pushServer'));
    const { messages } = sbc.on(register('app@wifi'));
    expect(messages).toMatchObject([{ type: 'REGISTER.200', contacts: ['app@wifi'] }]);
    expect(sbc.context.bindings).toEqual(['pushServer']);
  });

  test('passes an un-REGISTER on and forgets the contact', () => {
    const sbc = behind({ cacheMs: 60_000 });
    sbc.on(register('app@wifi'), register('app@wifi', 'zero'), register('app@wifi'));
    expect(sbc.context.bindings).toEqual(['app@wifi']);
  });

  test('asks the registrar again once its time is over', () => {
    const sbc = behind({ cacheMs: 60_000 });
    sbc.on(register('app@wifi'), register('pushServer'), { type: 'cache.ended', contact: 'app@wifi' });
    sbc.on(register('app@wifi'));
    expect(sbc.context.bindings).toEqual(['app@wifi']);
  });

  test('a server without one keeps nothing of the kind', () => {
    const plain = server(serverProfiles.overwrite);
    plain.on(register('app@wifi'), register('pushServer'), register('app@wifi'));
    expect(plain.context.bindings).toEqual(['app@wifi']);
    expect(plain.context).not.toHaveProperty('border');
  });
});

describe('an SBC that needs the flow', () => {
  test('lets no INVITE through to the push server once it has forgotten it, until the next REGISTER', () => {
    const sbc = behind({ flowMs: 60_000 });
    expect(sbc.on(register('pushServer'), invite).sent).toEqual(['INVITE.100', 'INVITE']);
    const cut = behind({ flowMs: 60_000 });
    expect(cut.on(register('pushServer'), { type: 'flow.closed' }, invite).sent).toEqual(['INVITE.100']);
    expect(cut.on(register('pushServer'), { ...invite, call: 2 }).sent).toEqual(['INVITE.100', 'INVITE']);
  });

  test('does not cut off an app, which keeps its flow alive', () => {
    const sbc = behind({ flowMs: 60_000 });
    expect(sbc.on(register('app@wifi'), { type: 'flow.closed' }, invite).sent).toEqual(['INVITE.100', 'INVITE']);
  });
});

describe('an SBC that waits for an 18x', () => {
  const missing = { type: 'alert.missing', call: 1 } as const;
  const trying = { type: 'INVITE.100', call: 1, contact: 'pushServer' } as const;

  test('ends the call when its time is over, whatever else was answered', () => {
    const sbc = behind({ alertMs: 10_000 });
    expect(sbc.on(register('pushServer'), invite, trying, missing).messages).toContainEqual(
      expect.objectContaining({ type: 'INVITE.failed', code: 408 }),
    );
  });

  test('stops waiting once a phone rings, or is said to ring', () => {
    const steps = [
      { at: '1s', do: 'open' as const },
      { at: '10s', do: 'home' as const },
      { at: '60s', do: 'dial' as const, call: 1 as const },
    ];
    const slow = { steps, user: 'ignores' as const, timing: { app: { resume: '12s' } } };
    const lost = (autoSend180: boolean) =>
      check(scenarioOf({ ...slow, autoSend180 }, 'continuous', 'sbc-alert-timeout'), {
        properties: [propertyNamed('noInviteLost')],
      }).decisions[0]?.verdict;
    expect([lost(false), lost(true)]).toEqual(['violated', 'holds']);
  });
});

describe('an SBC that compares Via with the source address', () => {
  const scenario = (natEmulation: boolean, profile: ServerProfile = productProfiles['sbc-compares-via']) =>
    scenarioIn({ name: 'x', title: 'X', steps, natEmulation }, 'standard', { ...profile, digest: false });
  const border = (natEmulation: boolean) => new Driven(scenario(natEmulation), 'sipServer');
  const refreshMs = (natEmulation: boolean, profile?: ServerProfile) => {
    const { app, pushServer } = delayWindows(scenario(natEmulation, profile));
    return [app.refreshInterval?.[0], pushServer.refreshInterval?.[0]];
  };

  test('answers in the place of the registrar those behind a NAT, as which the push server may pass', () => {
    for (const [natEmulation, bound] of [
      [false, ['pushServer']],
      [true, ['app@wifi']],
    ] as const) {
      const sbc = border(natEmulation);
      sbc.on(register('pushServer'), register('app@wifi'));
      expect(sbc.on(register('pushServer')).sent).toEqual(['REGISTER.200']);
      expect(sbc.context.bindings).toEqual(bound);
    }
    const sbc = border(false);
    sbc.on(register('app@wifi'), register('pushServer'), register('app@wifi'));
    expect(sbc.context.bindings).toEqual(['pushServer']);
  });

  test('reaches a public host without a flow, and those behind a NAT over theirs only', () => {
    const asked = (natEmulation: boolean) =>
      border(natEmulation).on(register('pushServer'), { type: 'flow.closed' }, invite).sent;
    expect(asked(false)).toContain('INVITE');
    expect(asked(true)).not.toContain('INVITE');
  });

  test('tells those behind a NAT to come back within a minute, whatever the registrar grants', () => {
    expect(refreshMs(false)).toEqual([54_000, 540_000]);
    expect(refreshMs(true)).toEqual([54_000, 54_000]);
    expect(refreshMs(false, productProfiles['sbc-nat'])).toEqual([540_000, 540_000]);
    expect(refreshMs(false, serverProfiles.multi)).toEqual([540_000, 540_000]);
  });

  test.each([
    ['standard', false, 'holds'],
    ['standard', true, 'holds'],
    ['singleDeviceTakeover', false, 'holds'],
    ['singleDeviceTakeover', true, 'violated'],
  ] as const)(
    'loses a call that a cached REGISTER has not moved: %s, NATEmulation %s',
    (mode, natEmulation, verdict) => {
      const there = [
        { at: '1s', do: 'open' as const },
        { at: '10s', do: 'home' as const },
        // The cache of 300 s has asked the registrar once more by now, so that the app takes over there.
        { at: '400s', do: 'open' as const },
        { at: '430s', do: 'home' as const },
        { at: '500s', do: 'dial' as const, call: 1 as const },
      ];
      const { decisions } = check(scenarioOf({ steps: there, natEmulation }, mode, 'sbc-compares-via'), {
        properties: [propertyNamed('noInviteLost')],
      });
      expect(decisions[0]?.verdict).toBe(verdict);
    },
  );

  test('leaves the Contact of a public host as it is, so that it can be named', () => {
    const full = { ...productProfiles['sbc-compares-via'], whenFull: serverProfiles.reject.whenFull };
    const swap = { ...register('app@wifi'), swap: { removes: ['pushServer'] as const, order: 'newFirst' as const } };
    const answer = (natEmulation: boolean) =>
      new Driven(scenario(natEmulation, full), 'sipServer').on(register('pushServer'), swap).sent;
    expect(answer(false)).toEqual(['REGISTER.200']);
    expect(answer(true)).toEqual(['REGISTER.refused']);
  });
});

test('behind an SBC that rewrites Contacts nobody can name the contact of another', () => {
  const swap = { ...register('pushServer'), swap: { removes: ['app@wifi'] as const, order: 'newFirst' as const } };
  const known = behind({}, { whenFull: serverProfiles.reject.whenFull });
  expect(known.on(register('app@wifi'), swap).sent).toEqual(['REGISTER.200']);
  const rewritten = behind({ rewritesContacts: true }, { whenFull: serverProfiles.reject.whenFull });
  expect(rewritten.on(register('app@wifi'), swap).sent).toEqual(['REGISTER.refused']);
});

test('a server that admits the app only refuses the push server with 403', () => {
  const bound = server(productProfiles['address-bound']);
  expect(bound.on(register('pushServer')).messages).toMatchObject([{ type: 'REGISTER.refused', code: 403 }]);
  expect(bound.on(register('app@wifi')).sent).toEqual(['REGISTER.200']);
});

describe('FreeSWITCH by default', () => {
  test('takes every REGISTER of the user for the same binding', () => {
    const freeswitch = server({ ...productProfiles.freeswitch, capacity: null });
    freeswitch.on(register('app@wifi'), register('pushServer'));
    expect(freeswitch.context.bindings).toEqual(['pushServer']);
  });

  test('deletes everybody on a late un-REGISTER of the former owner', () => {
    const freeswitch = server(productProfiles.freeswitch);
    const { shown } = freeswitch.on(register('app@wifi'), register('pushServer'), register('app@wifi', 'zero'));
    expect(shown).toEqual([{ type: 'bindings', contacts: [], change: { how: 'removed', by: 'app' } }]);
  });
});

test('Asterisk without max_contacts admits nobody', () => {
  const unset = server(productProfiles['asterisk-unset']);
  expect(unset.on(register('app@wifi')).messages).toMatchObject([{ type: 'REGISTER.refused', code: 403 }]);
});
