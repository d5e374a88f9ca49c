import { describe, expect, test } from 'vitest';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { type Account, surveyProvisioning } from '../../src/stretto/provisioning.ts';
import { corrected, reviewAccount } from '../../src/stretto/review.ts';
import { askedByPushServerMs, settingsOf } from '../../src/stretto/settings.ts';

const fine = 'bria.push.enabled=1\naccount1.credentials.domain=sip.example.com\naccount1.briaPush.RegistrationMode=0\n';

function account(text: string): Account {
  const [one] = surveyProvisioning(text, 'p.ini').accounts;
  if (one === undefined) throw new Error('no account');
  return one;
}

const said = (text: string, server: AnyServerProfileName) =>
  reviewAccount(account(text), everyServerProfile[server]).map(({ severity, says }) => `${severity}: ${says}`);

test('an account as it should be raises nothing', () => expect(said(fine, 'kamailio')).toEqual([]));

describe('what is found', () => {
  const tooBrief = {
    ...everyServerProfile.kamailio,
    minimumExpires: { ms: 60_000, answer: 'intervalTooBrief' },
  } as const;
  const settings = (more: string) => `${fine}${more}\n`;

  test.each([
    [
      'push not switched on',
      'account1.credentials.domain=a.example\naccount1.briaPush.RegistrationMode=0',
      /^error: push is not switched on/,
    ],
    ['push switched off', settings('account1.briaPush.enabled=0'), /^error: push is switched off/],
    ['no mode', 'bria.push.enabled=1\naccount1.credentials.domain=a.example', /^warning: no RegistrationMode/],
    [
      'no domain',
      'bria.push.enabled=1\naccount1.briaPush.RegistrationMode=0',
      /^warning: no credentials\.domain and no domain/,
    ],
    [
      'a private proxy',
      settings('account1.briaPush.OutboundProxy=10.1.2.3'),
      /^error: the OutboundProxy 10\.1\.2\.3 is itself private/,
    ],
    [
      'a proxy that is the domain',
      settings('account1.briaPush.OutboundProxy=sip.example.com'),
      /^note: the OutboundProxy is the domain itself/,
    ],
    [
      'a short refresh',
      settings('account1.briaPush.RegistrationRefresh=30'),
      /^note: 30 s is less than the 60 s .* raises it/,
    ],
    ['a long refresh', settings('account1.briaPush.RegistrationRefresh=7200'), /^note: 7200 s is more than the 3600 s/],
    [
      'NATEmulation without SBC',
      settings('account1.briaPush.NATEmulation=1'),
      /^note: there is no SBC in this profile/,
    ],
    [
      'AutoSend180',
      settings('account1.briaPush.AutoSend180=1'),
      /^note: the caller hears ringing before any phone rings/,
    ],
  ])('%s', (_, text, message) => {
    expect(said(text, 'kamailio')).toEqual([expect.stringMatching(message)]);
  });

  test('a private domain without proxy; what puts it right is not known, but that it would is', () => {
    const one = account(fine.replace('sip.example.com', '192.168.1.2:5060'));
    const diagnostics = reviewAccount(one, everyServerProfile.kamailio);
    expect(diagnostics.map(({ says }) => says)).toEqual([
      expect.stringMatching(/is private and there is no OutboundProxy/),
    ]);
    expect(
      reviewAccount(corrected(one, diagnostics), everyServerProfile.kamailio).map(({ severity }) => severity),
    ).toEqual(['warning']);
  });

  test('a custom port that only the app knows is not reached, for a reason that is given', () => {
    const one = account(
      `${fine.replace('sip.example.com', '10.0.0.7:5070')}account1.briaPush.OutboundProxy=pbx.example.net`,
    );
    const [diagnostic] = reviewAccount(one, everyServerProfile.kamailio);
    expect(diagnostic?.fix?.value).toBe('pbx.example.net:5070');
    expect(diagnostic?.fix?.apply(one).outboundProxy).toEqual({ host: 'pbx.example.net', port: 5070 });
  });

  test.each([5060, 5061])('port %d is a default, which the proxy need not name', (port) => {
    const one = account(
      `${fine.replace('sip.example.com', `10.0.0.7:${port}`)}account1.briaPush.OutboundProxy=pbx.example.net`,
    );
    expect(reviewAccount(one, everyServerProfile.kamailio)).toEqual([]);
  });

  test('a configured refresh is put right itself: NATEmulation does not shorten it', () => {
    const one = account(settings('account1.briaPush.NATEmulation=1\naccount1.briaPush.RegistrationRefresh=300'));
    expect(askedByPushServerMs(settingsOf(one), 600_000)).toBe(300_000);
    const findings = reviewAccount(one, everyServerProfile['sbc-nat']);
    expect(findings).toMatchObject([{ severity: 'error', attribute: 'registrationRefreshMs', fix: { value: '60' } }]);
    expect(reviewAccount(corrected(one, findings), everyServerProfile['sbc-nat'])).toEqual([]);
  });

  test('an SBC that compares Via keeps no flow for a push server that is not behind a NAT', () => {
    const refresh = settings('account1.briaPush.RegistrationRefresh=300');
    const flow = { attribute: 'registrationRefreshMs' };
    const server = everyServerProfile['sbc-compares-via'];
    expect(reviewAccount(account(refresh), server)).not.toContainEqual(expect.objectContaining(flow));
    const behind = account(`${refresh}account1.briaPush.NATEmulation=1`);
    expect(reviewAccount(behind, server)).toContainEqual(expect.objectContaining(flow));
  });

  test('no fix is promised where the server makes the refresh longer than the SBC remembers', () => {
    const server = {
      ...everyServerProfile['sbc-nat'],
      minimumExpires: { ms: 3_600_000, answer: 'raise' },
    } as const;
    const flow = reviewAccount(account(fine), server).find(({ attribute }) => attribute === 'natEmulation');
    expect(flow).toMatchObject({ severity: 'error' });
    expect(flow).not.toHaveProperty('fix');
  });

  test.each([
    ['an account that is off', settings('account1.enabled=0'), /^error: the account itself is switched off/],
    [
      'a proxy of the app alone',
      settings('account1Sip.outboundProxy=edge.example.net'),
      /^note: this outbound proxy is for the app alone/,
    ],
    [
      'the desktop, which knows no push',
      'proxies:proxy0:domain="a.example"',
      /^error: push is not switched on: the settings of the desktop softphone know none/,
    ],
    [
      'a profile that is not in the table',
      'username,profile,account1.domain\nann,office,a.example',
      /^warning: push is not switched on for this account, unless by the profile office, which is not in this file/,
    ],
    [
      'a mode that the profile may have',
      'username,profile,account1.domain\nann,office,a.example',
      /^warning: no RegistrationMode, unless by the profile office/,
    ],
    [
      'a domain that the profile may have',
      'username,profile,account1.briaPush.enabled\nann,office,1',
      /^warning: no credentials\.domain and no domain, unless by the profile office/,
    ],
  ])('%s', (_, text, message) => {
    expect(said(text, 'kamailio')).toContainEqual(expect.stringMatching(message));
  });

  test('a refresh that is answered 423 costs a round trip', () => {
    const [diagnostic] = reviewAccount(account(settings('account1.briaPush.RegistrationRefresh=30')), tooBrief);
    expect(diagnostic).toMatchObject({ severity: 'warning', fix: { value: '60' } });
  });

  test.each([
    ['asterisk-single', /room for one binding/],
    ['asterisk', /calls one contact only/],
    ['kamailio', null],
  ] as const)('what another device of the user meets on %s', (server, says) => {
    const notes = reviewAccount(account(fine), everyServerProfile[server]);
    expect(notes).toEqual(
      says === null ? [] : [{ severity: 'note', attribute: 'mode', says: expect.stringMatching(says) }],
    );
  });

  test('a flow that the SBC forgets between two refreshes, until NATEmulation makes them frequent', () => {
    const one = account(fine);
    const diagnostics = reviewAccount(one, everyServerProfile['sbc-nat']);
    expect(diagnostics).toMatchObject([{ severity: 'error', attribute: 'natEmulation', fix: { value: 'true' } }]);
    expect(reviewAccount(corrected(one, diagnostics), everyServerProfile['sbc-nat'])).toEqual([]);
    expect(reviewAccount(one, everyServerProfile['sbc-short-expires'])).toEqual([]);
  });
});
