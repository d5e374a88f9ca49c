import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import lock, { lock as lockOf } from '../../examples/own/lock.ts';
import { type OwnSystem, simulate } from '../../src/index.ts';
import { experimentOf } from '../../src/inspector/model/experiment.ts';
import { regressionTest } from '../../src/inspector/model/export/regression.ts';
import { linkedOf } from '../../src/inspector/model/linked.ts';
import { eventsOfRun } from '../../src/inspector/model/recordedRun.ts';
import type { InspectionEvent } from '../../src/inspector/protocol/inspectionEvent.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';
import { ringproof } from '../support/commandLine.ts';
import { axeViolations, inBrowser, inspect, type Visited, visit } from './browser.ts';
import { Inspecting, served } from './inspecting.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-module-'));
afterAll(() => rmSync(folder, { recursive: true }));

const isKnown = ({ page }: Visited) => page.waitForSelector('main[aria-busy="false"] .verdict h1');
const notice = ({ page }: Visited, text: string) =>
  page.locator('.notice', { hasText: text }).waitFor({ timeout: 180_000 });

describe.each([
  ['light', 1440],
  ['dark', 320],
] as const)('a run of one’s own system in %s, %d pixels wide', (colorScheme, width) => {
  inBrowser('has its parties, its charts, its properties, what if and undo', async () => {
    const visited = await inspect(['examples/own/lock.ts', '--seed', '3'], {
      colorScheme,
      viewport: { width, height: 800 },
    });
    const { page, faults } = visited;
    await page.waitForSelector('h1:has-text("Every property holds.")');
    for (const party of ['ann', 'server', 'bob']) await page.waitForSelector(`.head:has-text("${party}")`);
    await page.waitForSelector('svg :text("holding")', { state: 'attached' });
    await page.waitForSelector('.properties :text("oneHolder")');
    expect(await page.locator('[aria-label="Registration mode"], .legend').count()).toBe(0);
    expect(await axeViolations(visited)).toEqual([]);
    await page.keyboard.press('Home');
    await page.click('.ladder button:has-text("acquire from=ann")');
    await page.click('.faults button:has-text("Drop")');
    await page.waitForSelector('.fault-list:has-text("lose acquire, ann → server")');
    await page.waitForSelector('.ladder li:has-text("acquire from=ann, lost")', { state: 'attached' });
    let goOn = () => {};
    const answered = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route('**/module', async (route) => answered.then(() => route.continue()));
    await page.keyboard.press('u');
    await page.waitForSelector('.conditions:has-text("no fault")');
    // Until the run is known again, what could be chosen before is drawn and cannot be chosen.
    await page.waitForSelector('.choices button[aria-disabled="true"]', { state: 'attached' });
    goOn();
    await page.locator('.choices button').last().click();
    await page.waitForSelector('.left:has-text("right after")', { state: 'attached' });
    expect(faults).toEqual([]);
  });

  inBrowser('says of a machine whose statechart is not there whether that is still being drawn', async () => {
    const visited = await inspect(['examples/own/lock.ts', '--seed', '3'], {
      colorScheme,
      viewport: { width, height: 800 },
    });
    const { page, faults } = visited;
    let refuse = () => {};
    const asked = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    await page.context().route('**/elk-worker.js', async (route) => asked.then(() => route.abort()));
    await page.reload();
    await isKnown(visited);
    await page.waitForSelector('.state-panel :text("The statechart is being drawn…")', { state: 'attached' });
    refuse();
    await page.waitForSelector('.state-panel :text("this machine could not be laid out")', { state: 'attached' });
    expect(faults.filter((fault) => !fault.includes('elk-worker.js'))).toEqual([]);
  });

  inBrowser('is proved: its own property, the race window in words, and the run that shows it', async () => {
    const visited = await inspect(['examples/own/lock.ts', '--seed', '3'], {
      colorScheme,
      viewport: { width, height: 800 },
    });
    const { page, faults } = visited;
    await isKnown(visited);
    // The second one gives the first up, which is no failure.
    await page.keyboard.press('p');
    await page.keyboard.press('p');
    await page.waitForSelector('.proof:has-text("oneHolder: violated")');
    expect(await page.locator('.notice').count()).toBe(0);
    // The answers to what is asked of the server come in any order: here the window before the run.
    const windowKnown = page.waitForResponse(
      (response) => response.request().postData()?.includes('"window"') ?? false,
    );
    await page.route('**/module', async (route) => {
      if (route.request().postData()?.startsWith('{"name":"run"')) await windowKnown;
      return route.continue();
    });
    await page.click('.proof button:has-text("Show this run")');
    await page.waitForSelector('h1:has-text("oneHolder is violated.")');
    await page.waitForSelector('.panel:has-text("When it goes wrong"):has-text("user.lock: at")');
    expect(await axeViolations(visited)).toEqual([]);
    await page.waitForURL(({ hash }) => hash.includes('run='));
    await page.reload();
    await page.waitForSelector('h1:has-text("oneHolder is violated.")');
    expect(faults).toEqual([]);
  });

  inBrowser('of a hand-over stands beside that of the bundled machines', async () => {
    const visited = await inspect(['examples/own/eager-push-server.ts', '--seed', '3'], {
      colorScheme,
      viewport: { width, height: 800 },
    });
    const { page } = visited;
    await page.waitForSelector('h1:has-text("singleRegistration is violated.")');
    await page.keyboard.press('s');
    await page.waitForSelector('.two-runs[aria-busy="false"] th:has-text("by the bundled machines")');
    await page.waitForSelector('.two-runs th:has-text("eager-push-server.ts, as shown")');
    await page.waitForSelector('.two-runs .new:has-text("singleRegistration: app sent a REGISTER")');
    expect(await page.locator('.two-runs .same').count()).toBeGreaterThan(20);
    expect(await axeViolations(visited)).toEqual([]);
    expect(visited.faults).toEqual([]);
  });
});

