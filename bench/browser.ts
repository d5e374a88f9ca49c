import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian puts Chromium: without windows, which is what the tests take, or whole. */
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Starts the Chromium that is installed. Throws where none is, with the line that installs one. */
export function launchChromium(): Promise<Browser> {
  const executablePath = programs.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium: apt-get install chromium-headless-shell');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}
