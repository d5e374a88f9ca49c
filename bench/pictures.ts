import { spawn } from 'node:child_process';
import process from 'node:process';
import { createWebSocketInspector } from '@statelyai/inspect';
import { createActor, createMachine } from 'xstate';
import { launchChromium } from './browser.ts';

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

/** Starts the inspector; resolves with what it prints. */
async function inspect(...args: string[]): Promise<{ readonly said: string; readonly close: () => void }> {
  const inspecting = spawn(process.execPath, ['dist/cli/main.js', 'inspect', ...args]);
  const said = await new Promise<string>((resolve) => {
    let text = '';
    inspecting.stdout.on('data', (more) => {
      text += more;
      if (text.includes('Ctrl-C')) resolve(text);
    });
  });
  return { said, close: () => inspecting.kill() };
}

const addressIn = (said: string): string => /http:\S+/.exec(said)?.[0] ?? '';

/** Some application, to be inspected. */
const player = createMachine({
  id: 'player',
  initial: 'loading',
  on: { reset: '.loading' },
  states: {
    loading: { on: { loaded: 'ready', failed: 'broken' }, after: { 5000: 'broken' } },
    ready: {
      type: 'parallel',
      on: { eject: 'over' },
      states: {
        transport: {
          initial: 'stopped',
          states: {
            stopped: { on: { play: 'running' } },
            running: {
              initial: 'playing',
              on: { stop: 'stopped' },
              states: { playing: { on: { pause: 'paused' } }, paused: { on: { play: 'playing' } } },
            },
          },
        },
        sound: { initial: 'on', states: { on: { on: { mute: 'off' } }, off: { on: { unmute: 'on' } } } },
      },
    },
    broken: { on: { retry: 'loading' } },
    over: { type: 'final' },
  },
});

async function pictureOfApplication(file: string): Promise<void> {
  const { said, close } = await inspect();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  await page.goto(addressIn(said));
  const { inspect: observer, stop } = createWebSocketInspector({ url: /ws:[^']+/.exec(said)?.[0] ?? '' });
  const actor = createActor(player, { inspect: observer as never });
  actor.start();
  for (const type of ['loaded', 'play', 'pause'] as const) actor.send({ type });
  await page.click('button:has-text("live")');
  await page.waitForSelector('.live-chart .transition.taken');
  await page.screenshot({ path: file });
  console.log(file);
  stop();
  close();
}

const browser = await launchChromium();
try {
  for (const { file, args, colorScheme, ready } of pictures) {
    const { said, close } = await inspect(...args);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    await page.goto(addressIn(said));
    await page.waitForSelector(ready);
    await page.screenshot({ path: file });
    console.log(file);
    close();
  }
  await pictureOfApplication('docs/inspector-live.png');
} finally {
  await browser.close();
}
