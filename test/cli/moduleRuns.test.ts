import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A module with two parties of the same machine, one of whose steps is told to the first one. */
function moduleOf(
  name: string,
  { machine = '{ on: { go: {} } }', until = "'3s'", property = '', title = "'Two'" } = {},
) {
  const file = join(folder, name);
  writeFileSync(
    file,
    `import { defineProperty, defineSystem } from 'ringproof';
     import { createMachine, emit } from 'xstate';
     const show = (type) => emit({ type: 'observe', observation: { type } });
     const machine = createMachine(${machine});
     const any = { name: 'any', says: 'any', initial: 0, on: {}, witnessed: () => true };
     export default defineSystem({
       name: 'two', title: ${title}, parties: { one: { machine }, two: { machine } },
       links: { wire: { between: ['one', 'two'], transport: 'udp', latency: '5ms' } },
       steps: [{ at: ['1s', '1001ms'], party: 'one', event: { type: 'go' } }],
       properties: [defineProperty({ ...any, ${property} })],
       until: ${until},
     });`,
  );
  return file;
}

describe('fuzz of a module', () => {
  test('tells sentence, ladder and the command that replays what it has written', () => {
    const kept = join(folder, 'found.json');
    const { status, stdout } = ringproof('fuzz', 'examples/own/payment.ts', '--output', kept);
    expect(stdout).toMatch(/^Violated: chargedOnce, after \d+ runs and \d+ shrinks \(seed 1\)\./);
    expect(stdout).toMatch(/chargedOnce is violated: .* \(at [\d.]+ s\)\./);
    expect(stdout).toMatch(/✗ chargedOnce/);
    expect(status).toBe(1);
    const [, command = ''] = /see it again with: node \S+ (.*)/.exec(stdout) ?? [];
    const again = ringproof(...command.split(' '));
    expect(again.stderr).toBe('');
    expect(again.stdout).toContain(JSON.parse(readFileSync(kept, 'utf8')).digest);
    expect(again.status).toBe(1);
  });

  test('draws hand-overs too, whose runs are replayed with the machines of the module', () => {
    // Nobody calls in what the module itself says.
    const file = join(folder, 'quiet.ts');
    writeFileSync(
      file,
      `import { defineScenario } from 'ringproof';
       const document = { name: 'quiet', title: 'Quiet', steps: [{ at: '1s', do: 'open' }] };
       export default defineScenario(document, { mode: 'singleDeviceEmulation', server: 'reject' });`,
    );
    const kept = join(folder, 'drawn.json');
    const { status, stdout } = ringproof('fuzz', file, '--output', kept);
    expect(stdout).toMatch(/^Violated: noInviteLost.*, in a hand-over that was drawn\.\n/);
    expect(status).toBe(1);
    const again = ringproof('simulate', file, '--replay', kept);
    expect(again.stderr).toBe('');
    expect(again.stdout).toMatch(/^\nCall \d was lost: /);
    expect(again.status).toBe(1);
  });

  test.each([
    ['fuzz', 'examples/own/eager-push-server.ts', '--profile', 'reject'],
    ['fuzz', 'examples/own/lock.ts'],
    ['sweep', 'examples/own/payment.ts', '--runs', '100'],
    ['sweep', 'examples/own/eager-push-server.ts', '--profile', 'reject', '--runs', '10', '--format', 'json'],
  ])('%s %s prints the same bytes with one worker and two', (...args) => {
    const [one, two] = ['1', '2'].map((jobs) => ringproof(...args, '--jobs', jobs));
    expect(one?.stdout).not.toBe('');
    expect(one).toEqual(two);
  });

  test('finds what is wrong only at the end of a long run', () => {
    const machine = `{ initial: 'a', states: { a: { on: { go: {} }, after: { d: { target: 'b', actions: show('seen') } } }, b: {} }, }`;
    const file = moduleOf('end.ts', {
      machine,
      until: "'2999999ms'",
      property: 'on: { seen: () => 1 }, unfinished: (seen) => (seen ? null : "never seen")',
    });
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('one: { machine }', "one: { machine, delays: { d: ['1s', '3000s'] } }")
        .replace('two: { machine }', "two: { machine, delays: { d: '4000s' } }"),
    );
    const { status, stdout } = ringproof('fuzz', file);
    expect(stdout).toContain('any is violated: never seen (at 2999.999 s)');
    expect(status).toBe(1);
  });
});

