import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { deflateSync, gzipSync, inflateSync } from 'node:zlib';
import type { Download } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { parseTrace, replay } from '../../src/sim/run/replay.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { ringproof } from '../support/commandLine.ts';
import { inBrowser, inspect, theLost, type Visited, visit } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-page-'));

afterAll(() => rmSync(folder, { recursive: true }));

const currentStep = ({ page }: Visited) => page.locator('[aria-current="step"]').first().textContent();

const headline = ({ page }: Visited) => page.locator('h1').textContent();

const said = ({ page }: Visited) => new URLSearchParams(new URL(page.url()).hash.slice(1));

const isRun = async ({ page }: Visited) => page.waitForSelector('main[aria-busy="false"] .verdict h1');

async function exported(visited: Visited, what: string): Promise<{ name: string; text: string; path: string }> {
  const { page } = visited;
  await page.click('.menu summary');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`.menu button:has-text("${what}")`)]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return { name: download.suggestedFilename(), text: readFileSync(path, 'utf8'), path };
}

async function exportedTrace(visited: Visited): Promise<Trace> {
  const { text, name } = await exported(visited, 'Trace');
  return replay(parseTrace(text, name), name);
}

const simulateTheLost = (): Trace =>
  simulate(
    resolveScenario(
      parseScenario(readFileSync('examples/call-while-going-to-background.yaml', 'utf8'), 'it', everyServerProfile),

      everyServerProfile,

      { mode: 'singleDeviceEmulation', server: everyServerProfile.reject },
    ),

    3,
  );

describe('a run', () => {
  inBrowser('says first what was lost, stands at the violation and asks nothing of anybody else', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    expect(await headline(visited)).toBe('Call 1 was lost.');
    expect(await currentStep(visited)).toMatch(/^Step 21, 10\.203 s\. SIP server to Caller: 480 Unavailable/);
    expect(visited.faults).toEqual([]);
    expect(visited.asked.filter((url) => !/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(url))).toEqual([]);
    expect(visited.asked.filter((url) => url.includes('elk'))).toEqual([]);
  });
  inBrowser('follows a key that is held down, and tells of some steps until it is let go', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const { page } = visited;
    const told = async () =>
      Number(/step (\d+)/.exec((await page.locator('.step-panel > p').textContent()) ?? '')?.[1]);
    await page.keyboard.press('Home');
    const steps: number[] = [];
    const all: number[] = [];
    for (let count = 0; count < 20; count++) {
      await page.keyboard.down('j');
      all.push(Number.parseInt((await page.locator('.transport output').textContent()) ?? '', 10));
      steps.push(await told());
    }
    const [last = 0] = all.slice(-1);
    expect(new Set(all).size).toBe(20);
    // Of the first, and of every eighth from there.
    expect([...new Set(steps)]).toEqual([all[0], all[7], all[15]]);
    await page.keyboard.up('j');
    expect(await told()).toBe(last);
    expect(await page.locator('[aria-live]').textContent()).toContain(`Step ${last}, `);
    // A window that loses the focus hears of no key that is let go.
    for (let count = 0; count < 3; count++) await page.keyboard.down('k');
    expect(await told()).toBeGreaterThan(last - 3);
    await page.evaluate("dispatchEvent(new Event('blur'))");
    expect(await told()).toBe(last - 3);
    await page.keyboard.up('k');
    // Keys that are pressed one by one are told of each.
    await page.keyboard.press('k');
    expect(await told()).toBeLessThan(last - 3);
  });
  inBrowser('is walked through with the keyboard alone, and the live region speaks the step', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const { page } = visited;
    await page.keyboard.press('j');
    expect(await currentStep(visited)).toMatch(/^Step 22/);
    expect(await page.locator('[aria-live]').textContent()).toMatch(/^Step 22.*REGISTER$/);
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    expect(await currentStep(visited)).toMatch(/^Step 20/);
    await page.keyboard.press('v');
    expect(await currentStep(visited)).toMatch(/^Step 21/);
    await page.keyboard.press('Shift+K');
    expect(await currentStep(visited)).toMatch(/^Step 18, .*dials call 1/);
    await page.keyboard.press('Shift+J');
    expect(await currentStep(visited)).toMatch(/^Step 21, .*to Caller: 480/);
    await page.keyboard.press('[');
    expect(await currentStep(visited)).toMatch(/dials call 1/);
    await page.keyboard.press('/');
    await page.keyboard.type('register');
    expect(await page.locator('.ladder .label').allTextContents()).toHaveLength(5);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.locator('dialog.keys').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    await page.waitForSelector('.run-title:has-text("Continuous")');
    expect(visited.faults).toEqual([]);
  });
  inBrowser('is the run of the command line, to the digest', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    expect((await exportedTrace(visited)).digest).toBe(simulateTheLost().digest);
  });
});

