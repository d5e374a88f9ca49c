import { describe, expect, vi } from 'vitest';
import type { OtherUser } from '../../src/machines/otherDevice.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { runsAgainst } from './liveSetup.ts';

const password = 'a secret of the tests';

/** A call for a user who has a phone on a desk as well. */
async function callFor(otherDevice: OtherUser, user: 'answers' | 'ignores') {
  const real = await Kamailio.start({ password, withoutBinding: 480 });
  const scenario = scenarioIn(
    {
      ...{ name: 'two-devices', title: 'Two devices', otherDevice, user },
      steps: [
        { at: '100ms', do: 'open' },
        { at: '2s', do: 'dial', call: 1 },
      ],
      timing: {
        app: { coldStart: '200ms', userReaction: '1500ms' },
        caller: { talk: '500ms', otherDeviceReaction: '700ms' },
      },
      until: '8s',
    },
    'standard',
    serverProfiles.multi,
  );
  const running = runsAgainst({ scenario, port: real.port, password, runs: 1 });
  await vi.waitFor(async () => expect(await real.bindings()).toHaveLength(2), { timeout: 20_000, interval: 50 });
  const [result] = await running;
  const left = await real.bindings();
  real.close();
  const seen = result?.trace.records.flatMap(({ observations }) => observations.map(({ type }) => type)) ?? [];
  return { result, left, seen };
}

describe.concurrent('another device of the user, on a real Kamailio', () => {
  withKamailio('is registered before the run, answers the call, and is unregistered after it', async () => {
    const { result, left, seen } = await callFor('answers', 'ignores');
    expect(left).toEqual([]);
    expect(result).toMatchObject({ divergences: [], left: [], strangers: 0, refusal: null });
    expect(seen).toContain('call.takenElsewhere');
    // RFC 3326 2: the phone that rang too is told, and shows no missed call.
    expect(seen).not.toContain('call.missed');
    const connected = result?.trace.records.flatMap(({ observations }) =>
      observations.filter((one) => one.type === 'call.connected'),
    );
    expect(connected).toEqual([{ type: 'call.connected', call: 1, contact: 'otherDevice' }]);
    expect(result && replay(result.trace, 'live').digest).toBe(result?.trace.digest);
  });

  withKamailio('rings on until the phone has answered', async () => {
    const { result, left, seen } = await callFor('ignores', 'answers');
    expect(left).toEqual([]);
    expect(result?.divergences).toEqual([]);
    expect(seen).toContain('ringing.answered');
    expect(seen).not.toContain('call.takenElsewhere');
  });
});