describe('a module that is changed while its run is shown', () => {
  const file = join(folder, 'lock.ts');
  const whole = readFileSync('examples/own/lock.ts', 'utf8');
  const guard = 'guard: ({ context, event }) => context.holder === event.from';

  inBrowser('is run again; what is wrong with it is said, and the server goes on', async () => {
    cpSync('examples/own/lock.ts', file);
    const inspecting = new Inspecting(file, '--seed', '3');
    const visited = await visit(await inspecting.url);
    const { page } = visited;
    await isKnown(visited);
    await page.waitForURL(({ hash }) => hash.includes('run='));
    const link = page.url();
    const changed = async (text: string, said: string) => {
      writeFileSync(file, text);
      const saying = page.locator('.notice', { hasText: said });
      // What is asked while an answer is on its way is asked in vain: whoever sees nothing asks again.
      const isSaid = async () => {
        if ((await saying.count()) > 0) return true;
        await page.keyboard.press('k');
        return false;
      };
      await expect.poll(isSaid, { interval: 3_000 }).toBe(true);
    };
    await changed(whole.replace("lock('10s')", "lock('9s')"), 'lock.ts has changed');
    await page.waitForSelector('.run-title:has-text("of which the clients use 9s")');
    await changed(
      whole.replace(guard, 'guard: () => Math.random() < 2'),
      'Math.random in the machine of server, in state "held" on renew',
    );
    await changed(`throw new Error('<b>no</b>');${whole}`, 'cannot be loaded (<b>no</b>)');
    await changed(`process.exit(1);${whole}`, 'a module that ends before it is loaded');
    await changed(whole, 'lock.ts has changed');
    await page.waitForSelector('.run-title:has-text("of which the clients use 10s")');
    writeFileSync(file, `${whole}\n// Another one.\n`);
    const here = await visit(link);
    await notice(here, 'lock.ts has changed');
    inspecting.close();
    const later = new Inspecting(file, '--seed', '3');
    const opened = await visit(`${(await later.url).replace(/#.*/s, '')}${new URL(link).hash}`);
    await notice(opened, 'when this link was made');
    await isKnown(opened);
    later.close();
  });
});

test('a transition that does not end ends its thread alone, and the module is run again when it was mended', async () => {
  const { InspectedModule } = (await import(
    new URL('../../dist/cli/inspectedModule.js', import.meta.url).href
  )) as typeof import('../../src/cli/inspectedModule.ts');
  const file = join(folder, 'endless.ts');
  const whole = readFileSync('examples/own/lock.ts', 'utf8');
  const endless = whole.replace(
    'guard: ({ context, event }) => context.holder === event.from',
    'guard: () => { for (;;); }',
  );
  writeFileSync(file, endless);
  const machines = new InspectedModule(file, { mode: undefined, profile: undefined }, 60_000);
  const opened = () => machines.answer({ name: 'opened', given: [5] }, new AbortController().signal);
  expect(await opened()).toEqual({
    // The transition is stopped by itself; where the thread gets little time, it is ended as a whole.
    error: expect.stringMatching(/no end (within 5 s|after 60 s,) in the machine of server, in state "held" on renew/),
  });
  writeFileSync(file, whole);
  expect(await opened()).toMatchObject({ module: { file: 'endless.ts' } });
  machines.close();
});

