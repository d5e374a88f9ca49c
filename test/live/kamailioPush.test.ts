import { afterEach, describe, expect } from 'vitest';
import type { PushOutcome, PushServiceName } from '../../src/live/push/pushServices.ts';
import { type AskedPush, PushStandIn } from '../../src/live/push/pushStandIn.ts';
import { headerValue } from '../../src/sip/message/headers.ts';
import type { SipResponse } from '../../src/sip/message/message.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import type { ClientTransaction } from '../../src/sip/transactions/transactionLayer.ts';
import type { Remote } from '../../src/sip/transports/transport.ts';
import { newRequest } from '../sip/transactions/requests.ts';
import { type LiveLayer, openLayer } from '../sip/transports/liveLayer.ts';
import { finalOf } from '../sip/transports/userAgent.ts';
import { Kamailio, withPushingKamailio } from '../support/programs/kamailio.ts';
import { loopback } from '../support/programs/loopback.ts';

/** How the Kamailio of examples/kamailio-push.cfg takes what a stranger would break it with. */

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const waitMs = 2_000;
const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A phone, the service that pushes it, and the server between them. */
interface Site {
  readonly service: PushStandIn;
  readonly server: Remote;
  readonly real: Kamailio;
  readonly phone: LiveLayer;
  /** What has come to the phone, in order: a push, or a request. */
  readonly seen: string[];
  readonly pushes: AskedPush[];
  /** Sends a REGISTER of the phone with that token; none where it is null. */
  registers(token?: string | null, expires?: number): Promise<SipResponse>;
  /** A call for the phone: its final status, and what gives it up. */
  calls(callId?: string): { final: Promise<number>; afterMs: () => number } & Pick<ClientTransaction, 'cancel'>;
}

/** How the service answers a push: an outcome, nothing, or whatever the test does with it. */
type Answering = PushOutcome | null | ((push: AskedPush, site: () => Site) => void);

async function site(
  answering: Answering,
  name: PushServiceName = 'apns',
  more: { refreshSeconds?: number } = {},
): Promise<Site> {
  const service = await PushStandIn.listen({ service: name, port: 0 });
  opened.push(service);
  const real = await Kamailio.start({ pushes: { url: `http://${loopback}:${service.port}`, waitMs, ...more } });
  opened.push(real);
  const phone = await openLayer({ transports: ['UDP'] });
  opened.push(phone);
  const caller = await openLayer({ transports: ['UDP'] });
  opened.push(caller);
  const server: Remote = { transport: 'UDP', host: loopback, port: real.port };
  const [seen, pushes]: [string[], AskedPush[]] = [[], []];
  for (const token of ['one', 'two']) {
    service.device(token, (push) => {
      seen.push(`push ${push.token} ${push.callId}`);
      pushes.push(push);
      if (typeof answering === 'function') answering(push, () => made);
      else if (answering !== null) push.answer(answering);
    });
  }
  phone.layer.onRequest((transaction) => {
    seen.push(`${transaction.request.method} ${headerValue(transaction.request, 'Call-ID')}`);
    // Busy: the phone has been reached, and nobody has to hang up.
    transaction.respond(responseTo(transaction.request, 486, { toTag: 'phone' }));
  });
  let number = 0;
  const made: Site = {
    ...{ service, real, server, phone, seen, pushes },
    registers: (token = 'one', expires = 600) => {
      const push = token === null ? '' : `;pn-provider=${name};pn-param=${service.parameter};pn-prid=${token}`;
      const contact = `<sip:bob@${loopback}:${phone.at('UDP').port}${push}>;expires=${expires}`;
      const headers = [{ name: 'Contact', value: contact }];
      const parts = { uri: `sip:${loopback}`, callId: 'register', number: ++number, headers };
      return finalOf(phone.layer, newRequest('REGISTER', parts), server).then((response) => {
        seen.push(`${response.status} REGISTER`);
        return response;
      });
    },
    calls: (callId = 'call') => {
      const beganMs = performance.now();
      let [call, tookMs]: [ClientTransaction | undefined, number] = [undefined, 0];
      const final = new Promise<number>((resolve) => {
        const headers = [{ name: 'Contact', value: `<sip:alice@${loopback}:${caller.at('UDP').port}>` }];
        call = caller.layer.request(newRequest('INVITE', { callId, headers }), server, (report) => {
          if (report.type === 'provisional') return;
          tookMs = performance.now() - beganMs;
          resolve('response' in report ? report.response.status : 0);
        });
      });
      return { final, afterMs: () => tookMs, cancel: () => call?.cancel() };
    },
  };
  return made;
}

/** Waits until something has been seen. */
async function until(isSo: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 20_000; !isSo(); await passed(10)) {
    if (Date.now() > endMs) throw new Error('it has not come');
  }
}

