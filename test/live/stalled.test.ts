import { expect } from 'vitest';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { cseqOf } from '../../src/sip/message/headers.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { gapScenario, runsAgainst } from './liveSetup.ts';

const password = 'a secret of the tests';

/** Keeps this whole process from doing anything, as a busy machine does. */
const stall = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Two runs, of which this process stands still once: when the first such message leaves it. */
async function stalledAfter(what: string, ms: number) {
  const real = await Kamailio.start({ password, withoutBinding: 480 });
  let isStalled = false;
  const results = await runsAgainst({
    ...{
      scenario: { ...gapScenario('standard', serverProfiles.multi), untilMs: 11_000 },
      port: real.port,
      password,
      runs: 2,
    },
    tap: (direction, bytes) => {
      const message = parseMessage(bytes);
      if (direction === 'received' || message.kind === 'malformed' || isStalled) return;
      const name = message.kind === 'request' ? message.method : `${message.status} ${cseqOf(message)?.method}`;
      if (name !== what) return;
      isStalled = true;
      stall(ms);
    },
  });
  real.close();
  expect(isStalled).toBe(true);
  return results;
}

withKamailio.for(['200 BYE', 'INVITE', '200 INVITE'])(
  'what the server has answered meanwhile is read before it is said to be missing: after %s',
  async (what) => {
    const results = await stalledAfter(what, 2_500);
    expect(results.some(({ latenessMs }) => latenessMs > 1_500)).toBe(true);
    for (const { divergences } of results) expect(divergences.filter(({ kind }) => kind === 'missing')).toEqual([]);
  },
);