describe('a link to a run of a module', () => {
  inBrowser('is opened with the module, and says which one it is without', async () => {
    const first = await inspect(['examples/own/lock.ts', '--seed', '3']);
    await isKnown(first);
    await first.page.waitForURL(({ hash }) => hash.includes('run='));
    const { hash } = new URL(first.page.url());
    const opened = await visit(served('examples/own/lock.ts', hash).url);
    await isKnown(opened);
    expect(await opened.page.locator('.run-title').textContent()).toContain('seed 3');
    const others = [
      [['examples/own/payment.ts'], 'there is payment.ts here'],
      [[], 'there is no module here'],
    ] as const;
    for (const [args, said] of others) {
      const other = await inspect(args);
      const without = await visit(`${other.page.url().replace(/#.*/s, '')}${hash}`);
      await notice(without, `This link is a run of lock.ts, and ${said}`);
    }
  });

  test('of a system that names no module is none', () => {
    const experiment = experimentOf(simulate(lock, 1));
    const module = { file: 'lock.ts', digest: '0' };
    expect(linkedOf({ experiment: { ...experiment, module }, digest: '' }).experiment.module).toEqual(module);
    expect(() => linkedOf({ experiment, digest: '' })).toThrow('expected the module of the system');
  });
});

describe('whoever asks the server about the module', () => {
  let url: URL;
  beforeAll(() => {
    url = new URL(served('examples/own/lock.ts').url);
  });

  const post = (body: string, headers: Record<string, string> = {}, path = `${url.pathname}module`) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const own = { origin: url.origin, 'content-type': 'application/json' };
      const asked = request({
        host: '127.0.0.1',
        port: url.port,
        path,
        method: 'POST',
        headers: { ...own, ...headers },
      });
      asked.on('error', reject);
      asked.on('response', (response) => {
        let text = '';
        response.on('data', (more) => {
          text += more;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      asked.end(body);
    });
  const question = (name: string, ...given: unknown[]) => JSON.stringify({ name, given });

  test('is answered where it is the page', async () => {
    const { status, body } = await post(question('opened', 5));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      module: { file: 'lock.ts' },
      value: { seed: 5, scenario: { name: 'lock' } },
    });
  });

  test.each([
    ['another origin', 403, { origin: 'https://example.org' }],
    ['another port of this machine', 403, { origin: 'http://127.0.0.1:1' }],
    ['what a form sends', 415, { 'content-type': 'text/plain' }],
    ['another host', 421, { host: 'example.org' }],
  ])('is refused from %s', async (_, status, headers) => {
    expect((await post(question('opened', 5), headers)).status).toBe(status);
  });

  test('is refused without the token, and at other addresses', async () => {
    expect((await post(question('opened', 5), {}, '/wrong/module')).status).toBe(403);
    expect((await post(question('opened', 5), {}, url.pathname)).status).toBe(405);
  });

  test.each([
    ['no JSON', '{', 400, 'expected JSON with name and given'],
    ['no question', '{"name":1}', 400, 'expected JSON with name and given'],
    ['what an object has by itself', question('constructor', 1), 200, 'nothing is known of constructor'],
    ['no experiment', question('run', { scenario: null }), 200, 'error'],
    ['too much', `"${'x'.repeat(17 * 2 ** 20)}"`, 413, 'more than 16 MiB'],
  ])('is told what is wrong with %s, and the next one is answered', async (_, body, status, said) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error ?? answer.body).toContain(said === 'error' ? '' : said);
    expect(JSON.parse(answer.body)).toHaveProperty('error');
    expect((await post(question('opened', 5))).status).toBe(200);
  });
});