describe('what if', () => {
  inBrowser('a message is dropped: the run goes on without it, replays, and can be taken back', async () => {
    const visited = await inspect(['call-while-suspended', '--mode', '1', '--profile', 'reject']);
    await isRun(visited);
    const { page } = visited;
    expect(await headline(visited)).not.toContain('lost');
    await page.click('.ladder button:has-text("VoIP push call 1")');
    await page.keyboard.press('f');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("Call 1 was lost.")');
    const trace = await exportedTrace(visited);
    expect(trace.scenario.faults).toMatchObject([{ do: 'lose', message: 'notification', occurrence: 1 }]);
    const { text } = await exported(visited, 'Scenario');
    const again = resolveScenario(parseScenario(text, 'exported.yaml', everyServerProfile), everyServerProfile);
    expect(simulate(again, 1).digest).toBe(trace.digest);
    await page.keyboard.press('u');
    await page.waitForSelector('h1:has-text("Call 1 alerted")');
    expect(visited.faults).toEqual([]);
  });
  inBrowser('a message is delayed: it takes as long as was said', async () => {
    const visited = await inspect(['call-while-suspended', '--mode', '1', '--profile', 'reject']);
    await isRun(visited);
    const { page } = visited;
    await page.click('.ladder button:has-text("VoIP push call 1")');
    await page.fill('.faults input', '60000');
    await page.click('.faults button:has-text("Delay to")');
    await page.waitForSelector('h1:has-text("Call 1 was lost.")');
    const { records } = await exportedTrace(visited);
    const push = records.find(({ event }) => event.type === 'notification');
    expect((push?.atMs ?? 0) - (push?.sentAtMs ?? 0)).toBe(60_000);
  });
  inBrowser('an arrival is dragged within its window: the run branches, and the message took that long', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const { page } = visited;
    await page.click('.ladder button:has-text("Step 19,")');
    const invite = simulateTheLost().records[19];
    const handle = page.locator('.handle');
    const [box, bar] = [await handle.boundingBox(), await page.locator('.window').boundingBox()];
    if (invite === undefined || box === null || bar === null) throw new Error('there is no handle');
    await page.mouse.move(box.x + 8, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + 8, bar.y + bar.height + 200, { steps: 4 });
    expect(await handle.textContent()).toContain('s (+');
    await page.mouse.up();
    await page.waitForSelector('.changed:has-text("one change")');
    const moved = (await exportedTrace(visited)).records.find(
      ({ serial, kind }) => kind !== 'start' && serial === invite.serial,
    );
    expect((moved?.atMs ?? 0) - (moved?.sentAtMs ?? 0)).toBe(30);
    expect(await currentStep(visited)).toContain('INVITE call 1');
    expect(visited.faults).toEqual([]);
  });
  inBrowser('the keyboard moves a step of the environment within its window, and undo takes it back', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const { page } = visited;
    await page.keyboard.press('[');
    await page.waitForSelector('.step-panel h2:has-text("call 1")');
    await page.waitForSelector('#when');
    await page.keyboard.press('w');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.when output').textContent()).toContain('10.001 s');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.changed:has-text("one change")');
    const dialled = (await exportedTrace(visited)).records.find(({ event }) => event.type === 'call.dial');
    expect(dialled?.atMs).toBe(10_001);
    await page.keyboard.press('Escape');
    await page.keyboard.press('u');
    await page.waitForSelector('.changed', { state: 'detached' });
    expect((await exportedTrace(visited)).digest).toBe(simulateTheLost().digest);
  });
  inBrowser(
    'a timer of a party is given another window: the run happens with it, and so does its scenario',
    async () => {
      const visited = await inspect(['call-while-suspended', '--mode', '0', '--profile', 'multi']);
      await isRun(visited);
      const { page } = visited;
      await page.click('.timers summary');
      await page.click('.timers button:has-text("App")');
      await page.fill('[aria-label="least milliseconds: heartbeatInterval"]', '0');
      await page.keyboard.press('Enter');
      await page.fill('[aria-label="most milliseconds: backgroundTime"]', '7000');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.changed:has-text("one change")');
      const trace = await exportedTrace(visited);
      expect(trace.scenario.timing.app.backgroundTime).toEqual([7000, 7000]);
      const timer = trace.records.find(({ event }) => event.type.includes('backgroundTime'));
      expect(timer?.atMs).toBe(17_000);
      const { text } = await exported(visited, 'Scenario');
      const again = resolveScenario(parseScenario(text, 'exported.yaml', everyServerProfile), everyServerProfile);
      expect(simulate(again, 1).digest).toBe(trace.digest);
    },
  );
  inBrowser('two steps are compared: states, context and what is pending, whichever came first', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const { page } = visited;
    await page.click('.ladder button:has-text("Step 19,")');
    await page.waitForSelector('.choices button');
    await page.keyboard.press('d');
    await page.waitForSelector('h2:has-text("Step 19 → step 19")');
    await page.click('.ladder button:has-text("Step 25,")');
    const panel = page.locator('[aria-label="Difference of two steps"]');
    await panel.locator('h2:has-text("Step 19 → step 25")').waitFor();
    await panel.locator('.plain.new:has-text("200 OK")').waitFor();
    const { records } = simulateTheLost();
    const answer = records[25]?.sent[0];
    expect(answer?.event.type).toBe('REGISTER.200');
    expect(await panel.locator('.plain.gone').allTextContents()).toContainEqual(
      expect.stringContaining('480 Unavailable'),
    );
    expect(await panel.locator('.diff .new').allTextContents()).toContainEqual(expect.stringContaining('pushServer'));
    await page.click('.ladder button:has-text("Step 16,")');
    await panel.locator('h2:has-text("Step 16 → step 19")').waitFor();
    await page.keyboard.press('d');
    await page.waitForSelector('[aria-label="Step"]');
    expect(visited.faults).toEqual([]);
  });
  inBrowser('another pending event is chosen: it happens next and the trace replays on the command line', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const { page } = visited;
    await page.click('.ladder button:has-text("Step 18,")');
    await page.waitForSelector('.choices button:has-text("POST /background")');
    await page.click('.choices button:has-text("POST /background")');
    await page.waitForSelector('.changed');
    await page.waitForSelector('[aria-current="step"]:has-text("Step 19")');
    const trace = await exportedTrace(visited);
    expect(trace.records[19]?.event.type).toBe('control.background');
    expect(trace.records.slice(0, 19)).toEqual(simulate(trace.scenario, 3).records.slice(0, 19));
    const { path } = await exported(visited, 'Trace');
    const replayed = ringproof('simulate', path);
    expect(replayed.stdout).toContain(trace.digest);
  });
});

