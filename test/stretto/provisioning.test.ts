import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/sim/input/inputError.ts';
import { isPrivateHost } from '../../src/stretto/privateHost.ts';
import { readProvisioning } from '../../src/stretto/provisioning.ts';
import { accountNumbered } from '../../src/stretto/selection.ts';
import { settingsOf } from '../../src/stretto/settings.ts';

const read = (text: string) => readProvisioning(text, 'p.ini');

function complaint(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was complained about');
}

const exampleFile = (name: string) =>
  readFileSync(new URL(`../../examples/provisioning/${name}`, import.meta.url), 'utf8');

describe('every spelling of a setting is the same setting', () => {
  const prefixes = ['account1', 'Account1', 'account1Sip', 'Account1Sip'];
  const pushes = ['briaPush', 'bria.push'];
  const settings = [
    ['enabled', 'true', { enabled: true }],
    ['RegistrationMode', '3', { mode: 'singleDeviceTakeover' }],
    ['OutboundProxy', 'sip.example.com:5070', { outboundProxy: { host: 'sip.example.com', port: 5070 } }],
    ['NATEmulation', '1', { natEmulation: true }],
    ['RegistrationRefresh', '300', { registrationRefreshMs: 300_000 }],
    ['AutoSend180', 'no', { autoSend180: false }],
  ] as const;
  const spellings = settings.flatMap(([name, value, meaning]) =>
    prefixes.flatMap((prefix) => pushes.map((push) => [`${prefix}.${push}.${name}`, value, meaning] as const)),
  );

  test.each(spellings)('%s', (key, value, meaning) => {
    expect(read(`${key}=${value}`)).toEqual([{ account: 1, ...meaning }]);
    expect(read(JSON.stringify({ [key]: value }))).toEqual([{ account: 1, ...meaning }]);
  });

  test('credentials.domain, with and without a port', () => {
    expect(read('account2.credentials.domain=sip.example.com')).toEqual([
      { account: 2, domain: { host: 'sip.example.com', port: null } },
    ]);
    expect(read('Account2.credentials.domain = "sip.example.com:5080"')[0]?.domain?.port).toBe(5080);
  });

  test('bria.push.enabled is for every account that does not say otherwise', () => {
    const accounts = read('bria.push.enabled=1\naccount1.briaPush.RegistrationMode=0\naccount2.briaPush.enabled=0');
    expect(accounts.map(({ enabled }) => enabled)).toEqual([true, false]);
  });
});

describe('a file as it comes', () => {
  test('comments, sections, blank lines, a byte order mark and CRLF', () => {
    const text = '\uFEFF# c\r\n; c\r\n[account]\r\n\r\naccount1.briaPush.RegistrationMode=1\r\n';
    expect(read(text)).toEqual([{ account: 1, mode: 'singleDeviceEmulation' }]);
  });

  test('a section at the very beginning is no JSON', () => {
    expect(read('[account]\naccount1.briaPush.RegistrationMode=1')).toEqual([
      { account: 1, mode: 'singleDeviceEmulation' },
    ]);
  });

  test('an empty or null OutboundProxy is none', () => {
    expect(read('account1.briaPush.OutboundProxy=\naccount1.briaPush.enabled=1')).toEqual([
      { account: 1, enabled: true },
    ]);
    expect(read('{"account1.briaPush.OutboundProxy": null, "account1.briaPush.enabled": true}')).toEqual([
      { account: 1, enabled: true },
    ]);
  });

  test('an array is no value of ours and not passed over', () => {
    expect(complaint('{"account1.briaPush.RegistrationMode": [1]}')).toMatch(/found "\[1\]" .*expected 0, 1, 2 or 3/);
  });

  test('what is none of ours is left alone', () => {
    expect(read('system.foo=1\naccount1.credentials.username=a\naccount1.briaPush.enabled=1')).toHaveLength(1);
  });

  test('the bundled examples', () => {
    const hosted = readProvisioning(exampleFile('hosted.ini'), 'hosted.ini');
    expect(hosted.map(({ account, mode }) => [account, mode])).toEqual([
      [1, 'standard'],
      [2, 'singleDeviceTakeover'],
    ]);
    const [pbx] = readProvisioning(exampleFile('private-pbx.json'), 'private-pbx.json');
    expect(pbx && settingsOf(pbx)).toMatchObject({ mode: 'singleDeviceEmulation', reachable: false });
  });
});

