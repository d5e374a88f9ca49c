import { connect } from 'node:http2';
import { request } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import type { PushOutcome } from '../../src/live/push/pushServices.ts';
import { type PushListening, PushStandIn } from '../../src/live/push/pushStandIn.ts';
import { selfSigned, withOpenssl } from '../sip/transports/certificates.ts';

const opened: PushStandIn[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** One that has the device `known`, and how it is asked over HTTP/1.1. */
async function standIn(service: PushListening['service'], outcome: PushOutcome = 'accepted') {
  const listening = await PushStandIn.listen({ service, port: 0 });
  opened.push(listening);
  const callIds: (string | null)[] = [];
  listening.device('known', ({ callId, answer }) => {
    callIds.push(callId);
    answer(outcome);
    answer('tooMany');
  });
  const ask = async (path: string, body: string, headers = {}, method = 'POST') => {
    const sent = method === 'GET' ? {} : { body };
    const response = await fetch(`http://127.0.0.1:${listening.port}${path}`, { method, headers, ...sent });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  };
  return { listening, callIds, ask };
}

const topic = { 'apns-topic': 'com.example.softphone.voip' };
const apnsBody = JSON.stringify({ aps: {}, 'call-id': 'c' });
const fcmPath = '/v1/projects/p/messages:send';
const fcmBody = (token: string) => JSON.stringify({ message: { token, data: { 'call-id': 'c' } } });

describe('as APNs', () => {
  test.each([
    ['accepted', 200, null],
    ['unregistered', 410, { reason: 'Unregistered', timestamp: expect.any(Number) }],
    ['tooMany', 429, { reason: 'TooManyRequests' }],
  ] as const)('%s', async (outcome, status, body) => {
    const { ask, callIds } = await standIn('apns', outcome);
    const answer = await ask('/3/device/known', apnsBody, { ...topic, 'apns-id': 'A-1' });
    expect(answer).toMatchObject({ status, body });
    expect(answer.headers.get('apns-id')).toBe('A-1');
    expect(callIds).toEqual(['c']);
  });

  test('a push that names no call refreshes a binding', async () => {
    const { ask, callIds } = await standIn('apns');
    await ask('/3/device/known', '{"aps":{}}', topic);
    expect(callIds).toEqual([null]);
  });

  test.each([
    ['/3/device/unknown', apnsBody, topic, 'POST', 400, 'BadDeviceToken'],
    ['/3/device/known', apnsBody, {}, 'POST', 400, 'MissingTopic'],
    ['/3/devices/known', apnsBody, topic, 'POST', 404, 'BadPath'],
    ['/3/device/known', '', topic, 'GET', 405, 'MethodNotAllowed'],
    ['/3/device/known', '', topic, 'POST', 400, 'PayloadEmpty'],
    ['/3/device/known', '{"aps":', topic, 'POST', 400, 'BadMessagePayload'],
    ['/3/device/known', JSON.stringify({ aps: { alert: 'x'.repeat(5_120) } }), topic, 'POST', 413, 'PayloadTooLarge'],
    ['/3/device/known', 'x'.repeat(100_000), topic, 'POST', 413, 'PayloadTooLarge'],
  ])('%s with %.12s is refused and named', async (path, body, headers, method, status, reason) => {
    const { ask, callIds, listening } = await standIn('apns');
    expect(await ask(path, body, headers, method)).toMatchObject({ status, body: { reason } });
    expect(callIds).toEqual([]);
    expect(listening.problems).toEqual([expect.stringContaining(`${status} {"reason":"${reason}"}`)]);
  });

  withOpenssl('over TLS it speaks HTTP/2, and nothing else', async () => {
    const identity = selfSigned();
    const listening = await PushStandIn.listen({ service: 'apns', port: 0, identity });
    opened.push(listening);
    listening.device('known', ({ answer }) => answer('accepted'));
    const session = connect(`https://127.0.0.1:${listening.port}`, { ca: identity.certificate });
    const status = await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({ ':method': 'POST', ':path': '/3/device/known', ...topic });
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.end(apnsBody);
    });
    session.close();
    expect(status).toBe(200);
    const inHttp1 = await new Promise((resolve) => {
      const asked = request(`https://127.0.0.1:${listening.port}/3/device/known`, {
        ...{ ca: identity.certificate, method: 'POST', headers: topic },
      });
      asked.on('response', (response) => resolve(response.statusCode));
      asked.on('error', ({ message }) => resolve(message));
      asked.end(apnsBody);
    });
    expect(inHttp1).not.toBe(200);
  });
});

describe('as FCM', () => {
  test.each([
    ['accepted', 200, { name: expect.stringMatching(/^projects\/p\/messages\/./) }],
    [
      'unregistered',
      404,
      { error: { code: 404, status: 'NOT_FOUND', details: [expect.objectContaining({ errorCode: 'UNREGISTERED' })] } },
    ],
    [
      'tooMany',
      429,
      { error: { status: 'RESOURCE_EXHAUSTED', details: [expect.objectContaining({ errorCode: 'QUOTA_EXCEEDED' })] } },
    ],
  ] as const)('%s', async (outcome, status, body) => {
    const { ask, callIds } = await standIn('fcm', outcome);
    const answer = await ask(fcmPath, fcmBody('known'));
    expect(answer).toMatchObject({ status, body });
    expect(answer.headers.get('retry-after')).toBe(status === 429 ? '60' : null);
    expect(callIds).toEqual(['c']);
  });

  test.each([
    [fcmPath, fcmBody('unknown'), 400, 'INVALID_ARGUMENT'],
    [fcmPath, '{}', 400, 'INVALID_ARGUMENT'],
    ['/fcm/send', fcmBody('known'), 404, 'NOT_FOUND'],
  ])('%s with %s is refused', async (path, body, status, name) => {
    const { ask, callIds } = await standIn('fcm');
    expect(await ask(path, body)).toMatchObject({ status, body: { error: { status: name } } });
    expect(callIds).toEqual([]);
  });
});
