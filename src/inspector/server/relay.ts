import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type Cleared,
  type ClearRequest,
  type ConnectedEvent,
  type ConnectionEnded,
  overConnection,
  withoutHistory,
} from '../protocol/connections.ts';
import { type InspectionEvent, parseInspectionEvent } from '../protocol/inspectionEvent.ts';
import { refusalOfSocket } from './guard.ts';

/** More events than this of applications are not kept: a page could not show them. */
const mostEvents = 100_000;
const largestMessageBytes = 16 * 2 ** 20;

/** So much text of applications is kept for whoever comes later, and so much waits for a listener that is slow. */
const [mostCharacters, mostBacklogBytes] = [64 * 2 ** 20, 128 * 2 ** 20];

/** WebSocket's own numbers for what was sent and cannot be taken. */
const [notUnderstood, tooMuch] = [1007, 1009];

/** What a page sends that wants everything forgotten. */
const clearRequest = JSON.stringify({ type: '@ringproof.clear' } satisfies ClearRequest);

/**
 * Passes the inspection of applications on to whoever listens, from the first actor on whenever they come.
 * `/inspect` begins with the run that the inspector was started with; `/live` has the applications only, and says which
 * of them have gone; a listener there can have what happened so far forgotten.
 */
export class Relay {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes });
  #live: string[] = [];
  /** Who listens to `/live`. */
  readonly #pages = new Set<WebSocket>();
  /** Who waits for the run with which it begins, and hears nothing else before. */
  readonly #waiting = new Set<WebSocket>();
  /** Those that have sent something, with their numbers. */
  readonly #applications = new Map<WebSocket, number>();
  #ended: string[] = [];
  #lastApplication = 0;
  #characters = 0;
  readonly #run: () => Promise<readonly InspectionEvent[]>;

  constructor(run: () => Promise<readonly InspectionEvent[]>) {
    this.#run = run;
  }

  /** Takes the WebSockets of a server. */
  attach(server: Server, token: string): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const path = (request.url ?? '').slice(`/${token}`.length);
      const refusal = refusalOfSocket(request, request.socket.localPort ?? 0, token);
      if (refusal !== null || (path !== '/inspect' && path !== '/live')) {
        const { status, why } = refusal ?? { status: 404, why: 'there is nothing at this address' };
        // Whoever is refused may have gone before it is told.
        socket.on('error', () => socket.destroy());
        socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${why}\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client, path === '/inspect'));
    });
  }

  close(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }

  #welcome(client: WebSocket, hearsRun: boolean): void {
    if (hearsRun) void this.#tellRun(client);
    else {
      this.#pages.add(client);
      for (const text of [...this.#live, ...this.#ended]) client.send(text);
    }
    client.on('error', () => client.terminate());
    client.on('close', () => this.#bye(client));
    client.on('message', (data) => {
      if (this.#pages.has(client) && String(data) === clearRequest) this.#clear();
      else this.#take(client, String(data));
    });
  }

  /** The run first, then what happened while it was worked out. */
  async #tellRun(client: WebSocket): Promise<void> {
    this.#waiting.add(client);
    const events = await this.#run();
    for (const event of events) this.#pass(client, JSON.stringify(event));
    for (const text of this.#live) this.#pass(client, text);
    this.#waiting.delete(client);
  }

  /** Forgets what happened so far, which leaves room for what is to come. */
  #clear(): void {
    const connected = new Set(this.#applications.values());
    const told = this.#live.map((text): ConnectedEvent => JSON.parse(text));
    const events = withoutHistory(told, (connection) => connected.has(connection));
    this.#live = events.map((one) => JSON.stringify(one));
    this.#ended = [];
    this.#characters = this.#live.reduce((sum, { length }) => sum + length, 0);
    const cleared = JSON.stringify({ type: '@ringproof.cleared', events } satisfies Cleared);
    for (const page of this.#pages) this.#pass(page, cleared);
  }

  #bye(client: WebSocket): void {
    this.#pages.delete(client);
    const connection = this.#applications.get(client);
    this.#applications.delete(client);
    if (connection === undefined) return;
    const text = JSON.stringify({ type: '@ringproof.ended', connection } satisfies ConnectionEnded);
    this.#ended.push(text);
    for (const page of this.#pages) page.send(text);
  }

  #connectionOf(client: WebSocket): number {
    const known = this.#applications.get(client);
    if (known !== undefined) return known;
    this.#lastApplication += 1;
    this.#applications.set(client, this.#lastApplication);
    return this.#lastApplication;
  }

  #take(from: WebSocket, given: string): void {
    const event = parseInspectionEvent(given);
    if (event === null) {
      from.close(notUnderstood, 'expected an event of @statelyai/inspect');
      return;
    }
    if (this.#live.length >= mostEvents) {
      from.close(tooMuch, `more than ${mostEvents} events: start the inspector anew`);
      return;
    }
    const text = JSON.stringify(overConnection(event, this.#connectionOf(from)));
    if (this.#characters + text.length > mostCharacters) {
      from.close(tooMuch, `more than ${mostCharacters / 2 ** 20} MiB of events: start the inspector anew`);
      return;
    }
    this.#characters += text.length;
    this.#live.push(text);
    for (const client of this.#sockets.clients) {
      if (client !== from && !this.#waiting.has(client)) this.#pass(client, text);
    }
  }

  /** Who does not take what it listens to is let go: what waits for it is kept in memory. */
  #pass(client: WebSocket, text: string): void {
    if (client.readyState !== WebSocket.OPEN) return;
    if (client.bufferedAmount > mostBacklogBytes) client.terminate();
    else client.send(text);
  }
}
