import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';
import { ringproofAlone } from '../support/programs/ringproof.ts';

/** What a module of one's own leaves behind when it has been loaded, and what it leaves unsaid. */

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A module of one machine that shows that it was told to go, and a property of what is `seen`. */
function moduleOf(name: string, { before = '', after = '', seen = 'seen' } = {}): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `import { defineProperty, defineSystem } from 'ringproof';
import { createMachine, emit } from 'xstate';
${before}
const show = emit({ type: 'observe', observation: { type: 'seen' } } as never);
const property = { name: 'some', says: 'some', initial: 0, on: { ${seen}: () => 1 }, witnessed: () => true };
export default defineSystem({
  name: 'one', title: 'One', parties: { one: { machine: createMachine({ on: { go: { actions: show } } }) } }, links: {},
  steps: [{ at: '1s', party: 'one', event: { type: 'go' } }], properties: [defineProperty(property)], until: '3s',
});
${after}`,
  );
  return file;
}

describe('A module', () => {
  test('that keeps a timer and a server does not keep the command', async () => {
    const before = "import { createServer } from 'node:net'; setInterval(() => {}, 50); createServer().listen(0);";
    const { status, stdout, stderr } = await ringproofAlone(['check', moduleOf('open.ts', { before })]);
    expect(stdout).toMatch(/^ {2}some +holds$/m);
    expect([status, stderr]).toEqual([0, '']);
  });

  test('whose promise fails is at fault itself, and its line is told', async () => {
    const file = moduleOf('late.ts', { before: "Promise.reject(new Error('later'));" });
    const { status, stdout, stderr } = await ringproofAlone(['simulate', file]);
    expect(stderr).toBe(
      `${file}:3: found what nobody caught (later); expected a module that does nothing after it was loaded: no timers, and no promises that fail\n`,
    );
    expect([status, stdout]).toEqual([2, '']);
  });

  test('that exports two systems by default is refused', () => {
    const file = moduleOf('twins.ts', { after: 'export default 1;' });
    const { status, stderr } = ringproof('simulate', file);
    expect(stderr).toMatch(
      `${file}:10: found a module that cannot be loaded (two exports of the name default); expected`,
    );
    expect(status).toBe(2);
  });

  test('whose property looks at what no machine shows has nothing to judge, whoever asks', () => {
    const file = moduleOf('sen.ts', { seen: 'sen' });
    const { status, stdout, stderr } = ringproof('check', file);
    expect(stderr).toBe('some looks at sen, which no machine shows: they show seen; did you mean seen?\n');
    expect(stdout).toMatch(/^ {2}some +holds +nothing to judge$/m);
    expect(status).toBe(3);
    const run = ringproof('simulate', file);
    expect(run.stdout).toContain('No property had anything to judge.');
    expect(run.status).toBe(3);
  });
});
