import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect } from 'vitest';
import type { SipRequest } from '../../src/sip/message/message.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import type { Remote } from '../../src/sip/transports/transport.ts';
import { newRequest } from '../sip/transactions/requests.ts';
import { type LiveLayer, openLayer } from '../sip/transports/liveLayer.ts';
import { finalOf } from '../sip/transports/userAgent.ts';
import { Kamailio, type KamailioPolicy, withKamailio } from '../support/programs/kamailio.ts';
import { freePort, loopback, udpSocket } from '../support/programs/loopback.ts';
import { type Registration, register, registerText } from '../support/programs/registerText.ts';

/** What the profile sheet of Kamailio says, and what these tests hold it to. */

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function started(policy: KamailioPolicy = {}): Promise<Kamailio> {
  const real = await Kamailio.start(policy);
  opened.push(real);
  return real;
}

async function agent(transport: 'UDP' | 'TCP' = 'UDP'): Promise<LiveLayer> {
  const layer = await openLayer({ transports: [transport] });
  opened.push(layer);
  return layer;
}

const server = ({ port }: Kamailio, transport: 'UDP' | 'TCP' = 'UDP'): Remote => ({ transport, host: loopback, port });

const contactOf = ({ at }: LiveLayer): string => `<sip:alice@${loopback}:${at('UDP').port}>`;

const invite = (layer: LiveLayer): SipRequest =>
  newRequest('INVITE', {
    uri: `sip:alice@${loopback}`,
    to: `<sip:alice@${loopback}>`,
    headers: [{ name: 'Contact', value: contactOf(layer) }],
  });

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends REGISTERs from one port, each as text that can be sent again. */
async function registering(real: Kamailio) {
  const socket: Socket = await udpSocket();
  opened.push(socket);
  return async (registration: Registration): Promise<string> => {
    const answer = once(socket, 'message');
    socket.send(registerText(registration)(socket.address().port), real.port, loopback);
    const [bytes] = (await answer) as [Buffer];
    return bytes.toString().split('\r\n')[0] ?? '';
  };
}

describe('contacts that cannot be reached', () => {
  withKamailio('477 at once where the TCP connection of the only contact is refused', async () => {
    const real = await started();
    await register(real.port, { contacts: [`<sip:alice@${loopback}:${await freePort()};transport=tcp>`] });
    const caller = await agent();
    const beganMs = performance.now();
    expect((await finalOf(caller.layer, invite(caller), server(real))).status).toBe(477);
    expect(performance.now() - beganMs).toBeLessThan(5_000);
  });

  /** Registers over TCP, closes the connection, and says how many bindings there are before and after. */
  async function countsAround(policy: KamailioPolicy): Promise<readonly [number, number]> {
    const real = await started(policy);
    const phone = await agent('TCP');
    const headers = [{ name: 'Contact', value: `<sip:alice@${loopback}:${phone.at('TCP').port};transport=tcp>` }];
    const request = newRequest('REGISTER', { uri: `sip:${loopback}`, to: `<sip:alice@${loopback}>`, headers });
    expect((await finalOf(phone.layer, request, server(real, 'TCP'))).status).toBe(200);
    const before = (await real.bindings()).length;
    await phone.close();
    // Twice the interval at which usrloc looks after its contacts.
    await passed(2_000);
    return [before, (await real.bindings()).length];
  }

  withKamailio('a contact outlives its connection, unless handle_lost_tcp says otherwise', async () => {
    expect(await countsAround({})).toEqual([1, 1]);
    expect(await countsAround({ bindingGoesWithConnection: true })).toEqual([1, 0]);
  });
});

