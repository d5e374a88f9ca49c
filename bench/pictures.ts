import { spawn } from 'node:child_process';
import process from 'node:process';
import { chromium } from 'playwright-core';

/** The pictures of the documentation, taken from the page itself. */
const pictures = [
  {
    file: 'docs/inspector.png',
    args: ['call-while-going-to-background', '--mode', '1', '--profile', 'reject', '--seed', '3'],
    colorScheme: 'light',
    ready: '.choices button',
  },
  { file: 'docs/inspector-compare.png', args: [], colorScheme: 'dark', ready: '.cell' },
] as const;

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const { file, args, colorScheme, ready } of pictures) {
    const inspecting = spawn(process.execPath, ['dist/cli/main.js', 'inspect', ...args]);
    const url = await new Promise<string>((resolve) => {
      inspecting.stdout.on('data', (text) => {
        const [found] = /http:\S+/.exec(String(text)) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    await page.goto(url);
    await page.waitForSelector(ready);
    await page.screenshot({ path: file });
    console.log(file);
    inspecting.kill();
  }
} finally {
  await browser.close();
}
