import { afterEach, describe, expect, it } from 'vitest';
import { headerValue } from '../../../src/sip/message/headers.ts';
import { responseTo } from '../../../src/sip/message/response.ts';
import type { ServerTransaction } from '../../../src/sip/transactions/transactionLayer.ts';
import type { TransportOptions } from '../../../src/sip/transports/openTransports.ts';
import type { Tap, TransportName } from '../../../src/sip/transports/transport.ts';
import { inDialog, newRequest } from '../transactions/requests.ts';
import { selfSigned, withOpenssl } from './certificates.ts';
import { type LiveLayer, openLayer } from './liveLayer.ts';
import { registrar } from './registrarInTests.ts';
import { finalOf, finalWithDigest } from './userAgent.ts';

const opened: LiveLayer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function twoLayers(options: TransportOptions, tap?: Tap) {
  const alice = await openLayer(options, tap);
  opened.push(alice);
  const bob = await openLayer(options);
  opened.push(bob);
  return { alice, bob };
}

type Pair = Awaited<ReturnType<typeof twoLayers>>;

/** The next request that comes. */
const nextRequest = ({ layer }: LiveLayer) => new Promise<ServerTransaction>((resolve) => layer.onRequest(resolve));

const answer = (transaction: ServerTransaction, status: number) =>
  transaction.respond(responseTo(transaction.request, status, { toTag: 'b' }));

async function registers({ alice, bob }: Pair, transport: TransportName) {
  bob.layer.onRequest(registrar);
  const headers = [{ name: 'Contact', value: '<sip:alice@127.0.0.1:6000>' }];
  const response = await finalWithDigest(alice.layer, 'REGISTER', { headers }, bob.at(transport));
  expect(response.status).toBe(200);
  expect(headerValue(response, 'Contact')).toBe('<sip:alice@127.0.0.1:6000>');
}

async function calls({ alice, bob }: Pair, transport: TransportName) {
  const to = bob.at(transport);
  const incoming = nextRequest(bob);
  const seen: number[] = [];
  const accepted = new Promise<void>((resolve) => {
    alice.layer.request(newRequest('INVITE', { callId: 'call-2' }), to, (report) => {
      if (!('response' in report)) throw new Error(report.type);
      seen.push(report.response.status);
      if (report.type !== 'final') return;
      alice.layer.acknowledge(inDialog('ACK', report.response, { callId: 'call-2' }), to);
      resolve();
    });
  });
  const invite = await incoming;
  const acknowledged = new Promise<string>((resolve) => invite.onReport(({ type }) => resolve(type)));
  answer(invite, 180);
  answer(invite, 200);
  await accepted;
  expect(seen).toEqual([180, 200]);
  expect(await acknowledged).toBe('acknowledged');
  bob.layer.onRequest((bye) => answer(bye, 200));
  const bye = newRequest('BYE', { callId: 'call-2', number: 2, to: '<sip:bob@127.0.0.1>;tag=b' });
  expect((await finalOf(alice.layer, bye, to)).status).toBe(200);
}

async function cancels({ alice, bob }: Pair, transport: TransportName) {
  const incoming = nextRequest(bob);
  const final = new Promise<number>((resolve) => {
    const call = alice.layer.request(newRequest('INVITE', { callId: 'call-3' }), bob.at(transport), (report) => {
      if (report.type === 'provisional') call.cancel();
      else resolve('response' in report ? report.response.status : 0);
    });
  });
  const invite = await incoming;
  invite.onReport(({ type }) => type === 'cancelled' && answer(invite, 487));
  answer(invite, 180);
  expect(await final).toBe(487);
}

describe.each(['UDP', 'TCP'] as const)('over %s two layers', (transport) => {
  const options = { transports: [transport] };
  it('register with digest', async () => registers(await twoLayers(options), transport));
  it('call: INVITE, 180, 200, ACK, BYE', async () => calls(await twoLayers(options), transport));
  it('cancel a call', async () => cancels(await twoLayers(options), transport));
});

