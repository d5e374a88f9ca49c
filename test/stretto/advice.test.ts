import { describe, expect, test } from 'vitest';
import { type RegistrationModeName, registrationModeNames } from '../../src/machines/registrationModes.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { type CheckedCell, checkCell } from '../../src/sim/jobs/cell.ts';
import { adviseAccount, triedAccount } from '../../src/stretto/accountAdvice.ts';
import { recommend } from '../../src/stretto/advice.ts';
import { adviceAsMarkdown, adviceAsText } from '../../src/stretto/adviceText.ts';
import { surveyProvisioning } from '../../src/stretto/provisioning.ts';
import { settingsOf } from '../../src/stretto/settings.ts';
import { everydayTrials, propertiesTriedIn, roughTrials, trialOf } from '../../src/stretto/trials.ts';
import { example } from '../support/scenarios.ts';

const file = (mode: number) =>
  `bria.push.enabled=1\naccount1.credentials.domain=sip.example.com\naccount1.briaPush.RegistrationMode=${mode}\n`;

function advise(mode: number, server: AnyServerProfileName) {
  const { accounts, placeOf } = surveyProvisioning(file(mode), 'p.ini');
  const [account] = accounts;
  if (account === undefined) throw new Error('no account');
  const profile = everyServerProfile[server];
  const settings = settingsOf(triedAccount(account, profile));
  const cells = [...everydayTrials, ...roughTrials].flatMap((name) =>
    registrationModeNames.flatMap((one): CheckedCell[] =>
      checkCell({
        document: trialOf(name, example(name), settings),
        mode: one,
        server: profile,
        properties: propertiesTriedIn(name),
        budget: { losses: 0, duplicates: 0 },
        maximumBytes: 1 << 29,
        traces: false,
      }),
    ),
  );
  return adviseAccount(account, profile, { cells, wakes: true }, placeOf);
}

const onFreeswitch = advise(0, 'freeswitch');

/** What a SIP engineer would set, configured with each file as it is. */
describe('the mode that is recommended', () => {
  test.each([
    ['kamailio', 0, 'standard'],
    ['kamailio-single', 0, 'continuous'],
    ['opensips-overwrite', 0, 'singleDeviceTakeover'],
    ['asterisk', 3, 'standard'],
    ['asterisk-single', 1, 'singleDeviceTakeover'],
    ['flexisip', 2, 'continuous'],
    // It does not say that a nonce is stale: an un-REGISTER with an old one is refused, and both sides stay registered.
    ['kamailio-parking', 1, 'continuous'],
    ['hold', 1, 'singleDeviceEmulation'],
    ['sbc-caching', 3, 'continuous'],
    ['sbc-nat', 0, 'standard'],
    ['sbc-registered-single', 0, 'continuous'],
    ['sbc-registered-only', 3, 'continuous'],
    ['address-bound', 0, null],
    ['asterisk-unset', 0, null],
  ] as const)('on %s with RegistrationMode %d: %s', (server, mode, recommended) => {
    expect(advise(mode, server).recommended).toBe(recommended);
  });

  test('on freeswitch with RegistrationMode 0: singleDeviceTakeover', () => {
    expect(onFreeswitch.recommended).toBe('singleDeviceTakeover');
  });
});

describe('how it is chosen', () => {
  const failure = { scenario: 'x', property: 'noInviteLost', verdict: 'violated', sentence: '' } as const;
  const trial = (mode: RegistrationModeName, everyday = 0, rough = 0) => ({
    mode,
    everyday: Array.from({ length: everyday }, () => failure),
    rough: Array.from({ length: rough }, () => failure),
    scope: '',
  });

  test('the configured mode stays where it does not fail on an ordinary day', () => {
    expect(recommend([trial('standard'), trial('continuous', 0, 9)], 'continuous')).toBe('continuous');
  });

  test('else the one that loses least where something breaks', () => {
    const trials = [trial('standard', 0, 3), trial('singleDeviceTakeover', 0, 2), trial('continuous')];
    expect(recommend(trials, 'singleDeviceEmulation')).toBe('singleDeviceTakeover');
  });

  test('Continuous only where no other is left, and none where none is', () => {
    expect(recommend([trial('standard', 1), trial('continuous', 0, 9)], 'standard')).toBe('continuous');
    expect(recommend([trial('standard', 1), trial('continuous', 1)], 'standard')).toBeNull();
  });
});

describe('what is said', () => {
  const account = onFreeswitch;
  const advice = {
    file: 'p.ini',
    profile: 'freeswitch',
    flags: ' --push fcm',
    problems: [],
    accounts: [account],
    unread: [],
    unnamed: 0,
    usersWithoutAccount: [],
  };
  const plain = { bold: (text: string) => text, dim: (text: string) => text };

  test('names the mode, the proof, why the others are none, and the setting to change', () => {
    const text = adviceAsText(advice, plain);
    expect(text).toContain('Recommended: RegistrationMode 3 Single Device Takeover\n');
    expect(text).toContain('every order of events and every delay within the windows of 10 scenarios');
    expect(text).toMatch(/0 Standard loses calls in call-while-suspended: Call 1 was lost: nobody was registered/);
    expect(text).toContain('ringproof check call-while-suspended --mode 0 --profile freeswitch --push fcm --property');
    expect(text).toContain('account1.briaPush.RegistrationMode = 3 (line 3)');
    expect(text).toMatch(/Still at risk\n.*loses calls in network-change \(not in 2 Continuous\)/);
  });

  test('is the same in Markdown', () => {
    const lines = adviceAsMarkdown(advice).split('\n');
    expect(lines).toContain('### Recommended: RegistrationMode 3 Single Device Takeover');
    expect(lines).toContain('- account1.briaPush.RegistrationMode = 3 (line 3)');
  });

  test('is not repeated for an account of which the same is true', () => {
    const second = { ...account, account: 2 };
    const text = adviceAsText({ ...advice, accounts: [account, second] }, plain);
    expect(text).toContain('as for account 1');
    expect(text.match(/Still at risk/g)).toHaveLength(1);
  });

  test('does not blame the server where no push reaches the phone', () => {
    const asleep = { ...account, recommended: null, wakes: false };
    expect(adviceAsText({ ...advice, accounts: [asleep] }, plain)).toContain('no push reaches this phone');
  });
});

test('every trial is a bundled scenario', () => {
  for (const name of [...everydayTrials, ...roughTrials]) expect(name.endsWith(example(name).name), name).toBe(true);
});