describe('sweep of a module', () => {
  test('counts the runs of a system that violate each property', () => {
    const { status, stdout } = ringproof('sweep', 'examples/own/payment.ts', '--runs', '50');
    expect(stdout).toMatch(
      /runs that violate a property, of 50\n {2}chargedOnce +\d+ {2}95 %: [\d.]+ % to [\d.]+ %; first with seed 1\n/,
    );
    expect(stdout).toMatch(/endsAgree +0 {2}95 %: 0\.0 % to 7\.1 %\n/);
    expect(stdout).toMatch(/chargedOnce: node \S+ simulate examples\/own\/payment\.ts --seed 1\n$/);
    expect(status).toBe(1);
  });

  test('counts the calls that a hand-over loses, on every server where it names none', () => {
    const { status, stdout } = ringproof('sweep', 'examples/own/eager-push-server.ts', '--runs', '30');
    expect(stdout.match(/singleDeviceEmulation on \w+/g)?.length).toBe(5);
    expect(stdout).toMatch(/on reject\n {2}calls lost: [1-9]\d* of 30 \(95 %: /);
    expect(stdout).not.toContain('nothing to judge');
    expect(status).toBe(1);
  });
});

describe.each(['fuzz', 'sweep'])('%s of a module', (command) => {
  test('that has nothing to judge is no success', () => {
    const file = moduleOf('idle.ts', { property: 'witnessed: () => false' });
    const { status, stdout } = ringproof(command, file, '--runs', '20');
    expect(stdout).toMatch(/nothing to judge/i);
    expect(status).toBe(3);
  });

  test('that is another one whenever it is loaded is refused', () => {
    // In each thread another one, in what its machines do alone.
    const elsewhere = "import { isMainThread } from 'node:worker_threads'";
    const machine = "{ on: { go: { guard: () => isMainThread, actions: show('seen') } } }";
    const file = moduleOf('luck.ts', { machine });
    writeFileSync(file, `${elsewhere};\n${readFileSync(file, 'utf8')}`);
    const { status, stderr } = ringproof(command, file);
    expect(stderr).toBe(
      `${file}: found another one when it is loaded again; expected a module that is the same whenever it is loaded\n`,
    );
    expect(status).toBe(2);
  });

  test('of which a property throws in the midst is refused in one line', () => {
    const file = moduleOf('throws.ts', {
      machine: "{ on: { go: { actions: show('seen') } } }",
      property: "on: { seen: () => { throw new Error('boom\\nline'); } }",
    });
    const { status, stdout, stderr } = ringproof(command, file, '--runs', '20');
    expect(stderr).toBe(`${file}, property any: found boom line in on.seen; expected a pure function of plain data\n`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('shows control characters as such', () => {
    const clear = '\\u001b[2J';
    const file = moduleOf('control.ts', {
      title: `'T${clear}'`,
      machine: `{ on: { go: { actions: show('se${clear}en') } } }`,
      property: `on: { 'se${clear}en': () => 1 }, violation: (seen) => (seen ? 'bad${clear}' : null)`,
    });
    const { status, stdout } = ringproof(command, file, '--runs', '20');
    expect(stdout).toContain('T\\u001b[2J');
    expect(stdout).not.toContain('\u001b');
    expect(status).toBe(1);
  });
});

test('simulate and sweep draw the days of a workload by their seeds; what decides every order takes none', () => {
  const file = join(folder, 'day.ts');
  writeFileSync(
    file,
    `import { defineScenario } from 'ringproof';
     const workload = { like: 'home', opens: { perDay: 2 } };
     export default defineScenario({ name: 'day', title: 'Day', workload }, { mode: 'standard', server: 'multi' });`,
  );
  const drawn = ringproof('simulate', file, '--seed', '3', '--format', 'json');
  const { scenario, seed } = JSON.parse(drawn.stdout);
  expect([seed, scenario.steps.length > 1]).toEqual([3, true]);
  const kept = join(folder, 'day.json');
  writeFileSync(kept, drawn.stdout);
  expect(JSON.parse(ringproof('simulate', file, '--replay', kept, '--format', 'json').stdout).seed).toBe(3);
  const swept = ringproof('sweep', file, '--runs', '12', '--format', 'json', '--jobs', '2');
  expect(swept.status).toBe(0);
  expect(swept).toEqual(ringproof('sweep', file, '--runs', '12', '--format', 'json', '--jobs', '1'));
  const [{ runs, calls }] = JSON.parse(swept.stdout).cells;
  expect([runs, calls.made > 0, calls.interval[1] <= 1]).toEqual([12, true, true]);
  expect(ringproof('check', file)).toMatchObject({ status: 2, stderr: expect.stringContaining('found a workload; ') });
});

test.each([
  [['check', '/dev/zero'], /found a device; expected a file/],
  [['compare', 'examples/own/lock.ts'], /found a module of your own; expected a scenario file/],
  [['fuzz', 'examples/own/lock.ts', '--mode', '1'], /--mode: found an option for scenarios/],
  [['fuzz', 'examples/own/lock.ts', '--changes', '2'], /--changes: found an option for scenarios/],
  [['fuzz', 'examples/own/lock.ts', '--trace', 'x.json'], /--trace: found an option for scenario files/],
  [['fuzz', 'examples/own/lock.ts', '--property', 'oneholder'], /did you mean oneHolder/],
  [['fuzz', 'examples/own/lock.ts', '--runs', '0'], /expected a whole number from 1/],
  [['fuzz', 'examples/own/lock.ts', '--seed', '4294967296'], /expected a whole number from 0/],
  [
    ['fuzz', 'examples/home-open-home.yaml'],
    /found a scenario.*a module of your own.*`check examples\/home-open-home\.yaml`/,
  ],
  [['fuzz', '--jobs', '2'], /--jobs: found an option for a module/],
  [['fuzz', '--property', 'noinvitelost'], /did you mean noInviteLost/],
  [['sweep', 'examples/own/lock.ts', '--profile', 'reject'], /--profile: found an option for scenarios/],
  [['sweep', 'examples/own/lock.ts', '--network', 'lte'], /--network: found an option for scenario files/],
  [['sweep', 'examples/own/lock.ts', 'examples/own/payment.ts'], /found something beside a module/],
  [['sweep', 'examples/own/lock.ts', '--estimator', 'dates'], /--estimator: found an option for scenario files/],
  [['sweep', 'examples/own/lock.ts', '--charts'], /--charts: found an option for scenario files/],
  [['sweep', 'home-open-home', '--report', 'x.html', '--shard', '1/2'], /--shard: found --report with it/],
  [['simulate', 'examples/own/lock.ts', '--replay', 'x.json', '--mode', '1'], /--mode: found an option for a new run/],
])('%j is refused', (args, message) => {
  const { status, stderr } = ringproof(...args);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
