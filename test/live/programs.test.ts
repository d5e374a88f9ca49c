import { describe, expect } from 'vitest';
import { Baresip, baresip } from '../support/programs/baresip.ts';
import { Ejabberd, withEjabberd } from '../support/programs/ejabberd.ts';
import { Kamailio, kamailio } from '../support/programs/kamailio.ts';
import { testWith } from '../support/programs/program.ts';
import { register } from '../support/programs/registerText.ts';
import { Sipp, sipp } from '../support/programs/sipp.ts';

const password = 'a-test-password';
const withCalls = testWith(kamailio, sipp);

/** Resolves when the server has a transaction open: the call has arrived. */
async function callPending(server: Kamailio): Promise<void> {
  for (;;) {
    const { current } = await server.rpc<{ current: number }>('tm.stats');
    if (current > 0) return;
  }
}

describe.concurrent('calls', () => {
  withCalls('one is answered by whom the server has registered', async () => {
    const server = await Kamailio.start();
    const phone = await Sipp.answering();
    await register(server.port, { contacts: [`<sip:alice@127.0.0.1:${phone.port}>`] });
    const caller = await Sipp.calling(server.port, 'alice', { calls: 5, callsPerSecond: 50 });
    expect(await caller.counters()).toEqual({ successful: 5, failed: 0, unexpected: 0 });
  });

  withCalls('nobody is registered', async () => {
    const server = await Kamailio.start({ withoutBinding: 480 });
    const caller = await Sipp.calling(server.port, 'alice');
    expect(await caller.counters()).toEqual({ successful: 0, failed: 1, unexpected: 1 });
    expect(caller.errors).toContain('SIP/2.0 480 Temporarily Unavailable');
  });

  withCalls('one is held until a REGISTER comes', async () => {
    const server = await Kamailio.start({ policy: 'reject', holdMs: 10_000 });
    const phone = await Sipp.answering();
    const caller = await Sipp.calling(server.port, 'alice');
    await callPending(server);
    await register(server.port, { contacts: [`<sip:alice@127.0.0.1:${phone.port}>`] });
    expect(await caller.counters()).toEqual({ successful: 1, failed: 0, unexpected: 0 });
  });

  withCalls('one is held in vain', async () => {
    const server = await Kamailio.start({ policy: 'reject', holdMs: 500 });
    const caller = await Sipp.calling(server.port, 'alice');
    expect(await caller.counters()).toEqual({ successful: 0, failed: 1, unexpected: 1 });
    expect(caller.errors).toContain('SIP/2.0 480 Temporarily Unavailable');
  });
});

describe.concurrent('a softphone and another registrar', () => {
  testWith(
    kamailio,
    baresip,
    sipp,
  )('baresip registers with digest, answers, and quits', async () => {
    const server = await Kamailio.start({ password });
    const phone = await Baresip.start({ serverPort: server.port, user: 'alice', password });
    expect(await server.bindings()).toMatchObject([{ user: 'alice' }]);
    const caller = await Sipp.calling(server.port, 'alice');
    expect(await caller.counters()).toEqual({ successful: 1, failed: 0, unexpected: 0 });
    expect(phone.output).toContain('answering call');
    await phone.quit();
    expect(await server.bindings()).toEqual([]);
  });

  withEjabberd('ejabberd asks for digest credentials', async () => {
    const server = await Ejabberd.start(password, 'alice');
    expect(await register(server.port, { contacts: ['<sip:alice@127.0.0.1:6001>'] })).toMatch(
      /^SIP\/2\.0 401 [\s\S]*www-authenticate: digest/i,
    );
  });
});