describe('a Kamailio that pushes', () => {
  withPushingKamailio.for(['apns', 'fcm'] as const)(
    '%s: the INVITE waits for the REGISTER, and comes before its 200 (RFC 8599 5.6.2)',
    async (name) => {
      const { registers, calls, seen, pushes } = await site('accepted', name);
      const first = await registers();
      expect(headerValue(first, 'Feature-Caps')).toBe(`*;+sip.pns="${name}"`);
      const { final } = calls();
      await until(() => pushes.length > 0);
      await passed(300);
      expect(seen).toEqual(['200 REGISTER', 'push one call']);
      await registers();
      expect(await final).toBe(486);
      expect(seen).toEqual(['200 REGISTER', 'push one call', 'INVITE call', '200 REGISTER']);
    },
  );

  withPushingKamailio('480 where no REGISTER comes', async () => {
    const { registers, calls, seen } = await site('accepted');
    await registers();
    const { final, afterMs } = calls();
    expect(await final).toBe(480);
    expect(afterMs()).toBeGreaterThan(waitMs - 100);
    expect(seen).toEqual(['200 REGISTER', 'push one call']);
  });

  withPushingKamailio('404 where nobody has registered, 555 for a push service that it does not know', async () => {
    const { calls, seen, phone, server } = await site('accepted');
    expect(await calls().final).toBe(404);
    const headers = [{ name: 'Contact', value: `<sip:bob@${loopback};pn-provider=webpush;pn-prid=x>` }];
    const request = newRequest('REGISTER', { uri: `sip:${loopback}`, headers });
    expect((await finalOf(phone.layer, request, server)).status).toBe(555);
    expect(seen).toEqual([]);
  });

  withPushingKamailio.for(['apns', 'fcm'] as const)(
    '%s: a token that is dead ends the call at once, and is not used again until it comes in a REGISTER',
    async (name) => {
      const { registers, calls, seen } = await site('unregistered', name);
      await registers();
      const first = calls('first');
      expect(await first.final).toBe(480);
      expect(first.afterMs()).toBeLessThan(waitMs - 200);
      // The binding is still there, and is called like any other.
      expect(await calls('second').final).toBe(486);
      await registers();
      expect(await calls('third').final).toBe(480);
      expect(seen).toEqual([
        ...['200 REGISTER', 'push one first', 'INVITE second'],
        ...['200 REGISTER', 'push one third'],
      ]);
    },
  );

  withPushingKamailio.for(['apns', 'fcm'] as const)(
    '%s: after 429 the INVITE waits all the same, as the phone may come by itself',
    async (name) => {
      const { registers, calls, seen, pushes, real } = await site('tooMany', name);
      await registers();
      const { final } = calls();
      await until(() => pushes.length > 0);
      await registers();
      expect(await final).toBe(486);
      expect(seen).toContain('INVITE call');
      await until(() => real.log.includes('push for bob: 429'));
    },
  );

  withPushingKamailio('a push service that never answers holds nobody up', async () => {
    const { registers, calls, pushes } = await site(null);
    await registers();
    const ends = ['a', 'b', 'c'].map((callId) => calls(callId).final);
    await until(() => pushes.length === 3);
    await registers();
    expect(await Promise.all(ends)).toEqual([486, 486, 486]);
    expect(await calls('d').final).toBe(480);
  });

  withPushingKamailio('410 that comes after the phone has registered changes nothing', async () => {
    const { registers, calls, pushes, seen } = await site(null);
    await registers();
    const { final } = calls();
    await until(() => pushes.length > 0);
    await registers();
    expect(await final).toBe(486);
    pushes[0]?.answer('unregistered');
    await passed(300);
    expect(await calls('next').final).toBe(480);
    expect(seen.at(-1)).toBe('push one next');
  });

  withPushingKamailio('a push that comes twice makes two REGISTERs and one INVITE', async () => {
    const { registers, calls, pushes, seen } = await site('accepted');
    await registers();
    const { final } = calls();
    await until(() => pushes.length > 0);
    await Promise.all([registers(), registers()]);
    expect(await final).toBe(486);
    await passed(300);
    expect(seen.filter((one) => one.startsWith('INVITE'))).toEqual(['INVITE call']);
  });

  withPushingKamailio('a token that has changed takes the place of the former one', async () => {
    const { registers, calls, seen, real } = await site('accepted');
    await registers('one');
    await registers('two');
    expect((await real.bindings()).map(({ contact }) => contact)).toEqual([expect.stringContaining('pn-prid=two')]);
    expect(await calls().final).toBe(480);
    expect(seen.filter((one) => one.startsWith('push'))).toEqual(['push two call']);
  });

  withPushingKamailio('an un-REGISTER, which names no token, ends the pushes (RFC 8599 4.1.2)', async () => {
    const { registers, calls, pushes, real } = await site('accepted');
    await registers();
    await registers(null, 0);
    expect(await real.bindings()).toEqual([]);
    expect(await calls().final).toBe(404);
    expect(pushes).toEqual([]);
  });

  withPushingKamailio('a caller who gives up before the REGISTER rings nobody afterwards', async () => {
    const { registers, calls, pushes, seen } = await site('accepted');
    await registers();
    const call = calls();
    await until(() => pushes.length > 0);
    call.cancel();
    expect(await call.final).toBe(487);
    await registers();
    await passed(300);
    expect(seen).toEqual(['200 REGISTER', 'push one call', '200 REGISTER']);
    // What is left of it is in nobody's way.
    expect(await calls('next').final).toBe(480);
  });

  /** A phone on a desk, which is busy at once or says so when it is told. */
  async function desk({ seen, server }: Site, isBusy: boolean): Promise<{ decline: () => void }> {
    const phone = await openLayer({ transports: ['UDP'] });
    opened.push(phone);
    let decline = () => {};
    phone.layer.onRequest(({ request, respond }) => {
      seen.push(`${request.method} at the desk`);
      decline = () => respond(responseTo(request, 486, { toTag: 'desk' }));
      if (isBusy) decline();
      else respond(responseTo(request, 180, { toTag: 'desk' }));
    });
    const headers = [{ name: 'Contact', value: `<sip:bob@${loopback}:${phone.at('UDP').port}>` }];
    const request = newRequest('REGISTER', { uri: `sip:${loopback}`, callId: 'desk', headers });
    expect((await finalOf(phone.layer, request, server)).status).toBe(200);
    return { decline: () => decline() };
  }

  withPushingKamailio('a phone on a desk that is busy does not end the wait for the one that is pushed', async () => {
    const made = await site('accepted');
    const { registers, calls, pushes, seen } = made;
    await registers();
    await desk(made, true);
    const { final } = calls();
    await until(() => pushes.length > 0 && seen.includes('INVITE at the desk'));
    await passed(300);
    await registers();
    expect(await final).toBe(486);
    expect(seen).toContain('INVITE call');
    const late = calls('late');
    expect([await late.final, late.afterMs() > waitMs - 200]).toEqual([480, true]);
  });

  withPushingKamailio('a phone that comes while the one on the desk rings gets a branch of its own', async () => {
    const made = await site('accepted');
    const { registers, calls, pushes, seen } = made;
    await registers();
    const { decline } = await desk(made, false);
    const call = calls();
    await until(() => pushes.length > 0 && seen.includes('INVITE at the desk'));
    await registers();
    await until(() => seen.includes('INVITE call'));
    decline();
    // Both are busy, so nobody waits any longer.
    expect([await call.final, call.afterMs() < waitMs]).toEqual([486, true]);
  });

  withPushingKamailio('two calls at once are two pushes, and one REGISTER lets both go', async () => {
    const { registers, calls, pushes, seen } = await site('accepted');
    await registers();
    const ends = [calls('first').final, calls('second').final];
    await until(() => pushes.length === 2);
    await registers();
    expect(await Promise.all(ends)).toEqual([486, 486]);
    expect(seen.filter((one) => one.startsWith('INVITE')).sort()).toEqual(['INVITE first', 'INVITE second']);
  });

  withPushingKamailio('a restart forgets tokens and parked calls; the next REGISTER mends it', async () => {
    const { registers, calls, pushes, seen, real, service } = await site('accepted');
    await registers();
    const call = calls('parked');
    await until(() => pushes.length > 0);
    real.close();
    const pushing = { pushes: { url: `http://${loopback}:${service.port}`, waitMs } };
    opened.push(await Kamailio.start(pushing, real.port));
    expect(await calls('between').final).toBe(404);
    await registers();
    expect(await calls('after').final).toBe(480);
    // Whoever was parked hears no more: his 100 has told him to wait.
    expect(await Promise.race([call.final, passed(waitMs)])).toBeUndefined();
    expect(seen.filter((one) => !one.endsWith('REGISTER'))).toEqual(['push one parked', 'push one after']);
  });

  /** Seconds before the end of a binding of a minute: the push comes after two or three. */
  const refreshSeconds = 58;

  withPushingKamailio.for(['apns', 'fcm'] as const)(
    '%s: 5.5: a phone is pushed before its binding ends, and again once it has refreshed it',
    async (name) => {
      const { registers, pushes, seen } = await site('accepted', name, { refreshSeconds });
      await registers('one', 60);
      const beganMs = performance.now();
      await until(() => pushes.length === 1);
      expect(performance.now() - beganMs).toBeGreaterThan(1_000);
      // Which call it is about it does not say: there is none.
      expect(seen).toEqual(['200 REGISTER', 'push one null']);
      if (name === 'fcm') return;
      await registers('one', 60);
      await until(() => pushes.length === 2);
    },
  );

  withPushingKamailio(
    '5.5: none for a binding that lives no longer, that is gone, or whose token is dead',
    async () => {
      const [{ registers, calls, pushes }, short] = await Promise.all([
        site('unregistered', 'apns', { refreshSeconds }),
        site('accepted', 'apns', { refreshSeconds: 120 }),
      ]);
      await short.registers('one', 60);
      await registers('one', 60);
      await registers(null, 0);
      await registers('two', 60);
      expect(await calls().final).toBe(480);
      await passed(4_500);
      expect(pushes.map(({ token, callId }) => [token, callId])).toEqual([['two', 'call']]);
      expect(short.pushes).toEqual([]);
    },
  );
});
