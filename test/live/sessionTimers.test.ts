import { describe, expect } from 'vitest';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { headerValue } from '../../src/sip/message/headers.ts';
import type { SipMessage } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { runsAgainst } from './liveSetup.ts';

const password = 'a secret of the tests';

/** A call of five seconds whose session lasts four; a file cannot ask for less than RFC 4028 5 allows. */
const shortSessions = (refresher: 'caller' | 'user'): Scenario => ({
  ...scenarioIn(
    {
      name: 'refreshed',
      title: 'A call whose session is refreshed',
      steps: [
        { at: '100ms', do: 'open' },
        { at: '2s', do: 'dial', call: 1 },
      ],
      timing: { app: { coldStart: '200ms', userReaction: '300ms' }, caller: { talk: '5s' } },
      until: '10s',
    },
    'standard',
    serverProfiles.multi,
  ),
  sessionTimers: { intervalMs: 4_000, refresher },
});

describe.concurrent('RFC 4028: the session of a call is refreshed by UPDATE, through a real Kamailio', () => {
  withKamailio.for(['caller', 'user'] as const)('by the %s', async (refresher) => {
    const real = await Kamailio.start({ password, withoutBinding: 480 });
    const said: SipMessage[] = [];
    const [result] = await runsAgainst({
      ...{ scenario: shortSessions(refresher), port: real.port, password, runs: 1 },
      tap: (direction, bytes) => {
        const message = parseMessage(bytes);
        if (direction === 'sent' && message.kind !== 'malformed') said.push(message);
      },
    });
    real.close();
    expect(result?.divergences).toEqual([]);
    const updates = said.filter((one) => one.kind === 'request' && one.method === 'UPDATE');
    const answers = said.filter((one) => one.kind === 'response' && headerValue(one, 'CSeq')?.endsWith(' UPDATE'));
    // At half of the session interval, twice within the call.
    expect(new Set(updates.map((one) => headerValue(one, 'CSeq'))).size).toBe(2);
    const role = refresher === 'caller' ? 'uac' : 'uas';
    for (const one of updates) expect(headerValue(one, 'Session-Expires')).toBe(`4;refresher=${role}`);
    expect(answers.map((one) => one.kind === 'response' && one.status)).toEqual([200, 200]);
    const ended = result?.trace.records.flatMap(({ observations }) => observations.map(({ type }) => type)) ?? [];
    expect(ended).toContain('call.connected');
    expect(ended).not.toContain('call.expired');
  });
});
