import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import {
  type HttpAnswer,
  type PushOutcome,
  type PushService,
  type PushServiceName,
  pushServices,
} from './pushServices.ts';

/** A push that the SIP server has asked for, and whose request waits for its answer. */
export interface AskedPush {
  readonly token: string;
  readonly callId: string | null;
  /** Answers the request; the first answer counts. */
  answer(outcome: PushOutcome): void;
}

/** Where the stand-in listens, on 127.0.0.1, and as what; with a certificate over TLS and HTTP/2, as the services do. */
export interface PushListening {
  readonly service: PushServiceName;
  /** 0 is any that is free. */
  readonly port: number;
  readonly identity?: { readonly certificate: string; readonly key: string } | undefined;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** So many problems are told; the others are like them. */
const mostProblems = 5;

/** More than this of a body is not read: a push is small. */
const mostBytes = 16_384;

/**
 * What stands in for APNs or FCM on this machine: it takes the requests that a SIP server sends them, tells whoever has the
 * token, and answers as the service does.
 */
export class PushStandIn {
  readonly service: PushServiceName;
  readonly port: number;
  readonly #server: Server;
  readonly #reads: PushService;
  readonly #devices = new Map<string, (push: AskedPush) => void>();
  readonly #sockets = new Set<Socket>();
  readonly #problems = new Set<string>();

  private constructor(server: Server, service: PushServiceName) {
    this.#server = server;
    this.service = service;
    this.#reads = pushServices[service];
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens. Rejects with the system's error, such as EADDRINUSE. */
  static async listen({ service, port, identity }: PushListening): Promise<PushStandIn> {
    const opened: { standIn?: PushStandIn } = {};
    const respond = (request: Request, response: Response) => void opened.standIn?.respond(request, response);
    // Apple: APNs speaks HTTP/2 and nothing else.
    const server: Server =
      identity === undefined
        ? createServer(respond)
        : createSecureServer(
            { cert: identity.certificate, key: identity.key, allowHTTP1: service !== 'apns' },
            respond,
          );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    opened.standIn = new PushStandIn(server, service);
    return opened.standIn;
  }

  /** pn-param of its devices. */
  get parameter(): string {
    return this.#reads.parameter;
  }

  /** From now on tells whoever has that token of its pushes; returns what ends that. */
  device(token: string, receiver: (push: AskedPush) => void): () => void {
    this.#devices.set(token, receiver);
    return () => this.#devices.delete(token);
  }

  /** What it was asked and could not deliver, the first few, for people. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #note(what: string, { status, body }: HttpAnswer): void {
    if (this.#problems.size < mostProblems) this.#problems.add(`${what} ${status} ${JSON.stringify(body)}`);
  }

  /** Takes a request in. Who is pushed decides when it is answered, and how. */
  async respond(request: Request, response: Response): Promise<void> {
    const body = await bodyOf(request).catch(() => null);
    if (body === null) return;
    const read = this.#reads.read({
      method: request.method ?? '',
      path: request.url ?? '',
      header: (name) => request.headers[name]?.toString(),
      body,
    });
    if (!('answers' in read)) {
      this.#note(`${request.method} ${request.url?.slice(0, 200)} was answered`, read);
      write(response, read);
      return;
    }
    const { token, callId, answers } = read;
    const receiver = this.#devices.get(token);
    if (receiver === undefined) {
      const answer = answers('unknownToken');
      this.#note(`a push to the token ${token.slice(0, 200)}, which no run has, was answered`, answer);
      write(response, answer);
    } else receiver({ token, callId, answer: (outcome) => write(response, answers(outcome)) });
  }
}

function write(response: Response, { status, headers = {}, body }: HttpAnswer): void {
  if (response.writableEnded || response.destroyed) return;
  const text = body === undefined ? '' : `${JSON.stringify(body)}\n`;
  response.statusCode = status;
  const type = body === undefined ? {} : { 'content-type': 'application/json; charset=UTF-8' };
  for (const [name, value] of Object.entries({ ...headers, ...type })) response.setHeader(name, value);
  response.end(text);
}

/** The body, or so much of it that it is seen to be too long; rejects where the request breaks off. */
function bodyOf(request: Request): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      if (length <= mostBytes) chunks.push(chunk);
      length += chunk.length;
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('aborted', () => reject(new Error('the request has broken off')));
  });
}
