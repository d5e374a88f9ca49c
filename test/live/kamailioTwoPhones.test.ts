import { afterEach, describe, expect } from 'vitest';
import { PushStandIn } from '../../src/live/push/pushStandIn.ts';
import { headerValue } from '../../src/sip/message/headers.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import type { Remote } from '../../src/sip/transports/transport.ts';
import { newRequest } from '../sip/transactions/requests.ts';
import { openLayer } from '../sip/transports/liveLayer.ts';
import { finalOf } from '../sip/transports/userAgent.ts';
import { Kamailio, withPushingKamailio } from '../support/programs/kamailio.ts';
import { freePort, loopback } from '../support/programs/loopback.ts';

/** Which of two phones with tokens gets the INVITE from the Kamailio of examples/kamailio-push.cfg, and after what. */

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const waitMs = 2_000;
const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a phone says to an INVITE: a status, or nothing as it sleeps. */
type Answer = 486 | 180 | 'sleeps';

/** Two phones, registered with their tokens, and a caller. */
async function site(toAll: boolean, isCutOff: boolean) {
  const service = await PushStandIn.listen({ service: 'fcm', port: 0 });
  const real = await Kamailio.start({ pushes: { url: `http://${loopback}:${service.port}`, waitMs, toAll } });
  opened.push(service, real);
  const server: Remote = { transport: 'UDP', host: loopback, port: real.port };
  const seen: string[] = [];
  const phone = async (name: string) => {
    const { layer, at, close } = await openLayer({ transports: ['UDP'] });
    opened.push({ close });
    const state: { answer: Answer } = { answer: 486 };
    const said: (() => void)[] = [];
    service.device(name, (push) => {
      seen.push(`push ${name}`);
      push.answer('accepted');
    });
    layer.onRequest(({ request, respond }) => {
      seen.push(`${request.method} ${name} ${headerValue(request, 'Call-ID')}`);
      if (state.answer === 'sleeps') return;
      said.push(() => respond(responseTo(request, 486, { toTag: name })));
      respond(responseTo(request, state.answer, { toTag: name }));
    });
    let number = 0;
    /** `at`: where it can be called; without it, at its own socket. */
    const registers = (calledAt = `${loopback}:${at('UDP').port}`) => {
      const push = `pn-provider=fcm;pn-param=${service.parameter};pn-prid=${name}`;
      const headers = [{ name: 'Contact', value: `<sip:bob@${calledAt};${push}>;expires=600` }];
      const parts = { uri: `sip:${loopback}`, callId: name, number: ++number, headers };
      return finalOf(layer, newRequest('REGISTER', parts), server);
    };
    return { registers, state, declines: () => said.at(-1)?.() };
  };
  const [inHand, asleep] = [await phone('inHand'), await phone('asleep')];
  await inHand.registers();
  // Over a connection that is gone, as that of an app that iOS has suspended: nobody listens there.
  await asleep.registers(isCutOff ? `${loopback}:${await freePort()};transport=tcp` : undefined);
  const caller = await openLayer({ transports: ['UDP'] });
  opened.push(caller);
  const calls = (callId = 'call') =>
    new Promise<number>((resolve) => {
      const headers = [{ name: 'Contact', value: `<sip:alice@${loopback}:${caller.at('UDP').port}>` }];
      caller.layer.request(newRequest('INVITE', { callId, headers }), server, (report) => {
        if (report.type !== 'provisional') resolve('response' in report ? report.response.status : 0);
      });
    });
  const until = async (what: string) => {
    for (const endMs = Date.now() + 10_000; !seen.includes(what); await passed(10)) {
      if (Date.now() > endMs) throw new Error(`no ${what} in ${seen.join(', ')}`);
    }
  };
  const invites = () => seen.filter((one) => one.startsWith('INVITE'));
  return { inHand, asleep, calls, until, invites, seen };
}

/** Both are pushed; the phone in hand comes first. */
async function firstToCome(toAll: boolean, answer: Answer, isCutOff = false) {
  const made = await site(toAll, isCutOff);
  made.inHand.state.answer = answer;
  made.asleep.state.answer = 'sleeps';
  const final = made.calls();
  await made.until('push inHand');
  await made.until('push asleep');
  await made.inHand.registers();
  await made.until('INVITE inHand call');
  return { ...made, final };
}

describe('two phones that are pushed', () => {
  withPushingKamailio('the INVITE goes to the one that registers, and to the other once it does', async () => {
    const { asleep, invites, until, inHand, final } = await firstToCome(false, 180);
    expect(invites()).toEqual(['INVITE inHand call']);
    asleep.state.answer = 486;
    await asleep.registers();
    await until('INVITE asleep call');
    inHand.declines();
    expect(await final).toBe(486);
    expect(invites()).toEqual(['INVITE inHand call', 'INVITE asleep call']);
  });

  withPushingKamailio('where the first one is busy the call waits for the other, and rings nobody twice', async () => {
    const { asleep, invites, until, final } = await firstToCome(false, 486);
    await passed(200);
    expect(invites()).toEqual(['INVITE inHand call']);
    asleep.state.answer = 486;
    await asleep.registers();
    await until('INVITE asleep call');
    expect(await final).toBe(486);
    expect(invites()).toEqual(['INVITE inHand call', 'INVITE asleep call']);
  });

  withPushingKamailio('where the first one is busy and the other never comes: 480', async () => {
    const { final, invites } = await firstToCome(false, 486);
    expect(await final).toBe(480);
    expect(invites()).toEqual(['INVITE inHand call']);
  });

  withPushingKamailio('PUSH_TO_ALL: it goes to both with the first REGISTER', async () => {
    const { until, invites, asleep, inHand } = await firstToCome(true, 180);
    await until('INVITE asleep call');
    expect(invites().slice(0, 2).sort()).toEqual(['INVITE asleep call', 'INVITE inHand call']);
    // Over UDP it is sent again until it finds the phone awake.
    asleep.state.answer = 486;
    await asleep.registers();
    inHand.declines();
  });

  withPushingKamailio('PUSH_TO_ALL: a busy phone ends the call for one whose connection is gone', async () => {
    const { final, asleep, invites } = await firstToCome(true, 486, true);
    expect(await final).toBe(486);
    await asleep.registers();
    await passed(300);
    expect(invites()).toEqual(['INVITE inHand call']);
  });

  withPushingKamailio('without it that one gets the INVITE once it has connected again', async () => {
    const { final, asleep, invites } = await firstToCome(false, 486, true);
    asleep.state.answer = 486;
    await asleep.registers();
    expect(await final).toBe(486);
    expect(invites()).toEqual(['INVITE inHand call', 'INVITE asleep call']);
  });
});