describe('exported', () => {
  inBrowser('a link holds the whole run, in a window that knows nothing of it', async () => {
    const first = await inspect(['call-while-suspended', '--mode', '1', '--profile', 'reject']);
    await isRun(first);
    await first.page.waitForURL(/run=/);
    const unchanged = said(first).get('run');
    await first.page.click('.ladder button:has-text("VoIP push call 1")');
    await first.page.click('.faults button:has-text("Drop")');
    await first.page.waitForSelector('h1:has-text("Call 1 was lost.")');
    await first.page.keyboard.press('k');
    const step = await currentStep(first);
    const [, number] = /^Step (\d+)/.exec(step ?? '') ?? [];
    await first.page.waitForURL(() => said(first).get('run') !== unchanged && said(first).get('step') === number);
    const url = new URL(first.page.url());
    const second = await inspect([]);
    const other = new URL(second.page.url());
    other.hash = url.hash;
    const opened = await visit(other.href);
    await isRun(opened);
    expect(await headline(opened)).toBe('Call 1 was lost.');
    expect(await currentStep(opened)).toBe(step);
    expect(await opened.page.locator('.notice').count()).toBe(0);
    other.hash = url.hash.slice(0, -40);
    const broken = await visit(other.href);
    await broken.page.waitForSelector('.notice:has-text("This link is damaged")');
    other.hash = '#server=kamailo&seed=2';
    const misspelt = await visit(other.href);
    await misspelt.page.waitForSelector('.notice:has-text("a server that is not known here, kamailo")');
    other.hash = url.hash.slice(0, -40);
    const started = await inspect(theLost);
    const ofAnother = new URL(started.page.url());
    ofAnother.hash = other.hash;
    const instead = await visit(ofAnother.href);
    await isRun(instead);
    await instead.page.waitForSelector('.verdict .notice:has-text("This link is damaged")');
  });
  inBrowser('a page in one file opens from disk and is alive', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const { path, text } = await exported(visited, 'Page in one file');
    expect(text.length).toBeLessThan(350_000);
    const opened = await visit(`file://${path}`);
    await isRun(opened);
    expect(await headline(opened)).toBe('Call 1 was lost.');
    await opened.page.keyboard.press('m');
    await opened.page.waitForSelector('.run-title:has-text("Continuous")');
    await opened.page.click('[aria-label="Theme: system"]');
    await opened.page.click('[aria-label="Theme: light"]');
    await opened.page.reload();
    await opened.page.waitForSelector('[data-theme="dark"] [aria-label="Theme: dark"]');
    expect(opened.faults).toEqual([]);
    expect(opened.asked.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
  });
  inBrowser(
    'a regression test is one: vitest runs it, it passes, and it fails when another verdict comes out',
    async () => {
      const project = mkdtempSync(join(folder, 'project-'));
      mkdirSync(join(project, 'node_modules'));
      for (const [name, path] of [
        ['ringproof', '.'],
        ['vitest', 'node_modules/vitest'],
      ] as const) {
        symlinkSync(resolve(path), join(project, 'node_modules', name));
      }
      writeFileSync(join(project, 'package.json'), '{"type":"module"}');
      const visited = await inspect(theLost);
      await isRun(visited);
      const { name, text } = await exported(visited, 'vitest');
      for (const [kept, code] of [
        ['as-it-is', text],
        ['otherwise', text.replace("['noInviteLost'", "['settles'")],
      ] as const) {
        mkdirSync(join(project, kept));
        writeFileSync(join(project, kept, name), code);
      }
      await visited.page.click('.ladder button:has-text("Step 18,")');
      await visited.page.click('.choices button:has-text("POST /background")');
      await visited.page.waitForSelector('[aria-current="step"]:has-text("Step 19")');
      const downloads: Download[] = [];
      visited.page.on('download', (one) => downloads.push(one));
      await visited.page.click('.menu summary');
      await visited.page.click('.menu button:has-text("vitest")');
      await expect.poll(() => downloads.length).toBe(2);
      for (const one of downloads) await one.saveAs(join(project, 'branched', one.suggestedFilename()));
      const vitest = [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--root',
        project,
        '--reporter',
        'json',
        '--maxWorkers=1',
      ];
      const { stdout } = spawnSync(process.execPath, vitest, { encoding: 'utf8' });
      const { testResults } = JSON.parse(stdout) as { testResults: { name: string; status: string }[] };
      const outcomes = testResults.map((one) => [basename(dirname(one.name)), one.status]).toSorted();
      expect(outcomes, stdout).toEqual([
        ['as-it-is', 'passed'],
        ['branched', 'passed'],
        ['otherwise', 'failed'],
      ]);
    },
  );
  inBrowser('Mermaid and PlantUML are those of the command line', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    for (const [what, format] of [
      ['Mermaid', 'mermaid'],
      ['PlantUML', 'plantuml'],
    ] as const) {
      const { text } = await exported(visited, what);
      expect(text).toBe(ringproof('simulate', ...theLost, '--export', format).stdout);
    }
  });
  inBrowser('a picture is an SVG that needs no style sheet', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    await visited.page.waitForSelector('.race text');
    const { text } = await exported(visited, 'Picture');
    expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(text).toContain('480 Unavailable');
    for (const word of ['Call 1 was lost: ', '10.040 to 10.290', 'push server</text>', 'nobody</text>']) {
      expect(text).toContain(word);
    }
    expect(text).not.toMatch(/class=|var\(--/);
    const shafts = text.match(/<path[^>]*marker-end[^>]*>|<line[^>]*marker-end[^>]*>/g) ?? [];
    expect(shafts.length).toBeGreaterThan(10);
    for (const shaft of shafts) expect(shaft).not.toContain('stroke="none"');
  });
});

