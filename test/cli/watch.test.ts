import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { installedIn, ringproof } from '../support/commandLine.ts';

/** `check --watch`: the verdicts of a file as it is by now, whatever an editor does to it. */

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
const installed = installedIn(folder);
afterAll(() => rmSync(folder, { recursive: true }));

const scenario = (dialAt: string) =>
  `name: mine\ntitle: Mine\nsteps:\n  - { at: 1s, do: open }\n  - { at: 10s, do: home }\n  - { at: ${dialAt}, do: dial, call: 1 }\n`;

/** A command under way: `saying` waits for words that it has not said before. */
function running(...args: string[]) {
  const child = spawn(process.execPath, [installed, ...args], { env: { ...process.env, NO_COLOR: '1' } });
  let said = '';
  let tell = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      tell();
    });
  const saying = (words: string): Promise<void> =>
    new Promise((resolve) => {
      tell = () => {
        const at = said.indexOf(words);
        if (at < 0) return;
        said = said.slice(at + words.length);
        resolve();
      };
      tell();
    });
  return { child, saying };
}

test('a saved, a renamed, a broken and a missing file is checked as it is, until Ctrl-C', async () => {
  const file = join(folder, 'mine.yaml');
  writeFileSync(file, scenario('50s'));
  const { child, saying } = running('check', file, '-m', '1', '-p', 'reject', '--property', 'noInviteLost', '--watch');
  await saying('noInviteLost         holds');
  await saying('Ctrl-C ends');
  writeFileSync(`${file}.new`, scenario('[10s, 11s]'));
  renameSync(`${file}.new`, file);
  await saying('mine.yaml has changed');
  await saying('noInviteLost         violated');
  await saying('Ctrl-C ends');
  writeFileSync(file, scenario('50s').replace('dial', 'dail'));
  await saying('found "dail" for steps[3].do');
  await saying('Ctrl-C ends');
  rmSync(file);
  await saying('has changed');
  await saying('Ctrl-C ends');
  writeFileSync(file, scenario('50s'));
  await saying('noInviteLost         holds');
  await saying('Ctrl-C ends');
  const closed = once(child, 'close');
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
});

test('of a module and what it imports the file is named that has changed', async () => {
  const [module, other] = [join(folder, 'mine.ts'), join(folder, 'steps.ts')];
  writeFileSync(module, "import { steps } from './steps.ts'; export default steps;");
  writeFileSync(other, 'export const steps = 1;');
  const { child, saying } = running('check', module, '--watch');
  await saying('something else as its default export');
  await saying('Ctrl-C ends');
  writeFileSync(other, 'export const steps = [];');
  await saying('steps.ts has changed');
  await saying('a list as its default export');
  const closed = once(child, 'close');
  child.kill('SIGINT');
  expect(await closed).toEqual([2, null]);
});

test('where there is nothing that could change it says so', () => {
  const { status, stderr } = ringproof('check', 'call-while-suspended', '--watch');
  expect(stderr).toContain('--watch: found no file that could change; expected a scenario file or a module of yours');
  expect(status).toBe(2);
});
