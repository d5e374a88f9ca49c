import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { need, testWith } from '../support/programs/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const chromium = need('chromium', 'chromium', 'chromium', '/usr/bin/chromium');

/** A test that needs a browser. */
export const inBrowser = testWith(chromium);

/** A busy machine takes its time with a page; what is missing there stays missing. */
const patienceMs = 180_000;

/** Chromium without the connections that it makes on its own. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The command as a user starts it. */
export class Inspecting {
  /** What it prints. */
  readonly said: Promise<string>;
  readonly #process: ChildProcess;

  constructor(...args: string[]) {
    this.#process = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'inspect', ...args], { cwd: root });
    this.said = new Promise<string>((resolve, reject) => {
      let text = '';
      this.#process.stdout?.on('data', (more) => {
        text += more;
        if (text.includes('Ctrl-C')) resolve(text);
      });
      this.#process.stderr?.on('data', (error) => reject(new Error(String(error))));
    });
  }

  get url(): Promise<string> {
    return this.said.then((text) => /http:\S+/.exec(text)?.[0] ?? '');
  }

  get inspectUrl(): Promise<string> {
    return this.said.then((text) => /ws:[^']+/.exec(text)?.[0] ?? '');
  }

  close(): void {
    this.#process.kill();
  }
}

let browser: Browser | undefined;
const inspectors: Inspecting[] = [];

beforeAll(async () => {
  if (chromium.isMissing) return;
  browser = await playwright.launch({ executablePath: chromium.binary, args: quiet, timeout: patienceMs });
});

afterAll(async () => {
  for (const one of inspectors) one.close();
  await browser?.close();
});

/** A page with all that went wrong in it, and every address that it asked for. */
export interface Visited {
  readonly page: Page;
  readonly faults: string[];
  readonly asked: string[];
}

/** Opens an address in a window of its own. */
export async function visit(url: string, options: BrowserContextOptions = {}): Promise<Visited> {
  if (browser === undefined) throw new Error('there is no browser');
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const visited = { page, faults: [] as string[], asked: [] as string[] };
  page.on('pageerror', ({ message }) => visited.faults.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') visited.faults.push(message.text());
  });
  page.on('request', (request) => visited.asked.push(request.url()));
  await page.goto(url);
  return visited;
}

/** Starts the inspector and opens what it shows. */
export async function inspect(args: readonly string[], options: BrowserContextOptions = {}): Promise<Visited> {
  const inspecting = new Inspecting(...args);
  inspectors.push(inspecting);
  return visit(await inspecting.url, options);
}

export const theLost = ['call-while-going-to-background', '--mode', '1', '--profile', 'reject', '--seed', '3'];

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds, each with the elements concerned. */
export async function axeViolations({ page }: Visited): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<Found[]>(
    "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then(({ violations }) => violations)",
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}
