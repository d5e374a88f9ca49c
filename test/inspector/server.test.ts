import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulate } from '../../src/sim/run/simulate.ts';
import { traceVersion } from '../../src/sim/trace/trace.ts';
import { ringproof } from '../support/commandLine.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { Inspecting } from './inspecting.ts';

const packed = (value: unknown): string => deflateRawSync(JSON.stringify(value)).toString('base64url');

const folder = mkdtempSync(join(tmpdir(), 'ringproof-server-'));
const inspecting = new Inspecting('call-in-foreground');
let url: URL;

beforeAll(async () => {
  url = new URL(await inspecting.url);
});

afterAll(() => {
  inspecting.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: url.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });

describe('the server of the page', () => {
  test('gives the page to whom it gave the address, with a policy that lets nothing in or out', async () => {
    const { status, headers, body } = await ask(url.pathname);
    expect(status).toBe(200);
    expect(body).toContain("fetch('boot.json')");
    expect(JSON.parse((await ask(`${url.pathname}boot.json`)).body)).toHaveProperty('opened');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('allows the one script that stands in the page, and no other', async () => {
    const { headers, body } = await ask(url.pathname);
    const [[, script = ''] = []] = [...body.matchAll(/<script>(.*?)<\/script>/gs)];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(headers['content-security-policy']).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect((await ask(`${url.pathname}page.js`)).headers['content-security-policy']).toContain("script-src 'self';");
  });

  test.each([
    ['a wrong token', () => ask('/wrong/'), 403, /without the right token; expected the whole address/],
    ['no token', () => ask('/'), 403, /without the right token/],
    ['what the page is given without the token', () => ask('/boot.json'), 403, /without the right token/],
    [
      'the origin of another page',
      () => ask(url.pathname, { Origin: 'https://example.com' }),
      403,
      /Origin of another/,
    ],
    [
      'a name that was made to lead here',
      () => ask(url.pathname, { Host: 'example.com' }),
      421,
      /found the Host example/,
    ],
    ['anything but reading', () => ask(url.pathname, {}, 'POST'), 405, /found POST; expected GET/],
    ['what every object has', () => ask(`${url.pathname}constructor`), 404, /nothing at this address/],
    ['a file that is not of the page', () => ask(`${url.pathname}../server/server.js`), 404, /nothing at this address/],
  ] as const)('refuses %s', async (_, asking, status, message) => {
    const answer = await asking();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(message);
    expect(answer.body).not.toContain('boot');
  });

  test('leads from the address without its last slash to the page', async () => {
    for (const query of ['', '?a=b']) {
      const { status, headers } = await ask(`${url.pathname.slice(0, -1)}${query}`);
      expect([status, headers.location]).toEqual([308, url.pathname]);
    }
  });

  test('outlives upgrades that it refuses and whose sockets are reset before they are told', async () => {
    const reset = () =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(url.port), '127.0.0.1', () => {
          socket.write(
            `GET /wrong/live HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
          );
          socket.resetAndDestroy();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve());
      });
    for (let count = 0; count < 40; count++) await reset();
    expect((await ask(url.pathname)).status).toBe(200);
  });

  test('listens on the loopback address only', async () => {
    expect(url.hostname).toBe('127.0.0.1');
    const other = createServer();
    const isFree = await new Promise((resolve) => {
      other.once('error', () => resolve(false));
      other.listen(Number(url.port), '127.0.0.2', () => resolve(true));
    });
    other.close();
    expect(isFree).toBe(true);
  });
});

describe('bad input: one clear message, exit code 2', () => {
  const run = (...args: string[]) => ringproof('inspect', ...args);

  test('a port in use', () => {
    const { status, stderr } = run('call-in-foreground', '--port', url.port);
    expect(stderr).toMatch(/found a port that is in use; expected a free one/);
    expect(status).toBe(2);
  });

  test.each([
    ['{', /found invalid JSON/],
    ['{"format":"ringproof-trace","version":99}', /found a trace of version 99/],
    [`{"format":"ringproof-trace","version":${traceVersion}}`, /found a broken trace/],
  ])('a broken trace: %s', (text, message) => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, text);
    const { status, stderr } = run(file);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
  });

  test('a trace with an event that nobody knows', () => {
    const trace = simulate(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'standard'), 1);
    const file = join(folder, 'unknown.json');
    writeFileSync(file, JSON.stringify(trace).replace('user.open', 'user.opn'));
    const { status, stderr } = run(file);
    expect(stderr).toMatch(/scenario\.steps\.0\.action\.event\.type: found "user\.opn"; expected an event/);
    expect(status).toBe(2);
  });

  test.each([
    ['cut off', '#step=1&run=abc', /found one that is damaged/],
    [
      'of another shape',
      `#step=1&run=${packed({ experiment: {}, digest: '' })}`,
      /found none of this release \(experiment/,
    ],
    ['that names a server', '#server=kamailo&seed=2', /found the server kamailo, which is not known here/],
    [
      'that says something else',
      'http://127.0.0.1:40000/token/#nonsense=1',
      /^the link: found nonsense, and neither run= nor server=; expected a link .* such as #step=19&run=…/,
    ],
    ['without its end', 'http://127.0.0.1:40000/token/', /found an address without a #; expected a link/],
    ['with nothing in it', '#', /found nothing behind the #; expected a link/],
    ['that was broken in two', '#step=1&run=ab cd', /found a space or a line break in it; expected a link/],
  ])('a link %s', (_, link, message) => {
    const { status, stderr } = run(link);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  test('a recording of applications that is broken', () => {
    const file = join(folder, 'broken.inspection.json');
    writeFileSync(file, '{"format":"ringproof-inspection","version":7,"events":[]}');
    const { status, stderr } = run(file);
    expect(stderr).toMatch(
      /found a broken recording \(version: found 7; expected 1\); expected one that the inspector/,
    );
    expect(status).toBe(2);
  });

  test('a trace that no browser could hold', () => {
    const file = join(folder, 'huge.json');
    writeFileSync(file, '');
    truncateSync(file, 300 * 2 ** 20);
    const { status, stderr } = run(file);
    expect(stderr).toMatch(/found a trace of 300 MiB; expected at most 200 MiB/);
    expect(status).toBe(2);
  });

  test('Ctrl-C ends it', async () => {
    const child = spawn(process.execPath, ['dist/cli/main.js', 'inspect']);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))).toBe('SIGINT');
  });
});