describe('errors of the file are refused', () => {
  test.each([
    ['account1.briaPush.RegistrationMode=7', /^p\.ini:1: found "7" for .*; expected 0, 1, 2 or 3/],
    ['account1.briaPush.RegistrationMode=two', /expected 0, 1, 2 or 3/],
    [
      'account1.briaPush.RegistratonMode=1',
      /^p\.ini:1: found the unknown setting .*did you mean account1\.briaPush\.RegistrationMode\?/,
    ],
    ['\naccount1.briaPush.RegistrationRefresh=-5', /^p\.ini:2: found "-5" .*expected whole seconds/],
    ['account1.credentials.domain=a.b:99999', /expected a port from 1 to 65535/],
    ['account1.briaPush.enabled=maybe', /expected true or false/],
    [
      'account1.briaPush.RegistrationMode=1\naccount1Sip.bria.push.RegistrationMode=2',
      /^p\.ini:2: .*in line 1: both are one setting/,
    ],
    ['account1.brioPush.RegistrationMode=1', /did you mean account1\.briaPush\.RegistrationMode\?$/],
    ['account1.credentials.domian=a.b', /did you mean account1\.credentials\.domain\?$/],
    [`{"a":${'['.repeat(5000)}`, /found more than 100 levels/],
    ['hello', /^p\.ini:1: found a line that is no setting; expected key=value/],
    ['', /an empty file/],
    ['a\0b', /binary data/],
    ['{"a":', /invalid JSON/],
    ['x=1', /found no account/],
  ])('%j', (text, message) => {
    expect(complaint(text)).toMatch(message);
  });

  test('an account that is not there, with those that are', () => {
    const accounts = read('account2.briaPush.enabled=1');
    expect(() => accountNumbered(accounts, 1, 'p.ini')).toThrow(
      'found no account 1; expected one of the accounts in the file: 2',
    );
  });

  test('no text whatever brings anything but an InputError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `account1.briaPush.${text}`),
        ),
        (text) => {
          try {
            read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('whether the push server reaches the SIP server', () => {
  test.each([
    '10.0.0.1',
    '172.31.2.3',
    '192.168.1.1',
    '127.0.0.1',
    '169.254.1.1',
    '100.64.0.1',
    '[fd00::1]',
    '[fe80::1]',
    'pbx',
    'pbx.local',
    'pbx.lan',
    'pbx.local.',
    '[::ffff:10.0.0.1]',
    '0:0:0:0:0:0:0:1',
  ])('%s is private', (host) => expect(isPrivateHost(host)).toBe(true));

  test.each([
    '8.8.8.8',
    '172.32.0.1',
    'sip.example.com',
    '[2001:db8::1]',
    '100.128.0.1',
    '1.10.0.1',
    'sip.example.com.',
    '[fc::1]',
    '[fe8::1]',
  ])('%s is public', (host) => expect(isPrivateHost(host)).toBe(false));

  test('a private domain needs a public outbound proxy', () => {
    const of = (text: string) => settingsOf(accountNumbered(read(text), 1, 'p.ini')).reachable;
    expect(of('account1.credentials.domain=10.1.1.1')).toBe(false);
    expect(of('account1.credentials.domain=10.1.1.1\naccount1.briaPush.OutboundProxy=sip.example.com')).toBe(true);
    expect(of('account1.credentials.domain=10.1.1.1\naccount1.briaPush.OutboundProxy=10.9.9.9')).toBe(false);
  });
});
