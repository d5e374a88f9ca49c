import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nearestWord } from '../../sim/input/nearestWord.ts';
import { documentOf, longestWaitMs, mostBytes, readMessage, type Side } from './controlMessages.ts';
import { type Counterpart, Inbox } from './counterpart.ts';
import { Mailbox } from './mailbox.ts';

/** An answer: its status and JSON, and the methods that the path takes where the status is 405. */
interface Answer {
  readonly status: number;
  readonly body: object;
  readonly allow?: string;
}

const problem = (status: number, error: string, allow?: string): Answer => ({
  status,
  body: { error },
  ...(allow !== undefined && { allow }),
});

/** One run of one account. */
interface Conversation {
  readonly inbox: Inbox;
  readonly mailbox: Mailbox;
  readonly over: AbortController;
  readonly arrived: () => void;
}

/**
 * The interface by which somebody else's app or push server talks to the side that is played here: what the one says is
 * posted, what the other says is asked for. It listens on 127.0.0.1 only.
 */
export class ControlServer {
  readonly port: number;
  readonly #server: Server;
  readonly #side: Side;
  readonly #conversations = new Map<string, Conversation>();

  private constructor(server: Server, side: Side) {
    this.#server = server;
    this.#side = side;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Listens for the side that is somebody else's. Rejects with the system's error, such as EADDRINUSE. */
  static async listen(port: number, side: Side): Promise<ControlServer> {
    const opened: { control?: ControlServer } = {};
    const server = createServer((request, response) => void opened.control?.respond(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    opened.control = new ControlServer(server, side);
    return opened.control;
  }

  /** Opens the conversation of a run, which begins when the other side asks for messages. */
  counterpart(user: string, signal: AbortSignal): Counterpart {
    const [inbox, mailbox, over] = [new Inbox(), new Mailbox(), new AbortController()];
    const isThere = new Promise<boolean>((resolve) => {
      this.#conversations.set(user, { inbox, mailbox, over, arrived: () => resolve(true) });
      if (signal.aborted) resolve(false);
      signal.addEventListener('abort', () => resolve(false), { once: true });
    });
    return {
      isThere,
      problems: inbox.problems,
      tell: (message, uriOf) => mailbox.put(documentOf(message, uriOf)),
      listen: (receiver) => inbox.listen(receiver),
      close: () => {
        over.abort();
        this.#conversations.delete(user);
      },
    };
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Answers a request; whatever it is, with JSON. */
  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, allow } = await this.#answer(request).catch((error: Error) => problem(400, error.message));
    response.writeHead(status, { 'Content-Type': 'application/json', ...(allow && { Allow: allow }) });
    response.end(`${JSON.stringify(body)}\n`);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, accounts, user = '', messages, ...more] = url.pathname.split('/').map(decodeURIComponent);
    if (accounts !== 'accounts' || messages !== 'messages' || more.length > 0)
      return problem(404, `found ${url.pathname.slice(0, 200)}; expected /accounts/USER/messages`);
    const conversation = this.#conversations.get(user);
    if (conversation === undefined) return this.#noRun(user);
    if (request.method === 'GET') return this.#said(conversation, url.searchParams);
    if (request.method === 'POST') return this.#hear(conversation, request);
    return problem(405, `found ${request.method}; expected GET or POST`, 'GET, POST');
  }

  #noRun(user: string): Answer {
    const users = [...this.#conversations.keys()];
    const near = nearestWord(user, users);
    const expected = users.length === 0 ? 'the run to begin' : `one of ${users.slice(0, 10).join(', ')}`;
    return problem(
      404,
      `no run of ${user.slice(0, 100)} goes on; expected ${expected}${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }

  async #said({ mailbox, arrived, over }: Conversation, query: URLSearchParams): Promise<Answer> {
    const unknown = [...query.keys()].find((name) => name !== 'after' && name !== 'waitMs');
    if (unknown !== undefined)
      return problem(400, `found the parameter ${unknown.slice(0, 100)}; expected after, waitMs`);
    const [after, waitMs] = [query.get('after') ?? '0', query.get('waitMs') ?? '0'];
    if (!/^\d{1,9}$/.test(after))
      return problem(400, `after: found ${after.slice(0, 100)}; expected a number of a message, or 0`);
    if (!/^\d{1,5}$/.test(waitMs) || Number(waitMs) > longestWaitMs)
      return problem(400, `waitMs: found ${waitMs.slice(0, 100)}; expected 0 to ${longestWaitMs}`);
    arrived();
    return { status: 200, body: { messages: await mailbox.after(Number(after), Number(waitMs), over.signal) } };
  }

  async #hear({ inbox }: Conversation, request: IncomingMessage): Promise<Answer> {
    // A page in a browser could post text to this port without asking, but no JSON.
    const type = request.headers['content-type'] ?? 'nothing';
    if (!/^application\/json\b/i.test(type))
      return problem(415, `Content-Type: found ${type.slice(0, 100)}; expected application/json`);
    const text = await bodyOf(request);
    if (text === null) return problem(413, `found more than ${mostBytes} bytes; expected one message`);
    const value = parsed(text);
    if (value === undefined) return problem(400, 'found no JSON; expected a message');
    const read = readMessage(value, this.#side);
    inbox.take(read);
    return 'problem' in read ? problem(400, read.problem) : { status: 202, body: {} };
  }
}

/** The body, or null where it is too long, in which case the rest is not kept. */
function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > mostBytes) resolve(null);
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