describe('whoever listens to a module', () => {
  const file = join(folder, 'heard.ts');
  const whole = readFileSync('examples/own/lock.ts', 'utf8');
  /** What one hears that comes now, until it has heard so many events. */
  const heard = async (url: string, count: number): Promise<InspectionEvent[]> => {
    const socket = new WebSocket(url);
    const events: InspectionEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data) => {
        if (events.push(JSON.parse(String(data))) === count) resolve();
      });
    });
    socket.close();
    return events;
  };
  const runOf = (system: OwnSystem, seed: number) =>
    JSON.parse(JSON.stringify(eventsOfRun(worldOfSystem(system, 'lock'), seed))) as InspectionEvent[];

  test('gets its run, and that of its machines as they are by then; what applications send follows it', async () => {
    writeFileSync(file, whole);
    const { inspectUrl: url } = served(file, '--seed', '3');
    const first = runOf(lock, 3);
    expect(await heard(url, first.length)).toEqual(first);
    writeFileSync(file, whole.replace("lock('10s')", "lock('9s')"));
    const application = new WebSocket(url);
    await new Promise((resolve) => application.once('open', resolve));
    const sent = { sessionId: 'x:0', type: '@xstate.event', event: { type: 'one' } };
    application.send(JSON.stringify(sent));
    const second = runOf(lockOf('9s'), 3);
    expect(second).not.toEqual(first);
    const all = await heard(url, second.length + 1);
    expect(all.slice(0, -1)).toEqual(second);
    expect(all.at(-1)).toMatchObject({ ...sent, connection: 1 });
    application.close();
  });

  test('hears the applications where the module is broken, which the server says', async () => {
    writeFileSync(file, whole);
    const inspecting = new Inspecting(file);
    const url = await inspecting.inspectUrl;
    writeFileSync(file, 'no module');
    const application = new WebSocket(url);
    await new Promise((resolve) => application.once('open', resolve));
    application.send(JSON.stringify({ sessionId: 'x:0', type: '@xstate.event', event: { type: 'one' } }));
    expect(await heard(url, 1)).toMatchObject([{ event: { type: 'one' } }]);
    expect(inspecting.complaints).toContain('Whoever listens now gets no run');
    application.close();
    inspecting.close();
  });
});

describe('the site of a module', () => {
  const site = join(folder, 'run.html');
  const written = (...args: string[]) => ringproof('inspect', ...args);

  test('is said to be a recording, and is not written over a file or to standard output', () => {
    const { stdout, status } = written('examples/own/payment.ts', '--output', site);
    expect(stdout).toContain('It is a recording of one run, seed 1: a site has no machines of yours');
    expect(stdout).toMatch(/Both are in: .*inspect examples\/own\/payment\.ts --seed 1$/m);
    expect(status).toBe(0);
    expect(written('examples/own/payment.ts', '--output', site).stderr).toContain('--force to overwrite it');
    expect(written('examples/own/payment.ts', '--output', '-')).toMatchObject({ status: 2 });
  });

  inBrowser(
    'says what it is and what it is not, draws the machines from disk, and offers nothing that is dead',
    async () => {
      written('examples/own/payment.ts', '--output', site, '--force');
      const visited = await visit(`file://${site}`);
      const { page } = visited;
      await page.waitForSelector('h1:has-text("A payment, with a bank that forgets")');
      await page.waitForSelector('.panel:has-text("chargedOnce is violated: the payment was charged twice")');
      await page.waitForSelector('.panel:has-text("at most 2s after timer answerTimeout")');
      await page.waitForSelector('.notice:has-text("proves nothing of other runs, and nothing in it can be changed")');
      await page.waitForSelector('svg :text("givenUp")', { state: 'attached' });
      expect(await page.locator('.actors b').allTextContents()).toEqual(['shop', 'bank']);
      expect(await page.locator('.proof, .choices, .faults, input[type="number"], :text("has gone")').count()).toBe(0);
      expect(await axeViolations(visited)).toEqual([]);
      await page.click('.event-bar button:has-text("Close")');
      await page.waitForSelector('.cell');
      expect(visited.faults).toEqual([]);
    },
  );
});

test('a regression of a module runs its machines: by the seed, or by the trace where somebody chose what happens', () => {
  const trace = simulate(lock, 3);
  const seeded = regressionTest(trace, [], 'lock.trace.json', { file: 'lock.ts', isAsDefined: true });
  expect(seeded).toContain("import own from './lock.ts';");
  expect(seeded).toContain('simulate(own, 3)');
  for (const text of [
    regressionTest(trace, [], 'lock.trace.json', { file: 'lock.ts', isAsDefined: false }),
    regressionTest({ ...trace, seed: null }, [], 'lock.trace.json', { file: 'lock.ts', isAsDefined: true }),
  ]) {
    expect(text).toContain("replay(JSON.parse(readFileSync(file, 'utf8')), 'lock.trace.json', own)");
  }
});