describe('the race window', () => {
  inBrowser('of a run that nobody but luck has found is drawn as well, and follows what is changed', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    const texts = () => visited.page.locator('.race text').allTextContents();
    await expect.poll(texts).toEqual(['can be lost 10.040 to 10.290']);
    await visited.page.keyboard.press('m');
    await visited.page.waitForSelector('h1.good');
    await expect.poll(texts).toEqual([]);
    expect(visited.faults).toEqual([]);
  });
  inBrowser('of what is no lost call says that something fails', async () => {
    const { page } = await inspect(['home-open-home', '--mode', '0', '--profile', 'reject', '--seed', '1']);
    await page.waitForSelector('.race text');
    const texts = (await page.locator('.race text').allTextContents()).filter((text) => text.includes(' to '));
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).toMatch(/^can fail /);
  });
  inBrowser('of what fuzz has found comes with its trace, for delays as they usually are', async () => {
    const file = join(folder, 'found.json');
    const { stdout } = ringproof('fuzz', '--mode', '1', '--trace', file);
    expect(stdout).toContain('noInviteLost is violated, all else within its windows, with');
    const visited = await inspect([file]);
    await visited.page.waitForSelector('h1:has-text("Call 1 was lost.")');
    await expect.poll(() => visited.page.locator('.race text').allTextContents()).toContain('race ≤ 75ms');
    expect(visited.faults).toEqual([]);
  });
});

