import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ringproof, root } from '../support/commandLine.ts';
import { ringproofAlone } from '../support/programs/ringproof.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A module in a folder that has neither Ringproof nor XState. */
function moduleOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a module of one’s own on the command line', () => {
  test('a system is checked, shown as a ladder of its own parties, and written as a trace', () => {
    const file = join(folder, 'lock.json');
    const { status, stdout, stderr } = ringproof('check', 'examples/own/lock.ts', '--output', file);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ {2}oneHolder +violated +shortest counterexample: \d+ events/);
    expect(stdout).toMatch(/^ +ann +server +bob$/m);
    expect(stdout).toContain('✗ oneHolder: ann and bob both hold the lock');
    expect(stdout).not.toContain('0 calls');
    expect(status).toBe(1);
    const again = ringproof('simulate', 'examples/own/lock.ts', '--replay', file);
    expect(again.stdout).toContain('✗ oneHolder: ann and bob both hold the lock');
    expect(again.status).toBe(1);
    const alone = ringproof('simulate', file);
    expect(alone.stderr).toMatch(
      /found a run of a system of your own; expected its module: `simulate MODULE --replay FILE`/,
    );
    expect(alone.status).toBe(2);
    const other = ringproof('simulate', 'examples/own/payment.ts', '--replay', file);
    expect(other.stderr).toMatch(/a trace that cannot be run|comes out differently/);
    expect(other.status).toBe(2);
  });

  test('what the module prints itself is not mixed with what the command says', () => {
    const lock = join(root, 'examples/own/lock.ts');
    const file = moduleOf('chatty.ts', `import lock from '${lock}'; console.log('hello'); export default lock;`);
    const { stdout, stderr } = ringproof('check', file, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ system: 'lock' });
    expect(stderr).toBe('hello\n');
  });

  test.each([
    ['Math.random', 'const luck = Math.random() < 2;\nexport default lock;', ':2'],
    ['Date', 'let day = 0;\ntry { day = new Date().getDay(); } catch {}\nexport default lock;', ':3'],
    ['performance.now', 'const at = [1].map(() => performance.now());\nexport default lock;', ':2'],
    [
      'crypto.randomUUID',
      "import { randomUUID } from 'node:crypto';\nconst one = randomUUID();\nexport default lock;",
      ':3',
    ],
    [
      'crypto.randomInt',
      "import crypto from 'node:crypto';\nconst one = crypto.randomInt(2);\nexport default lock;",
      ':3',
    ],
    ['os.uptime', "import { uptime } from 'node:os';\nconst at = uptime();\nexport default lock;", ':3'],
    ['process.memoryUsage', 'const { rss } = process.memoryUsage();\nexport default lock;', ':2'],
    ['process.hrtime', 'const at = process.hrtime.bigint();\nexport default lock;', ':2'],
  ])('a module that %s decides when it is loaded is refused with its line', (word, text, line) => {
    const lock = join(root, 'examples/own/lock.ts');
    const file = moduleOf('lucky.ts', `import lock from '${lock}';\n${text}`);
    const { status, stderr } = ringproof('check', file);
    expect(stderr).toBe(
      `${file}${line}: found ${word} while the module is loaded; expected a module that is the same whenever it is loaded\n`,
    );
    expect(status).toBe(2);
  });

  test('a system is simulated by seed', () => {
    const run = (seed: string) => ringproof('simulate', 'examples/own/payment.ts', '--seed', seed);
    expect(run('1').stdout).toBe(run('1').stdout);
    expect(run('1').stdout).not.toBe(run('2').stdout);
    expect(run('1').stdout).toMatch(/A payment, with a bank that forgets what it has charged, seed 1, 30 s/);
  });

  test('a hand-over is checked in its own mode on every server, with the same bytes for one worker and two', () => {
    const run = (jobs: string) =>
      ringproof(
        ...['check', 'examples/own/eager-push-server.ts', '--property', 'singleRegistration'],
        ...['--format', 'json', '--jobs', jobs],
      );
    const one = run('1');
    expect(one.stdout).toBe(run('2').stdout);
    const { cells } = JSON.parse(one.stdout) as { cells: { mode: string; profile: string; verdict: string }[] };
    expect(new Set(cells.map(({ mode }) => mode))).toEqual(new Set(['singleDeviceEmulation']));
    expect(cells.length).toBeGreaterThanOrEqual(5);
    expect(cells.map(({ verdict }) => verdict)).toContain('violated');
    expect(one.status).toBe(1);
  });

  test('a property of one’s own beside ours that was never judged is no success either', () => {
    const file = moduleOf(
      'unjudged.ts',
      `import { defineProperty, defineScenario } from 'ringproof';
       const never = defineProperty({ name: 'never', says: 'x', initial: 0, on: {}, witnessed: () => false });
       export default defineScenario({ name: 'idle', title: 'Idle', steps: [{ at: '1s', do: 'open' }] },
         { mode: 'continuous', server: 'multi', properties: [never] });`,
    );
    const { status, stdout } = ringproof('check', file);
    expect(stdout).toMatch(/never +holds +nothing to judge/);
    expect(status).toBe(3);
  });

  test('what was never judged is not success', () => {
    const file = moduleOf(
      'idle.ts',
      `import { defineProperty, defineSystem } from 'ringproof';
       import { createMachine } from 'xstate';
       const machine = createMachine({ on: { go: {} } });
       export default defineSystem({
         name: 'idle', title: 'Idle', parties: { one: { machine }, two: { machine } },
         links: { wire: { between: ['one', 'two'], transport: 'udp', latency: '5ms' } },
         steps: [{ at: '1s', party: 'one', event: { type: 'go' } }],
         properties: [defineProperty({ name: 'never', says: 'x', initial: 0, on: {}, witnessed: () => false })],
         until: '3s',
       });`,
    );
    const { status, stdout } = ringproof('check', file);
    expect(stdout).toMatch(/never +holds +nothing to judge/);
    expect(status).toBe(3);
  });

  const two = `{ name: 'two', title: 'Two', parties: { one: { machine }, other: { machine } },
    links: { wire: { between: ['one', 'other'], transport: 'udp', latency: '5ms' } },
    steps: [{ at: '1s', party: 'one', event: { type: 'go' } }],
    properties: [defineProperty({ name: 'any', says: 'any', initial: 0, on: {}, witnessed: () => true })], until: '3s' }`;
  const machine = 'const machine = createMachine({ on: { go: {} } });';

  test.each([
    [
      'jsx',
      `import { defineProperty, defineSystem } from 'ringproof'; import { createMachine } from 'xstate';
       ${machine} const unused = () => <p />; export default defineSystem(${two});`,
    ],
    [
      'tsx',
      `import { defineProperty, defineSystem } from 'ringproof'; import { createMachine } from 'xstate';
       ${machine} const unused = (text: string) => <p>{text}</p>; export default defineSystem(${two});`,
    ],
    [
      'cjs',
      `const { defineProperty, defineSystem } = require('ringproof'); const { createMachine } = require('xstate');
       ${machine} module.exports = defineSystem(${two});`,
    ],
  ])('is loaded also from a file that ends with .%s', (end, text) => {
    const { status, stdout, stderr } = ringproof('check', moduleOf(`two.${end}`, text));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ {2}any +holds$/m);
    expect(status).toBe(0);
  });

  test('a literal delay takes as long as the system says', () => {
    const file = moduleOf(
      'literal.ts',
      `import { defineProperty, defineSystem } from 'ringproof'; import { createMachine } from 'xstate';
       const machine = createMachine({ initial: 'a', states: { a: { on: { go: {} }, after: { 100: 'b' } }, b: {} } });
       const delays = { 100: '2s' };
       export default defineSystem(${two.replaceAll('{ machine }', '{ machine, delays }')});`,
    );
    const { stdout } = ringproof('simulate', file, '--format', 'json');
    const timers = JSON.parse(stdout).records.filter(({ kind }: { kind: string }) => kind === 'timer');
    expect(timers.map(({ atMs }: { atMs: number }) => atMs)).toEqual([2_000, 2_000]);
  });

  test('a step that a machine in the place of ours never takes is said before anything runs', () => {
    const file = moduleOf(
      'deaf.ts',
      `import { defineScenario } from 'ringproof'; import { createMachine } from 'xstate';
       const machine = createMachine({ on: { 'user.opne': {} } });
       export default defineScenario({ name: 'deaf', title: 'Deaf', steps: [{ at: '1s', do: 'open' }] },
         { mode: 'continuous', server: 'multi', machines: { app: { machine } } });`,
    );
    const { status, stderr } = ringproof('simulate', file);
    expect(stderr).toMatch(
      /found user\.open in steps\[1\], which the machine of app never takes; .*did you mean user\.opne\?/,
    );
    expect(status).toBe(2);
  });

  test('more properties than a check can tell apart are refused', () => {
    const one = "defineProperty({ name: 'p' + index, says: 'x', initial: 0, on: {}, witnessed: () => true })";
    const many = `properties: Array.from({ length: 32 }, (_, index) => ${one})`;
    const file = moduleOf(
      'many.ts',
      `import { defineProperty, defineSystem } from 'ringproof'; import { createMachine } from 'xstate';
       ${machine} export default defineSystem(${two.replace(/properties: \[.*\]/, many)});`,
    );
    const { status, stderr } = ringproof('check', file);
    expect(stderr).toBe(`${file}: found 32 properties; expected at most 31, with ours\n`);
    expect(status).toBe(2);
  });

  test('a hand-over whose document expects what is violated is as expected in every command', () => {
    const text = readFileSync(join(root, 'examples/own/eager-push-server.ts'), 'utf8');
    const expected = "['singleRegistration', 'noInviteLost', 'noBlackout']";
    const expecting = `  expect: { reject: { singleDeviceEmulation: ${expected} } },\n  steps: [`;
    const file = moduleOf('expecting.ts', text.replace('  steps: [', expecting));
    const place = ['--profile', 'reject'];
    const run = ringproof('simulate', file, ...place);
    expect(run.stdout).toMatch(/singleRegistration +violated, as expected/);
    expect(run.status).toBe(0);
    const swept = ringproof('sweep', file, ...place, '--runs', '20');
    expect(swept.stdout).toMatch(/singleRegistration +\d+ .*; as expected/);
    expect(swept.status).toBe(0);
    expect(ringproof('simulate', file, '--profile', 'multi').status).toBe(1);
  });

  test.each([
    ['none.ts', 'export const x = 1;', /found no default export; expected a module whose default export/],
    ['number.mjs', 'export default 5;', /found something else as its default export/],
    ['syntax.ts', 'export default {', /syntax\.ts:1: found a module that cannot be loaded \(.*Unexpected/],
    ['package.ts', "import x from 'no-such-package'; export default x;", /Cannot find module 'no-such-package'/],
    ['throws.ts', "\nthrow new Error('on purpose');", /throws\.ts:2: found .* cannot be loaded \(on purpose\)/],
    ['imports.ts', "import './throws.ts';", /imports\.ts: found .* \(on purpose, in .*throws\.ts:2\)/],
    ['misspelt.ts', "import { define } from 'ringproof';\ndefine();", /misspelt\.ts:2: .*\(define is not a function\)/],
  ])('%s is refused in one line', (name, text, message) => {
    const { status, stderr } = ringproof('check', moduleOf(name, text));
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(message)]);
    expect(status).toBe(2);
  });

  test.each([
    ['exits.ts', 'process.exit(0);'],
    ['waits.ts', 'await new Promise(() => {}); export default 1;'],
  ])('%s ends its process, and is refused all the same', async (name, text) => {
    const { status, stderr } = await ringproofAlone(['check', moduleOf(name, text)]);
    expect(stderr.trim()).toMatch(/found a module that ends before it is loaded/);
    expect(status).toBe(2);
  });

  test('what turns out not to fit in the midst of the check is refused in one line too', () => {
    // Only the slowest start with the slowest message meets the second state: no run before the check does.
    const file = moduleOf(
      'rare.ts',
      `import { defineProperty, defineSystem } from 'ringproof';
       import { assign, createMachine, emit } from 'xstate';
       const send = emit({ type: 'send', to: 'two', message: { type: 'late' } });
       const fail = assign(() => { throw new Error('rare'); });
       const two = createMachine({
         initial: 'early', context: {},
         states: { early: { on: { late: {} }, after: { 2000: 'over' } }, over: { on: { late: { actions: fail } } } },
       });
       export default defineSystem({
         name: 'rare', title: 'Rare',
         parties: { one: { machine: createMachine({ on: { go: { actions: send } } }) }, two: { machine: two } },
         links: { wire: { between: ['one', 'two'], transport: 'udp', latency: ['1ms', '1000ms'] } },
         steps: [{ at: ['1ms', '1001ms'], party: 'one', event: { type: 'go' } }],
         properties: [defineProperty({ name: 'any', says: 'any', initial: 0, on: {}, witnessed: () => true })],
         until: '3s',
       });`,
    );
    expect(ringproof('simulate', file).status).toBe(0);
    const { status, stdout, stderr } = ringproof('check', file);
    expect(stderr).toBe(
      `${file}: found rare in the machine of two, in state "over" on late; expected plain data and pure functions\n`,
    );
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('a run that is too long to be explored is refused', () => {
    const file = moduleOf(
      'long.ts',
      `import { defineProperty, defineSystem } from 'ringproof';
       import { createMachine } from 'xstate';
       export default defineSystem({
         name: 'long', title: 'Long', parties: { one: { machine: createMachine({}) } }, links: {}, steps: [],
         properties: [defineProperty({ name: 'any', says: 'any', initial: 0, on: {}, witnessed: () => true })],
         until: '400h',
       });`,
    );
    const { status, stderr } = ringproof('check', file);
    expect(stderr).toBe(`${file}: found until: 400h; expected at most 277h, the longest run that is explored\n`);
    expect(status).toBe(2);
  });

  test.each([
    [['check', 'examples/own/lock.ts', '--mode', '1'], /--mode: found an option for scenario files/],
    [['check', 'examples/own/lock.ts', '--save', 'x.yaml'], /--save: found an option for scenario files/],
    [['check', 'examples/own/lock.ts', 'examples/own/payment.ts'], /found something beside a module/],
    [['check', 'examples/own/lock.ts', '--property', 'oneholder'], /found oneholder; .*did you mean oneHolder/],
    [['check', 'call-in-foreground', '--property', 'noinvitelost'], /found noinvitelost; .*did you mean noInviteLost/],
    [['simulate', 'examples/own/lock.ts', '--mode', '1'], /--mode: found an option for scenarios/],
    [['simulate', 'examples/own/lock.ts', '--network', 'satellite'], /--network: found an option for scenario files/],
    [['check', 'examples/own/missing.ts'], /no such file/],
    [['simulate', 'call-in-foreground', '--replay', 'x.json'], /--replay: found an option for a module/],
    [['inspect', 'examples/own/lock.ts', '--mode', '1'], /--mode: found an option for scenarios/],
  ])('%j is refused', (args, message) => {
    const { status, stderr } = ringproof(...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