describe('a copy of an un-REGISTER that comes after the contact was registered anew', () => {
  const contacts = [`<sip:alice@${loopback}:6001>`];
  const removal: Registration = { contacts, callId: 'first', sequence: 2, expires: 0 };

  /** What the copy is answered after so long, and how many bindings it leaves. */
  async function afterCopy(policy: KamailioPolicy, newCallId: string, waitMs = 0) {
    const real = await started(policy);
    const send = await registering(real);
    await send({ contacts, callId: 'first', sequence: 1 });
    await send(removal);
    await send({ contacts, callId: newCallId, sequence: 3 });
    await passed(waitMs);
    const answer = await send(removal);
    return { answer, bindings: (await real.bindings()).length };
  }

  withKamailio(
    'without a transaction it is processed anew: a started process has another Call-ID, and is removed',
    async () => {
      expect(await afterCopy({}, 'second')).toEqual({ answer: 'SIP/2.0 200 OK', bindings: 0 });
    },
  );

  withKamailio('of the same Call-ID its CSeq is too low', async () => {
    expect(await afterCopy({}, 'first')).toEqual({ answer: 'SIP/2.0 400 Bad Request', bindings: 1 });
  });

  withKamailio('with t_newtran() it is answered as before and changes nothing', async () => {
    const policy = { registerHasTransaction: true };
    expect(await afterCopy(policy, 'second')).toEqual({ answer: 'SIP/2.0 200 OK', bindings: 1 });
  });

  withKamailio('but only for the 5 s of wt_timer, where RFC 3261 17.2.2 has 32 s', async () => {
    const policy = { registerHasTransaction: true };
    expect(await afterCopy(policy, 'second', 7_000)).toEqual({ answer: 'SIP/2.0 200 OK', bindings: 0 });
  });
});

describe('branches', () => {
  withKamailio('16.7: a 603 on one branch cancels the other one and reaches the caller', async () => {
    const real = await started();
    const [declining, ringing, caller] = [await agent(), await agent(), await agent()];
    await register(real.port, { contacts: [contactOf(declining)] });
    await register(real.port, { contacts: [contactOf(ringing)] });
    declining.layer.onRequest(({ request, respond }) => respond(responseTo(request, 603, { toTag: 'd' })));
    const cancelled = new Promise<string>((resolve) => {
      ringing.layer.onRequest((transaction) => {
        const { request, respond } = transaction;
        respond(responseTo(request, 180, { toTag: 'r' }));
        transaction.onReport(({ type }) => {
          if (type === 'cancelled') respond(responseTo(request, 487, { toTag: 'r' }));
          resolve(type);
        });
      });
    });
    expect((await finalOf(caller.layer, invite(caller), server(real))).status).toBe(603);
    expect(await cancelled).toBe('cancelled');
  });

  /** When the copies of an INVITE reach a phone that never answers, in milliseconds from the first. */
  async function copies(contact: string, seen: readonly number[]) {
    const real = await started();
    await register(real.port, { contacts: [contact] });
    const caller = await agent();
    // Nobody answers: what comes of it is not waited for.
    finalOf(caller.layer, invite(caller), server(real)).catch(() => {});
    await passed(4_500);
    return seen.map((ms) => Math.round((ms - (seen[0] ?? 0)) / 500) * 500);
  }

  withKamailio('17.1.1.2: an INVITE is sent again over UDP, with Timer A', async () => {
    const seen: number[] = [];
    const phone = await udpSocket();
    opened.push(phone);
    phone.on('message', () => seen.push(performance.now()));
    expect(await copies(`<sip:alice@${loopback}:${phone.address().port}>`, seen)).toEqual([0, 500, 1_500, 3_500]);
  });

  withKamailio('and over TCP it is not', async () => {
    const seen: number[] = [];
    const sockets: TcpSocket[] = [];
    const phone = createServer((socket) => {
      sockets.push(socket);
      socket.on('data', () => seen.push(performance.now()));
      socket.on('error', () => {});
    });
    opened.push({ close: () => [phone.close(), ...sockets.map((socket) => socket.destroy())] });
    const port = await freePort();
    const listening = once(phone, 'listening');
    phone.listen(port, loopback);
    await listening;
    expect(await copies(`<sip:alice@${loopback}:${port};transport=tcp>`, seen)).toEqual([0]);
  });
});
