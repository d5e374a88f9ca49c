import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Boot, Offered } from '../model/boot.ts';
import { firstSightStyles } from '../model/firstSight.ts';
import { runExperiment } from '../model/running.ts';
import type { InspectionEvent } from '../protocol/inspectionEvent.ts';
import { inspectionEvents } from '../protocol/inspectionEvents.ts';
import { Contents } from './contents.ts';
import { type Inline, newToken, refusalOf, securityHeaders } from './guard.ts';
import { answerModule, type ModuleMachines } from './moduleAnswers.ts';
import { pageFolder } from './pageFolder.ts';
import { Relay } from './relay.ts';

/** What can be had, and as what. */
const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['page.js', 'text/javascript; charset=utf-8'],
  ['worker.js', 'text/javascript; charset=utf-8'],
  ['writer.js', 'text/javascript; charset=utf-8'],
  ['captureReader.js', 'text/javascript; charset=utf-8'],
  ['scenarioReader.js', 'text/javascript; charset=utf-8'],
  ['charts.json', 'application/json; charset=utf-8'],
  ['page.css', 'text/css; charset=utf-8'],
  ['elk-worker.js', 'text/javascript; charset=utf-8'],
]);

/** A server that shows the page. */
export interface Inspector {
  /** The whole address, token included. */
  readonly url: string;
  /** Where XState 5 applications are inspected, and viewers listen. */
  readonly inspectUrl: string;
  readonly close: () => Promise<void>;
}

/** The page with its styles, that it is drawn without waiting for any other file, and without its programme, which it adds once it is. */
const drawnAlone = (html: string, styles: string): string =>
  html
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${styles}${firstSightStyles}</style>`)
    .replace(/<script type="module"[^>]*><\/script>/, '')
    .replaceAll(/<!--.*?-->/gs, '');

/** The theme that the reader chose, of which the page keeps a cookie: to read that takes a page longer than to be drawn. */
const themeIn = (cookies = ''): string => /(?:^|; )ringproof-theme=(light|dark)(?:;|$)/.exec(cookies)?.[1] ?? 'system';

/** The page with whether the server has its run, and its verdict. */
const withVerdict = (html: string, theme: string, hasRun: boolean, verdict: string): string =>
  html
    .replace('<html', () => `<html data-theme="${theme}"${hasRun ? ' data-opened' : ''}`)
    .replace('<p class="starting">', (starting) => `${verdict}${starting}`);

/** The scripts or styles that stand in the page itself, as a policy names them. */
const hashesIn = (html: string, element: 'script' | 'style'): string[] =>
  [...html.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );

/** What is shown, and whoever has the machines of its module, where it is of one. */
export interface Shown {
  readonly boot: Boot;
  /** The scenarios that come with the page. */
  readonly scenarios: () => readonly Offered[];
  readonly machines?: ModuleMachines;
  /** The run of the module as it is by then, for whoever listens to it as to an application. */
  readonly run?: () => Promise<readonly InspectionEvent[]>;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  { machines }: Shown,
  contents: Contents,
): Promise<void> {
  const port = request.socket.localPort ?? 0;
  const send = (status: number, type: string, body: string, inline: Inline = {}) => {
    response.writeHead(status, { ...securityHeaders(inline), 'Content-Type': type });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const refusal = refusalOf(request, port, token);
  if (refusal !== null) return send(refusal.status, 'text/plain; charset=utf-8', `${refusal.why}\n`);
  const [address = '/'] = (request.url ?? '/').split('?');
  if (address === `/${token}`) {
    // What the page asks for is relative to its address. The fragment stays.
    response.writeHead(308, { ...securityHeaders(), Location: `${address}/` });
    response.end();
    return;
  }
  const path = address.slice(`/${token}/`.length);
  const name = path === '' ? 'index.html' : path;
  if (request.method === 'POST' && machines !== undefined) {
    const { status, json } = await answerModule(machines, request, response);
    return send(status, 'application/json; charset=utf-8', json);
  }
  const json = request.method === 'POST' ? null : await contents.at(name);
  if (json !== null) return send(200, 'application/json; charset=utf-8', json);
  const type = request.method === 'POST' ? undefined : mediaTypes.get(name);
  if (type === undefined) return send(404, 'text/plain; charset=utf-8', 'there is nothing at this address\n');
  if (name !== 'index.html') return send(200, type, await readFile(`${pageFolder}/${name}`, 'utf8'));
  const { html, inline } = await pageOf(themeIn(request.headers.cookie), contents);
  send(200, type, html, inline);
}

/** The page, and the scripts and styles that stand in it, which are the same for whatever it is given. */
async function pageOf(theme: string, contents: Contents): Promise<{ html: string; inline: Inline }> {
  const text = await readFile(`${pageFolder}/index.html`, 'utf8');
  const styled = drawnAlone(text, await readFile(`${pageFolder}/page.css`, 'utf8'));
  const verdict = (await contents.run?.verdict()) ?? '';
  return {
    html: withVerdict(styled, theme, contents.run !== null, verdict),
    inline: { scripts: hashesIn(styled, 'script'), styles: hashesIn(styled, 'style') },
  };
}

/** The run that the page was started with, of our machines. */
const eventsOf = async ({ opened }: Boot): Promise<readonly InspectionEvent[]> =>
  opened === null ? [] : inspectionEvents(runExperiment(opened));

/** Serves the page on 127.0.0.1 only; port 0 takes any that is free. Rejects with the system's error, such as EADDRINUSE. */
export async function startInspector(shown: Shown, port: number): Promise<Inspector> {
  const token = newToken();
  const contents = new Contents(shown.boot, shown.scenarios);
  const server = createServer((request, response) => {
    respond(request, response, token, shown, contents).catch((error: Error) => {
      response.writeHead(500, securityHeaders());
      response.end(`${error.message}\n`);
    });
  });
  const relay = new Relay(shown.run ?? (() => eventsOf(shown.boot)));
  relay.attach(server, token);
  await listening(server, port);
  const { port: taken } = server.address() as AddressInfo;
  void contents.prepare();
  return {
    url: `http://127.0.0.1:${taken}/${token}/`,
    inspectUrl: `ws://127.0.0.1:${taken}/${token}/inspect`,
    close: () => {
      shown.machines?.close();
      relay.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
