import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium as playwright,
} from 'playwright-core';
import { need, testWith } from '../support/programs/program.ts';
import { type Served, served } from './inspecting.ts';

/** The one without windows takes a third less of the processor. */
const chromium = need('chromium', 'chromium-headless-shell', 'chromium-headless-shell', 'chromium');

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

/** Browser and servers go on for the next file of tests, and end with the process. */
let browser: Promise<Browser> | null = null;
const launched = (): Promise<Browser> => {
  browser ??= playwright.launch({ executablePath: chromium.binary, args: quiet, timeout: patienceMs });
  return browser;
};

/** By what they show: pages of one bundled scenario share a server; a file may have changed, and has one of its own. */
const servers = new Map<string, Served>();
const serverOf = (args: readonly string[]): Served => {
  const isFile = args[0]?.endsWith('.json') ?? false;
  const shown = isFile ? `${servers.size} ${args[0]}` : args.join(' ');
  const server = servers.get(shown) ?? served(...args);
  servers.set(shown, server);
  return server;
};

/** Of the test that runs. A page that is left open would go on drawing beside the next one. */
const contexts: BrowserContext[] = [];

export async function closePages(): Promise<void> {
  await Promise.all(contexts.splice(0).map((one) => one.close()));
}

/** A page with all that went wrong in it, and every address that it asked for. */
export interface Visited {
  readonly page: Page;
  readonly faults: string[];
  readonly asked: string[];
}

/** Opens an address in a window of its own. */
export async function visit(url: string, options: BrowserContextOptions = {}): Promise<Visited> {
  const context = await (await launched()).newContext({ viewport: { width: 1440, height: 900 }, ...options });
  contexts.push(context);
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

/** Starts the inspector, unless it shows the same already, and opens its page. */
export async function inspect(args: readonly string[], options: BrowserContextOptions = {}): Promise<Visited> {
  return visit(serverOf(args).url, options);
}

export const theLost = ['call-while-going-to-background', '--mode', '1', '--profile', 'reject', '--seed', '3'];

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** WCAG 1.4.10, of which axe-core knows nothing: whatever is beside the window, as far as it cannot be scrolled by itself. */
const besideWindow = `(() => {
  const scrolls = (one) => one !== null && (/auto|scroll|hidden/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  return [...document.querySelectorAll('body *')].filter((one) => {
    const { width, left, right } = one.getBoundingClientRect();
    return width > 0 && (left < -1 || right > innerWidth + 1) && !one.closest('svg, .unseen, .patterns, details:not([open]) > :not(summary)') && !scrolls(one.parentElement);
  }).map((one) => 'beside the window: ' + one.outerHTML.slice(0, 160));
})()`;

export const tooWide = ({ page }: Visited): Promise<string[]> => page.evaluate<string[]>(besideWindow);

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules of axe-core that look at colours, as far as they are among those that a page is held to. */
const colourRules = `axe.getRules(['cat.color']).filter((rule) => rule.tags.some((tag) => ${JSON.stringify(tags)}.includes(tag))).map(({ ruleId }) => ruleId)`;

/**
 * What axe-core finds, each with the elements concerned, and what is beside the window. In the second theme of a page that was
 * looked at in the first one the rules for `colours` are enough: the themes differ in nothing else.
 */
export async function axeViolations(visited: Visited, rules: 'all' | 'colours' = 'all'): Promise<string[]> {
  const { page } = visited;
  // What is being worked out is drawn paler for that moment.
  await page.waitForSelector('body:not(:has([aria-busy="true"]))');
  if (await page.evaluate<boolean>("typeof axe === 'undefined'")) await page.evaluate(axe);
  const found = await page.evaluate<Found[]>(
    // Of what is fine it need not tell the nodes, which takes it as long as all the rest.
    `axe.run({ resultTypes: ['violations'], runOnly: ${rules === 'all' ? JSON.stringify(tags) : colourRules} }).then(({ violations }) => violations)`,
  );
  return [
    ...found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`)),
    ...(await tooWide(visited)),
  ];
}
