import { randomUUID } from 'node:crypto';
import { z } from 'zod';

/** The services that a stand-in can be, as RFC 8599 10 names them in pn-provider. */
export const pushServiceNames = ['apns', 'fcm'] as const;

export type PushServiceName = (typeof pushServiceNames)[number];

/** What becomes of a push: it is delivered, its token leads nowhere any more, or there were too many. */
export type PushOutcome = 'accepted' | 'unregistered' | 'tooMany';

/** An answer over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** As JSON; nothing where it is absent. */
  readonly body?: object;
}

/** An HTTP request, as far as a push service looks at it. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** A request that asks for a push: the device, the call where one is named, and how each outcome is answered. */
export interface ReadPush {
  readonly token: string;
  /** The Call-ID of the INVITE; null where the push names none, as the one that refreshes a binding (RFC 8599 5.5). */
  readonly callId: string | null;
  readonly answers: (outcome: PushOutcome | 'unknownToken') => HttpAnswer;
}

/** One push service: how a request is read, or what it is refused with. */
export interface PushService {
  /** What a user agent says of itself in its Contact beside the token: pn-param (RFC 8599 10). */
  readonly parameter: string;
  read(request: HttpRequest): ReadPush | HttpAnswer;
}

const mostBytes = 5_120;

const apnsAnswer = (id: string, status: number, reason: string, more: object = {}): HttpAnswer => ({
  status,
  headers: { 'apns-id': id },
  body: { reason, ...more },
});

const apnsPayload = z.object({ aps: z.looseObject({}), 'call-id': z.string().optional() });

/**
 * APNs: POST /3/device/TOKEN with the headers apns-topic and apns-push-type. Apple, "Sending notification requests to
 * APNs" and "Handling notification responses from APNs".
 */
const apns: PushService = {
  parameter: 'DEF123GHIJ.com.example.softphone.voip',
  read({ method, path, header, body }) {
    const id = header('apns-id') ?? randomUUID().toUpperCase();
    const refused = (status: number, reason: string) => apnsAnswer(id, status, reason);
    if (method !== 'POST') return refused(405, 'MethodNotAllowed');
    const token = /^\/3\/device\/([^/?]+)$/.exec(path)?.[1];
    if (token === undefined) return refused(404, 'BadPath');
    if (header('apns-topic') === undefined) return refused(400, 'MissingTopic');
    if (Buffer.byteLength(body) > mostBytes) return refused(413, 'PayloadTooLarge');
    const payload = apnsPayload.safeParse(parsed(body));
    if (!payload.success) return refused(400, body === '' ? 'PayloadEmpty' : 'BadMessagePayload');
    return {
      token,
      callId: payload.data['call-id'] ?? null,
      answers: (outcome) => {
        if (outcome === 'accepted') return { status: 200, headers: { 'apns-id': id } };
        if (outcome === 'unregistered') return apnsAnswer(id, 410, 'Unregistered', { timestamp: Date.now() });
        return outcome === 'tooMany' ? refused(429, 'TooManyRequests') : refused(400, 'BadDeviceToken');
      },
    };
  },
};

const fcmError = (code: number, status: string, message: string, errorCode?: string): HttpAnswer => ({
  status: code,
  ...(code === 429 && { headers: { 'Retry-After': '60' } }),
  body: {
    error: {
      ...{ code, message, status },
      ...(errorCode && {
        details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }],
      }),
    },
  },
});

const fcmMessage = z.object({
  message: z.object({ token: z.string(), data: z.record(z.string(), z.string()).optional() }),
});

/** FCM, HTTP v1: POST /v1/projects/PROJECT/messages:send. Firebase, "projects.messages.send" and "ErrorCode". */
const fcm: PushService = {
  parameter: 'example-softphone',
  read({ method, path, body }) {
    const project = /^\/v1\/projects\/([^/?]+)\/messages:send$/.exec(path)?.[1];
    if (project === undefined || method !== 'POST')
      return fcmError(404, 'NOT_FOUND', 'The requested URL was not found.');
    const read = fcmMessage.safeParse(parsed(body));
    if (!read.success) return fcmError(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.');
    const { token, data = {} } = read.data.message;
    return {
      token,
      callId: data['call-id'] ?? null,
      answers: (outcome) => {
        if (outcome === 'accepted')
          return { status: 200, body: { name: `projects/${project}/messages/${randomUUID()}` } };
        if (outcome === 'unregistered')
          return fcmError(404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED');
        if (outcome === 'tooMany') return fcmError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', 'QUOTA_EXCEEDED');
        return fcmError(400, 'INVALID_ARGUMENT', 'The registration token is not valid.', 'INVALID_ARGUMENT');
      },
    };
  },
};

export const pushServices: Readonly<Record<PushServiceName, PushService>> = { apns, fcm };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
