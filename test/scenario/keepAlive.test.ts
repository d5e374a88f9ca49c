import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';

type Document = Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>;

const over = (transport: 'tls') => ({ appSip: { transport }, pushServerSip: { transport } });

const scenarioIn = (document: Document, mode: ModeName, server: AnyServerProfileName) =>
  resolveScenario({ name: 'unnoticed', title: 'Unnoticed', links: over('tls'), ...document }, everyServerProfile, {
    mode,
    server: everyServerProfile[server],
  });

const verdictOf = (property: string, document: Document, mode: ModeName, server: AnyServerProfileName) =>
  check(scenarioIn(document, mode, server), { properties: [propertyNamed(property)] }).decisions[0]?.verdict;

describe('a connection of the app that dies with a change of network', () => {
  const callAfter = (after: string): Document => ({
    until: '300s',
    timing: { app: { heartbeatInterval: '60s' } },
    steps: [
      { at: '1s', do: 'open' },
      { at: '30s', do: 'changeNetwork' },
      { after, do: 'dial', call: 1 },
    ],
  });
  const verdict = (after: string, more: Partial<ScenarioDocument>) =>
    verdictOf('noInviteLost', { ...callAfter(after), ...more }, 'standard', 'overwrite');

  test('is replaced at once where the OS tells of it', () => {
    expect(verdict('10s', {})).toBe('holds');
  });

  test('is dead until a keep-alive notices, within 120 s and the 10 s for the pong', () => {
    const more = { noticesNetwork: false, keepAlive: { app: true } };
    expect(verdict('10s', more)).toBe('violated');
    expect(verdict('131s', more)).toBe('holds');
  });

  test('without keep-alives until a REGISTER stays unanswered for 64*T1', () => {
    expect(verdict('131s', { noticesNetwork: false })).toBe('violated');
    const refreshing = { noticesNetwork: false, expires: { app: '60s' } } as const;
    expect(verdict('131s', refreshing)).toBe('holds');
  });

  test('a call over it hears nothing more of the phone', () => {
    const document: Document = {
      noticesNetwork: false,
      endsCall: 'user',
      steps: [
        { at: '1s', do: 'open' },
        { at: '20s', do: 'dial', call: 1 },
        { at: '35s', do: 'changeNetwork' },
      ],
    };
    expect(verdictOf('endsAgree', document, 'standard', 'overwrite')).toBe('violated');
    expect(verdictOf('endsAgree', { ...document, noticesNetwork: true }, 'standard', 'overwrite')).toBe('holds');
  });
});

describe('a host that goes down during an outage closes its connections, and nobody hears of it', () => {
  const outage = (link: 'appSip' | 'pushServerSip', repairedAt: string): Document => ({
    until: '410s',
    steps: [
      { at: '1s', do: 'open' },
      { at: '20s', do: 'cut', link },
      { at: '21s', do: 'crashSipServer' },
      { at: repairedAt, do: 'repair', link },
      { at: '360s', do: 'dial', call: 1 },
    ],
  });

  test('the app learns of it from its ping, which meets no connection', () => {
    const document: Document = { ...outage('appSip', '40s'), pushEnabled: false };
    const verdict = (app: boolean) =>
      verdictOf('noInviteLost', { ...document, keepAlive: { app } }, 'standard', 'kamailio');
    expect(verdict(false)).toBe('violated');
    expect(verdict(true)).toBe('holds');
  });

  test('the push server learns of it from a pong that does not come', () => {
    const verdict = (pushServer: boolean) =>
      verdictOf(
        'noInviteLost',
        { ...outage('pushServerSip', '150s'), keepAlive: { pushServer } },
        'continuous',
        'kamailio',
      );
    expect(verdict(false)).toBe('violated');
    expect(verdict(true)).toBe('holds');
  });
});

describe('the SIP server, to which a connection is dead without its knowing', () => {
  const document: Document = {
    noticesNetwork: false,
    until: '140s',
    timing: { caller: { patience: '60s' } },
    steps: [
      { at: '1s', do: 'open' },
      { at: '20s', do: 'changeNetwork' },
      { at: '90s', do: 'dial', call: 1 },
    ],
  };
  const endOf = (server: AnyServerProfileName) => {
    const { records } = simulate(scenarioIn({ ...document, pushEnabled: false }, 'standard', server), 1);
    const failed = records.find(({ observations }) => observations.some(({ type }) => type === 'call.failed'));
    return (failed?.atMs ?? Number.POSITIVE_INFINITY) - 90_000;
  };

  test('waits for the time-out of the branch', () => {
    expect(endOf('kamailio')).toBeGreaterThan(25_000);
  });

  test('knows it from its own OPTIONS where it sends them', () => {
    expect(endOf('asterisk-qualify')).toBeLessThan(1_000);
  });
});