describe('proved', () => {
  inBrowser(
    'the checker finds the lost call, shows its run with the race window, and it is a trace like others',
    async () => {
      const visited = await inspect(['call-while-going-to-background', '--mode', '1', '--profile', 'reject']);
      await isRun(visited);
      const { page } = visited;
      await page.keyboard.press('p');
      await page.click('.proof button:has-text("Show this run")');
      await page.waitForSelector('h1:has-text("Call 1 was lost.")');
      await page.waitForSelector('.modes .current em:has-text("lost")');
      await page.waitForSelector('.race text');
      expect(await page.locator('.race text').allTextContents()).toEqual([
        expect.stringMatching(/^can be lost 10\.000 to 10\.150$/),
        expect.stringMatching(/^race ≤ 75ms$/),
      ]);
      expect((await exportedTrace(visited)).verdicts[0]).toMatchObject({
        property: 'noInviteLost',
        verdict: 'violated',
      });
      expect(visited.faults).toEqual([]);
    },
  );

  inBrowser('what nothing can violate is said to have had nothing to judge', async () => {
    const { page } = await inspect(theLost);
    await page.waitForSelector('main[aria-busy="false"] .verdict h1');
    await page.selectOption('.proof select', 'cleanLogout');
    await page.keyboard.press('Escape');
    await page.click('.proof button:has-text("Prove")');
    await page.waitForSelector('.proof [role="status"]:has-text("cleanLogout: holds, nothing to judge")');
  });

  inBrowser('what holds is said to hold, with its scope', async () => {
    const visited = await inspect(['call-while-going-to-background', '--mode', '2', '--profile', 'multi']);
    await isRun(visited);
    await visited.page.keyboard.press('p');
    await visited.page.waitForSelector('.proof [role=status]:has-text("noInviteLost: holds")');
    expect(await visited.page.locator('.proof').textContent()).toContain('every order of events and every delay');
  });
});

describe('opened', () => {
  inBrowser('a counterexample that check wrote stands at its violation, with nothing left to chance', async () => {
    const file = join(folder, 'found.json');
    const cell = ['call-while-going-to-background', '--mode', '1', '--profile', 'reject'];
    const { stdout } = ringproof('check', ...cell, '--format', 'json');
    const { cells } = JSON.parse(stdout) as { cells: { trace?: Trace }[] };
    const trace = cells.find((one) => one.trace !== undefined)?.trace;
    writeFileSync(file, JSON.stringify(trace));
    const visited = await inspect([file]);
    await isRun(visited);
    expect(await headline(visited)).toBe('Call 1 was lost.');
    expect(await currentStep(visited)).toMatch(/480 Unavailable/);
    expect((await exportedTrace(visited)).digest).toBe(trace?.digest);
  });
  inBrowser('a link says so when the run comes out differently now', async () => {
    const visited = await inspect(theLost);
    await isRun(visited);
    await visited.page.waitForURL(/run=/);
    const url = new URL(visited.page.url());
    const link = said(visited);
    const linked = JSON.parse(inflateSync(Buffer.from(link.get('run') ?? '', 'base64url')).toString());
    link.set('run', deflateSync(JSON.stringify({ ...linked, digest: '0'.repeat(16) })).toString('base64url'));
    url.hash = link.toString();
    const opened = await visit(url.href);
    await opened.page.waitForSelector('.notice:has-text("another version of the model")');
    expect(await headline(opened)).toBe('Call 1 was lost.');
  });
});

const gzipBytes = (name: string): number => gzipSync(readFileSync(`dist/inspector/page/${name}`)).length;

const sumOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + gzipBytes(name), 0);

test('the page stays small: what the first screen needs, and what a run needs as well', () => {
  expect(sumOf(['page.js', 'page.css'])).toBeLessThan(82_000);
  expect(sumOf(['page.js', 'page.css', 'worker.js'])).toBeLessThan(178_000);
  expect(gzipBytes('charts.json')).toBeLessThan(22_000);
});
