import { afterEach, describe, expect } from 'vitest';
import { addressesOf, headerValues } from '../../src/sip/message/headers.ts';
import type { SipResponse } from '../../src/sip/message/message.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { uriText } from '../../src/sip/message/uri.ts';
import type { Remote } from '../../src/sip/transports/transport.ts';
import { inDialog, newRequest, type RequestParts } from '../sip/transactions/requests.ts';
import { type LiveLayer, openLayer } from '../sip/transports/liveLayer.ts';
import { finalOf, finalWithDigest } from '../sip/transports/userAgent.ts';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** Where a request within the dialog goes: to the contact of the other side, along the recorded route (RFC 3261 12.2.1.1). */
function dialogParts(answer: SipResponse): RequestParts {
  const [contact] = addressesOf(answer, 'Contact');
  const route = headerValues(answer, 'Record-Route').reverse();
  return {
    uri: contact === undefined ? '' : uriText(contact.uri),
    callId: 'kamailio-call',
    headers: route.map((value) => ({ name: 'Route', value })),
  };
}

async function registered(name: string, server: Remote, contactOf: (own: Remote) => string) {
  const agent = await openLayer({ transports: [server.transport] });
  opened.push(agent);
  const headers = [{ name: 'Contact', value: `<${contactOf(agent.at(server.transport))}>` }];
  const parts = { uri: 'sip:127.0.0.1', to: '<sip:alice@127.0.0.1>', callId: `register-${name}`, headers };
  const response = await finalWithDigest(agent.layer, 'REGISTER', parts, server);
  expect(response.status).toBe(200);
  expect(addressesOf(response, 'Contact')).toHaveLength(1);
  return agent;
}

/** Rings, accepts, and says when the ACK and the BYE have come. */
function answers({ layer }: LiveLayer, contact: string): Promise<string[]> {
  const seen: string[] = [];
  return new Promise((resolve) => {
    layer.onRequest((transaction) => {
      const { request, respond } = transaction;
      seen.push(request.method);
      transaction.onReport(({ type }) => seen.push(type));
      const headers = [{ name: 'Contact', value: `<${contact}>` }];
      if (request.method === 'INVITE') respond(responseTo(request, 180, { toTag: 'b', headers }));
      respond(responseTo(request, 200, { toTag: 'b', headers }));
      if (request.method === 'BYE') resolve(seen);
    });
  });
}

describe.each([
  ['UDP', 'MD5'],
  ['TCP', 'SHA-256'],
] as const)('over %s, with %s', (transport, algorithm) => {
  withKamailio('Kamailio takes our REGISTER with digest, and our INVITE reaches who has registered', async () => {
    const kamailio = await Kamailio.start({ password: 'secret', algorithm });
    opened.push(kamailio);
    const server: Remote = { transport, host: '127.0.0.1', port: kamailio.port };
    const parameter = transport === 'TCP' ? ';transport=tcp' : '';
    const contactOf = ({ port }: Remote) => `sip:alice@127.0.0.1:${port}${parameter}`;
    const callee = await registered('callee', server, contactOf);
    const seen = answers(callee, contactOf(callee.at(transport)));
    const caller = await openLayer({ transports: [transport] });
    opened.push(caller);
    const own = [{ name: 'Contact', value: `<${contactOf(caller.at(transport))}>` }];
    const invite = newRequest('INVITE', {
      uri: 'sip:alice@127.0.0.1',
      to: '<sip:alice@127.0.0.1>',
      callId: 'kamailio-call',
      headers: own,
    });
    const accepted = await finalOf(caller.layer, invite, server);
    expect(accepted.status).toBe(200);
    caller.layer.acknowledge(inDialog('ACK', accepted, dialogParts(accepted)), server);
    const bye = await finalOf(caller.layer, inDialog('BYE', accepted, { ...dialogParts(accepted), number: 2 }), server);
    expect(bye.status).toBe(200);
    expect(await seen).toEqual(['INVITE', 'acknowledged', 'BYE']);
  });

  withKamailio('Kamailio refuses a wrong password', async () => {
    const kamailio = await Kamailio.start({ password: 'other', algorithm });
    opened.push(kamailio);
    const agent = await openLayer({ transports: [transport] });
    opened.push(agent);
    const headers = [{ name: 'Contact', value: '<sip:alice@127.0.0.1:6000>' }];
    const parts = { uri: 'sip:127.0.0.1', to: '<sip:alice@127.0.0.1>', headers };
    const server: Remote = { transport, host: '127.0.0.1', port: kamailio.port };
    expect((await finalWithDigest(agent.layer, 'REGISTER', parts, server)).status).toBe(401);
  });
});
