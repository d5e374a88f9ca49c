import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyServerProfile, serverKinds } from '../../src/profiles/furtherServers.ts';
import { parseServerProfile } from '../../src/profiles/ownServer.ts';
import { productSheets } from '../../src/profiles/products.ts';
import { axisText, serverAxes } from '../../src/profiles/serverAxes.ts';
import type { ServerSheet } from '../../src/profiles/serverSheet.ts';
import { InputError } from '../../src/sim/input/inputError.ts';

const head = 'name: mine\nextends: asterisk-single\n';

function complaint(text: string): string {
  try {
    parseServerProfile(text, 'p.yaml');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was complained about');
}

describe('a profile of one’s own', () => {
  test('is that which it extends but for what it says', () => {
    const mine = parseServerProfile(
      `${head}capacity: unlimited\nmaximumExpires: 5min\nsbc: { cache: 60s }\n`,
      'p.yaml',
    );
    expect(mine).toEqual({
      ...everyServerProfile['asterisk-single'],
      name: 'mine',
      title: 'asterisk-single, as p.yaml changes it',
      source: `p.yaml; for the rest ${everyServerProfile['asterisk-single'].source}`,
      capacity: null,
      maximumExpiresMs: 300_000,
      sbc: {
        rewritesContacts: false,
        cacheMs: 60_000,
        flowMs: null,
        comparesVia: false,
        natExpiresMs: null,
        alertMs: null,
      },
    });
  });

  test('within an axis of several keys too: one alone leaves the others as they were', () => {
    const base = everyServerProfile['kamailio-tsilo-all'];
    const mine = (axes: string) => parseServerProfile(`name: mine\nextends: kamailio-tsilo-all\n${axes}\n`, 'p.yaml');
    expect(mine('wakes: { when: always, wait: 20s }').wakes).toEqual({ ...base.wakes, when: 'always', waitMs: 20_000 });
    expect(mine('wakes: { goesTo: newest }').wakes).toEqual({ ...base.wakes, goesTo: 'newest' });
    expect(mine('minimumExpires: { lifetime: 30s }').minimumExpires).toEqual({ ...base.minimumExpires, ms: 30_000 });
    const cached = parseServerProfile('name: mine\nextends: sbc-caching\nsbc: { alert: 3s }\n', 'p.yaml');
    expect(cached.sbc).toEqual({ ...everyServerProfile['sbc-caching'].sbc, alertMs: 3_000 });
  });

  test('but of a rule that does something else now nothing is left, and what it needs is asked for', () => {
    const mine = (rule: string) =>
      parseServerProfile(`name: mine\nextends: reject\nwhenFull: ${rule}\n`, 'p.yaml').whenFull;
    expect(mine('{ do: overwrite }')).toEqual({ do: 'overwrite' });
    expect(mine('{ do: refuse, retryAfter: true }')).toEqual({
      ...everyServerProfile.reject.whenFull,
      retryAfter: true,
    });
    expect(complaint('name: mine\nextends: multi\nwhenFull: { do: refuse }\n')).toMatch(
      /^p\.yaml:3: found nothing for whenFull\.code; expected a final status/,
    );
  });

  test('the bundled example', () => {
    const file = new URL('../../examples/profiles/our-asterisk.yaml', import.meta.url);
    expect(parseServerProfile(readFileSync(file, 'utf8'), 'our-asterisk.yaml')).toMatchObject({
      name: 'our-asterisk',
      minimumExpires: { ms: 120_000, answer: 'intervalTooBrief' },
      sbc: { rewritesContacts: true, cacheMs: 120_000 },
    });
  });

  test.each([
    ['name: mine\nextends: asteriks\n', /^p\.yaml:2: found the unknown server asteriks; .*did you mean asterisk\?$/],
    [
      `${head}maximumExpires: 30s\n`,
      /^p\.yaml:3: found a shortest lifetime of 1min, above the longest of 30s; expected minimumExpires of at most/,
    ],
    [
      `${head}maximumExpires: 1h\nminimumExpires: { lifetime: 2h, answer: raise }\n`,
      /^p\.yaml:4: found a shortest lifetime of 120min, above the longest of 60min/,
    ],
    [
      `${head}wakes: { when: always, wait: 15s, goesTo: all }\nfork: first\n`,
      /^p\.yaml:3: found goesTo: all on a server that calls the first contact only; expected `fork: all`/,
    ],
    [
      `${head}wakes: { when: always, wait: 15s, skipsFor: -3s }\n`,
      /^p\.yaml:3: found "-3s" for wakes\.skipsFor; expected a duration .*, or none$/,
    ],
    [
      `${head}wakes: { when: unbound, wait: 15s, skipsFor: 10s }\n`,
      /^p\.yaml:3: found .*for wakes\.skipsFor; expected none, or `when: always`/,
    ],
    [
      `${head}wakes: { when: alongside, wait: 0s, goesTo: newest }\n`,
      /^p\.yaml:3: found "newest" for wakes\.goesTo; expected itsContact, or a `wait`/,
    ],
    [
      'name: mine\nextends: kamailio-tsilo\nwakes:\n  refreshesBy: callPush\n',
      /^p\.yaml:4: found refreshesBy without pushes that refresh a binding; expected `refreshBefore` with it$/,
    ],
    [
      `${head}wakes: { refreshBefore: 0s }\n`,
      /^p\.yaml:3: found "0s" for wakes\.refreshBefore; expected some time before the end, or none$/,
    ],
    [
      `${head}bans: { counts: failures, after: 0, within: 1min, for: 1h }\n`,
      /^p\.yaml:3: found 0 for bans\.after; expected a whole number from 1 to 20$/,
    ],
    [
      `${head}bans: { counts: failures, aftr: 2 }\n`,
      /found the unknown key aftr in bans; expected one of counts, after, within, for; did you mean after\?/,
    ],
    [
      `${head}bans: always\n`,
      /^p\.yaml:3: found "always" for bans; expected none, or \{ counts, after, within, for \}$/,
    ],
    [`${head}capasity: 1\n`, /^p\.yaml:3: found the unknown key capasity; .*did you mean capacity\?$/],
    [`${head}capacity: -1\n`, /^p\.yaml:3: found -1 for capacity; expected a whole number from 0, or unlimited/],
    [`${head}whenFull: { do: refuze }\n`, /^p\.yaml:3: found "refuze" for whenFull\.do; .*did you mean refuse\?$/],
    [`${head}whenFull: { do: refuse, code: 200 }\n`, /^p\.yaml:3: found 200 .*expected a final status from 300 to 699/],
    [
      `${head}whenFull: { do: refuse, code: 503.5 }\n`,
      /^p\.yaml:3: found 503.5 .*expected a final status from 300 to 699/,
    ],
    [`${head}withoutBinding: { do: hodl }\n`, /^p\.yaml:3: found "hodl" for withoutBinding\.do; .*hold\?$/],
    [`${head}maximumExpires: 300\n`, /^p\.yaml:3: found 300 for maximumExpires; expected a duration with its unit/],
    [`${head}fork: frist\n`, /^p\.yaml:3: found "frist" for fork; .*did you mean first\?$/],
    [
      `${head}sbc: yes\n`,
      /^p\.yaml:3: .*expected none, or \{ rewritesContacts, cache, flow, comparesVia, natExpires, alert \}/,
    ],
    ['extends: asterisk\n', /found nothing for name; expected text/],
    ['', /an empty file; expected a server profile in YAML/],
  ])('%j is refused', (text, message) => {
    expect(complaint(text)).toMatch(message);
  });

  test('no text whatever brings anything but an InputError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseServerProfile(`${head}${text}`, 'p.yaml');
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
    );
  });
});

describe('the bundled profiles', () => {
  const sheets: [string, ServerSheet][] = Object.entries(productSheets);

  test('have their own names', () => {
    for (const [name, profile] of Object.entries(everyServerProfile)) expect(profile.name).toBe(name);
    expect(Object.keys(productSheets).filter((name) => name in serverKinds)).toEqual([]);
  });

  test.each(sheets)('%s says of every axis what it does and whence that is known', (_, { axes }) => {
    expect(Object.keys(axes).sort()).toEqual([...serverAxes].sort());
    for (const axis of serverAxes) expect(axes[axis][1]).toMatch(/\S{3}/);
  });

  test.each(Object.values(everyServerProfile))('$name is told in words on every axis', (profile) => {
    for (const axis of serverAxes) expect(axisText(profile, axis)).not.toMatch(/undefined|null|\[object|^$/);
  });
});
