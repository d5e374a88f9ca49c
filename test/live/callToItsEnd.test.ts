import { describe, expect } from 'vitest';
import type { LiveResult } from '../../src/live/liveJob.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { runsAgainst } from './liveSetup.ts';

const password = 'a secret of the tests';

/** A run of a few seconds in which the user is quick, against a real Kamailio. */
async function runOf(document: Partial<ScenarioDocument>, mode: ModeName = 'standard'): Promise<LiveResult> {
  const quick = { app: { coldStart: '200ms', userReaction: '500ms', talk: '1s' }, caller: { talk: '1s' } };
  const steps: ScenarioDocument['steps'] = [
    { at: '100ms', do: 'open' },
    { at: '2s', do: 'dial', call: 1 },
  ];
  const scenario = scenarioIn(
    { name: 'to-its-end', title: 'To its end', timing: quick, until: '7s', steps, ...document },
    mode,
    serverProfiles.multi,
  );
  const kamailio = await Kamailio.start({ password, withoutBinding: 480 });
  try {
    const [result] = await runsAgainst({ scenario, port: kamailio.port, password, runs: 1 });
    if (result === undefined) throw new Error('there was no run');
    return result;
  } finally {
    kamailio.close();
  }
}

/** The messages of a type that reached somebody. */
const arrived = ({ trace }: LiveResult, type: string, target: string) =>
  trace.records.filter((one) => one.event.type === type && one.targetRef === target && one.undelivered === undefined);

const verdictOf = ({ trace }: LiveResult, property: string) =>
  trace.verdicts.find((one) => one.property === property)?.verdict;

describe.concurrent('a real Kamailio carries a call to its end as the model does', () => {
  withKamailio('15.1.1: the user hangs up, and the BYE of the one who was called ends the call', async () => {
    const result = await runOf({ endsCall: 'user' });
    expect(arrived(result, 'BYE', 'caller')).toHaveLength(1);
    expect(arrived(result, 'BYE.200', 'app').length).toBeGreaterThan(0);
    expect(result.divergences).toEqual([]);
    expect(verdictOf(result, 'endsAgree')).toBe('holds');
  });

  withKamailio('14.1: a phone that moves in the call sends a re-INVITE, and the BYE finds it', async () => {
    const result = await runOf({
      timing: { app: { coldStart: '200ms', userReaction: '300ms' }, caller: { talk: '2s' } },
      steps: [
        { at: '100ms', do: 'open' },
        { at: '2s', do: 'dial', call: 1 },
        { at: '3s', do: 'changeNetwork' },
      ],
    });
    expect(arrived(result, 'reINVITE', 'caller').length).toBeGreaterThan(0);
    expect(arrived(result, 'reINVITE.200', 'app').length).toBeGreaterThan(0);
    expect(arrived(result, 'BYE', 'app').length).toBeGreaterThan(0);
    expect(verdictOf(result, 'endsAgree')).toBe('holds');
  });

  withKamailio('9.1: the CANCEL goes where the INVITE went, and the phone that has left rings on', async () => {
    const result = await runOf({
      user: 'ignores',
      until: '9s',
      limits: { ringStop: '3s' },
      steps: [
        { at: '100ms', do: 'open' },
        { at: '2s', do: 'dial', call: 1 },
        { at: '3s', do: 'changeNetwork' },
        { at: '4s', do: 'hangUp', call: 1 },
      ],
    });
    const cancels = result.trace.records.filter(
      ({ event, targetRef }) => event.type === 'CANCEL' && targetRef === 'app',
    );
    // The last copy may still be under way when the run ends.
    const came = cancels.filter(({ fate }) => fate === 'happen');
    expect(came.length).toBeGreaterThan(0);
    expect(came.map(({ undelivered }) => undelivered)).toEqual(came.map(() => 'addressLeft'));
    expect(verdictOf(result, 'ringStops')).toBe('violated');
  });

  withKamailio('16.7: a decline on the only branch reaches the caller as it is', async () => {
    const result = await runOf({ user: 'declines', declinesWith: 603 });
    const failures = arrived(result, 'INVITE.failed', 'caller').map(({ event }) => 'code' in event && event.code);
    expect(failures).toEqual([603]);
    expect(result.divergences).toEqual([]);
  });
});