describe('over TLS two layers', () => {
  const trusting = () => {
    const tls = selfSigned();
    return { transports: ['TLS'] as const, tls: { ...tls, authorities: tls.certificate } };
  };
  withOpenssl('register with digest', async () => registers(await twoLayers(trusting()), 'TLS'));
  withOpenssl('call: INVITE, 180, 200, ACK, BYE', async () => calls(await twoLayers(trusting()), 'TLS'));
  withOpenssl('cancel a call', async () => cancels(await twoLayers(trusting()), 'TLS'));

  withOpenssl('refuse a certificate that nobody signed, unless told otherwise', async () => {
    const strict = await twoLayers({ transports: ['TLS'], tls: selfSigned() });
    const request = () => newRequest('OPTIONS');
    await expect(finalOf(strict.alice.layer, request(), strict.bob.at('TLS'))).rejects.toThrow(/self-signed/);
    const lenient = await twoLayers({ transports: ['TLS'], tls: { ...selfSigned(), rejectUnauthorized: false } });
    expect((await finalOf(lenient.alice.layer, request(), lenient.bob.at('TLS'))).status).toBe(501);
  });

  it('cannot be opened without a certificate', async () => {
    await expect(twoLayers({ transports: ['UDP', 'TLS'] })).rejects.toThrow('expected a key and a certificate');
  });
});

describe('a connection', () => {
  it('is used in both directions: a request to the peer of an open one opens none', async () => {
    const datagrams: string[] = [];
    const { alice, bob } = await twoLayers({ transports: ['TCP'] }, (direction, bytes, local, remote) => {
      datagrams.push(`${direction} ${Buffer.from(bytes).toString().split(' ')[0]} ${local.port} ${remote.port}`);
    });
    const incoming = nextRequest(bob);
    alice.layer.request(newRequest('OPTIONS'), bob.at('TCP'), () => {});
    const { source } = await incoming;
    expect(source.port).not.toBe(alice.at('TCP').port);
    alice.layer.onRequest((transaction) => answer(transaction, 200));
    const contact = { transport: 'TCP', host: source.host, port: source.port } as const;
    expect((await finalOf(bob.layer, newRequest('NOTIFY'), contact)).status).toBe(200);
    const flow = `${source.port} ${bob.at('TCP').port}`;
    expect(datagrams.slice(0, 3)).toEqual([`sent OPTIONS ${flow}`, `received NOTIFY ${flow}`, `sent SIP/2.0 ${flow}`]);
  });

  it('that nobody accepts is a reported failure', async () => {
    const { alice, bob } = await twoLayers({ transports: ['TCP'] });
    const gone = bob.at('TCP');
    await bob.close();
    await expect(finalOf(alice.layer, newRequest('OPTIONS'), gone)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('nothing is sent to a host that the user has not allowed', () => {
  it.each(['192.0.2.1', '0.0.0.0', '128.0.0.1', 'example.com', '127.0.0.1.example.com', '::ffff:192.0.2.1'])(
    '%s',
    async (host) => {
      const sent: unknown[] = [];
      const { alice } = await twoLayers({ transports: ['UDP', 'TCP'] }, (direction) => sent.push(direction));
      for (const transport of ['UDP', 'TCP'] as const) {
        const refused = finalOf(alice.layer, newRequest('OPTIONS'), { transport, host, port: 5060 });
        await expect(refused).rejects.toThrow(
          `found host ${host}; expected loopback or a host that you have allowed (none was named)`,
        );
      }
      expect(sent).toEqual([]);
    },
  );

  it('but localhost is loopback', async () => {
    const { alice, bob } = await twoLayers({ transports: ['UDP', 'TCP'] });
    for (const transport of ['UDP', 'TCP'] as const) {
      const to = { ...bob.at(transport), host: 'localhost' };
      expect((await finalOf(alice.layer, newRequest('OPTIONS'), to)).status).toBe(501);
    }
  });
});
