import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ringproof, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lost = ['simulate', 'call-while-going-to-background', '--mode', '1', '--profile', 'reject', '--seed', '3'];

test('whoever reads no further still learns from the exit code how it ended', () => {
  const script = '"$0" "$@" | true; exit "$PIPESTATUS"';
  const { status } = spawnSync('bash', [
    '-c',
    script,
    process.execPath,
    join(root, 'dist/cli/main.js'),
    ...lost,
    '--network',
    'lte',
  ]);
  expect(status).toBe(1);
});

test('says the version of package.json', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(ringproof('--version').stdout).toBe(`${version}\n`);
});

describe('simulate', () => {
  test('says first what was lost, and exits with 1 unless the file expects it', () => {
    const { status, stdout } = ringproof(...lost);
    expect(stdout.trim().split('\n')[0]).toMatch(/^Call 1 was lost: nobody was registered for \d\.\d{3} s/);
    expect(stdout).toMatch(/^ {2}noInviteLost +violated, as expected$/m);
    expect(status).toBe(0);
    const text = readFileSync(join(root, 'examples/call-while-going-to-background.yaml'), 'utf8');
    const file = join(folder, 'expects-nothing.yaml');
    writeFileSync(file, text.split('\nexpect:')[0] as string);
    const unexpected = ringproof('simulate', file, ...lost.slice(2));
    expect(unexpected.stdout).toMatch(/^ {2}noInviteLost +violated$/m);
    expect(unexpected.status).toBe(1);
    // The file speaks of other runs than those with this network.
    expect(ringproof(...lost.slice(0, 4), '--profile', 'reject', '--seed', '3', '--network', 'lte').status).toBe(1);
  });

  test('exits with 0 when everything holds', () => {
    expect(ringproof('simulate', 'call-in-foreground').status).toBe(0);
  });

  test('knows the mode variants and the servers that tell them apart', () => {
    const { status, stdout } = ringproof(...lost, '--mode', 'swap');
    expect(stdout).toContain('Swap in one REGISTER on reject');
    expect(status).toBe(0);
    expect(ringproof(...lost, '--mode', 'sharedInstance', '--profile', 'instance').status).toBe(0);
  });

  test('the same seed gives the same bytes', () => {
    expect(ringproof(...lost, '--export', 'json').stdout).toBe(ringproof(...lost, '--export', 'json').stdout);
  });

  test('refuses options that it would pass over', () => {
    const file = join(folder, 'idle.json');
    ringproof(...lost, '--output', file);
    for (const [args, found] of [
      [[file, '--seed', '4'], '--seed: found an option for a new run'],
      [[file, '--mode', '2'], '--mode: found an option for a new run'],
      [['call-in-foreground', '--account', '2'], '--account: found no provisioning file'],
      [['call-in-foreground', '--force'], '--force: found no file to overwrite'],
    ] as const) {
      const { status, stderr } = ringproof('simulate', ...args);
      expect({ status, says: stderr.includes(found) }, stderr).toEqual({ status: 2, says: true });
    }
  });

  test('a trace that was written is replayed to the same digest; another one is refused', () => {
    const file = join(folder, 'trace.json');
    ringproof(...lost, '--output', file);
    const digest = JSON.parse(readFileSync(file, 'utf8')).digest as string;
    expect(ringproof('simulate', file).stdout).toContain(digest);
    const forged = join(folder, 'forged.json');
    writeFileSync(forged, readFileSync(file, 'utf8').replace('"code": 480', '"code": 404'));
    expect(ringproof('simulate', forged)).toMatchObject({ status: 2, stdout: '' });
    expect(ringproof('simulate', forged).stderr).toMatch(/found a step \d+ that comes out differently/);
    const other = join(folder, 'other.json');
    writeFileSync(other, readFileSync(file, 'utf8').replace(/"version": \d+/, '"version": 99'));
    expect(ringproof('simulate', other).stderr).toMatch(/found a trace of version 99; expected version \d/);
  });

  test('a private SIP server without outbound proxy: the push server cannot register, and the run shows it', () => {
    const { status, stdout } = ringproof(
      'simulate',
      'call-while-suspended',
      '--provisioning',
      'examples/provisioning/private-pbx.json',
    );
    expect(stdout).toContain('the push server cannot reach the SIP server');
    expect(stdout).toContain('Call 1 was lost');
    expect(status).toBe(1);
  });

  test('push that is switched off in the file: the run has no push server, whatever befalls one', () => {
    const file = join(folder, 'off.ini');
    writeFileSync(file, 'bria.push.enabled=false\naccount1.domain=a.example\n');
    const of = (scenario: string) => ringproof('simulate', scenario, '--provisioning', file).stdout;
    expect(of('call-while-suspended')).toContain('no push server registers for it, and the run has none');
    expect(of('call-while-suspended')).toContain('Call 1 was lost');
    expect(of('push-server-restarts')).toContain('Call 1 was lost');
  });

  test('exports Mermaid and PlantUML', () => {
    expect(ringproof(...lost, '--export', 'mermaid').stdout).toMatch(/^sequenceDiagram\n/);
    expect(ringproof(...lost, '--export', 'plantuml').stdout).toMatch(/^@startuml\n/);
  });
});

describe('check', () => {
  const gap = ['check', 'call-while-going-to-background', '--mode', '1', '--profile', 'reject'];

  test('one cell: the verdicts, the scope, the race window and the ladder', () => {
    const { status, stdout } = ringproof(...gap);
    expect(stdout).toMatch(/noInviteLost +violated +shortest counterexample: \d+ events/);
    expect(stdout).toMatch(
      /every order of events and every delay within the windows, until 110\.6 s, 1 call, .* classes/,
    );
    expect(stdout).toMatch(/dials call 1: at 10\.000 to 10\.\d{3} s \(of 10s to 10\.6s\)/);
    expect(stdout).toContain('480 Unavailable');
    expect(stdout).toMatch(/^As expected in one cell; 19 of 20 cells with an expectation were not run\.$/m);
    expect(status).toBe(0);
  });

  test('what holds exits with 0, what cannot be decided with 3', () => {
    expect(ringproof('check', 'call-in-foreground', '--mode', '2', '--profile', 'multi').status).toBe(0);
    const short = ringproof('check', 'home-open-home', '--mode', '1', '--profile', 'hold', '--memory', '1MB');
    expect(short.stdout).toContain('ended by the memory limit');
    expect(short.status).toBe(3);
  });

  test('the trace of a counterexample is written once, and replays', () => {
    const file = join(folder, 'counterexample.json');
    ringproof(...gap, '--property', 'noInviteLost', '--output', file);
    const { stdout } = ringproof('simulate', file);
    expect(stdout).toContain('Call 1 was lost: nobody was registered');
    expect(stdout).toContain(JSON.parse(readFileSync(file, 'utf8')).digest);
    expect(ringproof(...gap, '--output', file).stderr).toContain('already exists');
  });

  test('a violation in what the user named outweighs what could not be decided', () => {
    const both = [
      'call-while-going-to-background',
      'home-open-home',
      '--mode',
      '1',
      '--profile',
      'reject',
      '--calls',
      '1',
    ];
    const { status, stdout } = ringproof('check', ...both, '--memory', '2MB', '--jobs', '1', '--format', 'json');
    const verdicts = JSON.parse(stdout).cells.map(({ verdict }: { verdict: string }) => verdict);
    expect(verdicts).toEqual(expect.arrayContaining(['violated', 'inconclusive']));
    expect(status).toBe(1);
  });

  test('a property is asked only of the modes that claim it', () => {
    const asked = ['check', 'call-in-foreground', '-p', 'multi', '--envelope', 'push.latency'];
    const { stdout } = ringproof(...asked, '--property', 'singleRegistration');
    expect(stdout.match(/ multi /g)).toHaveLength(2);
    expect(stdout).not.toContain('inconclusive');
  });

  test('of two files the one that lost is saved; two scenarios of one name are refused', () => {
    const text = readFileSync('examples/call-while-going-to-background.yaml', 'utf8');
    const early = join(folder, 'early.yaml');
    const harmless = text.replace(/- \{ at: [^}]*do: dial[^}]*\}/, '- { at: 5s, do: dial, call: 1 }');
    writeFileSync(early, harmless);
    const file = join(folder, 'of-the-second.yaml');
    const second = ['check', early, ...gap.slice(1), '--property', 'noInviteLost', '--save', file];
    const refused = ringproof(...second);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('call-while-going-to-background, which');
    writeFileSync(early, harmless.replace(/^name: .*$/m, 'name: early'));
    expect(ringproof(...second).status).toBe(1);
    expect(readFileSync(file, 'utf8')).not.toContain('at: 5s');
  });

  test('one core or many: the same bytes', () => {
    const names = ['check', 'call-while-suspended', 'network-change', '--mode', '1', '--format', 'json'];
    const one = JSON.parse(ringproof(...names, '--jobs', '1', '--memory', '1GB').stdout);
    const many = JSON.parse(ringproof(...names, '--jobs', '2', '--memory', '2GB').stdout);
    expect(one.version).toBe(1);
    expect(one.cells.length).toBe(2 * 5 * 14);
    expect(Object.keys(one.cells[0]).slice(0, 5)).toEqual(['scenario', 'mode', 'profile', 'property', 'verdict']);
    expect(many).toEqual(one);
  });

  test('JUnit for CI and Markdown for people', () => {
    const junit = ringproof(...gap, '--format', 'junit').stdout;
    expect(junit).toMatch(/<testsuite name="ringproof check" tests="14" failures="0" errors="0" skipped="1">/);
    expect(junit).toMatch(
      /name="noInviteLost"><skipped type="expected-failure" message="violated, as expected: Call 1 was lost/,
    );
    const markdown = ringproof(...gap, '--format', 'markdown').stdout;
    expect(markdown).toMatch(/\| noInviteLost \| violated \| yes \| Call 1 was lost/);
  });

  test('questions are answered to the millisecond', () => {
    const push = ringproof('check', 'call-while-suspended', '-m', '2', '-p', 'multi', '--envelope', 'push.latency');
    expect(push.stdout).toMatch(/call-while-suspended +2 Continuous +multi +holds up to \d+ms/);
    const longest = ringproof('check', 'call-while-suspended', '-m', '2', '-p', 'multi', '--longest', 'alerting');
    expect(longest.stdout).toMatch(/multi +2870ms/);
    expect(longest.status).toBe(0);
  });

  test('coverage lists what the exploration never reaches', () => {
    const { stdout } = ringproof('check', 'call-in-foreground', '-m', '2', '-p', 'multi', '--coverage');
    expect(stdout).toMatch(/transitions: \d+ of \d+ reached/);
    expect(stdout).toContain('never: app.launching on app.kill');
  });
});

describe('fuzz', () => {
  test('finds the gap, shrinks it and writes a scenario that violates what it says', () => {
    const file = join(folder, 'regression.yaml');
    const found = ringproof('fuzz', '--mode', '1', '--runs', '2000', '--output', file);
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/^Violated: noInviteLost, after \d+ runs and \d+ shrinks/);
    expect(ringproof('simulate', file).stdout).toContain('was lost');
    expect(ringproof('fuzz', '--mode', '1', '--runs', '2000', '--output', file).stderr).toContain('already exists');
  });

  test('takes a variant to the server that it is meant for, and writes what can be run again', () => {
    const { stdout } = ringproof('fuzz', '--mode', 'sharedInstance', '--runs', '200');
    expect(stdout).toContain('mode sharedInstance, server instance');
    const file = join(folder, 'variant.yaml');
    ringproof('fuzz', '--mode', 'swapOldFirst', '--profile', 'sequential', '--runs', '200', '--output', file);
    expect(ringproof('simulate', file).stdout).toContain('was lost');
  });

  test('says what it has not found', () => {
    const { status, stdout } = ringproof('fuzz', '--mode', 'continuous', '--runs', '200');
    expect(stdout).toContain('No violation of noInviteLost');
    expect(status).toBe(0);
  });
});

describe('advise', () => {
  const advise = (...args: string[]) => ringproof('advise', '--profile', 'freeswitch-multi', ...args);

  test('lists errors with their lines, advises on the rest and exits with 2', () => {
    const file = join(folder, 'slips.ini');
    writeFileSync(
      file,
      'account1.credentials.domain=a.example:99999\naccount1.briaPush.RegistratonMode=1\naccount1.briaPush.enabled=1\n',
    );
    const { status, stdout } = advise('--provisioning', file);
    expect(stdout).toMatch(/expected a port from 1 to 65535 \(line 1\)/);
    expect(stdout).toMatch(/did you mean account1\.briaPush\.RegistrationMode\? \(line 2\)/);
    expect(stdout).toContain('Recommended: RegistrationMode 0 Standard');
    expect(status).toBe(2);
  });

  test('tells users once in whom everything is the same, and what it has not looked at', () => {
    const file = join(folder, 'users.csv');
    const text = `username;password;account1Sip.domain;account1Sip.briaPush.enabled;account1Sip.briaPush.RegistrationMode
ann;geheim;a.example;1;0
ben;geheim;a.example;1;0
cid;geheim;10.0.0.9;1;0
`;
    writeFileSync(file, text);
    const { status, stdout } = advise('--provisioning', file);
    expect(stdout).toContain('Account 1 of ann (line 2), ben (line 3), a.example, on ');
    expect(stdout).toContain('Account 1 of cid (line 4), 10.0.0.9, on ');
    expect(stdout).toContain('10.0.0.9 is private and there is no OutboundProxy');
    expect(stdout).toContain('as for account 1 of ann (line 2), ben (line 3)');
    expect(stdout).toMatch(/Not looked at\n {2}settings that are not about push: password$/m);
    expect(stdout).not.toContain('geheim');
    expect(status).toBe(1);
    const one = advise('--provisioning', file, '--user', 'ben', '--format', 'json');
    expect(JSON.parse(one.stdout)).toMatchObject({
      version: 1,
      accounts: [
        {
          ...{ account: 1, users: [{ name: 'ben', line: 3 }], profile: null },
          ...{ configured: 'standard', recommended: 'standard', changes: [], findings: [] },
        },
      ],
      unread: ['password'],
      unnamed: 0,
      usersWithoutAccount: [],
    });
    expect(one.status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('lists errors where no account is left to advise on', () => {
    const file = join(folder, 'slip.ini');
    writeFileSync(file, 'account1.briaPush.RegistrationMode=9\n');
    const { status, stdout, stderr } = advise('--provisioning', file);
    expect(stdout).toMatch(/found "9" for account1\.briaPush\.RegistrationMode; expected 0, 1, 2 or 3/);
    expect(stderr).toBe('');
    expect(status).toBe(2);
  });

  test('needs a file with an account', () => {
    const file = join(folder, 'none.ini');
    writeFileSync(file, 'x=1\n');
    expect(advise('--provisioning', file)).toMatchObject({ status: 2, stdout: '' });
    expect(advise().stderr).toContain("required option '--provisioning <file>'");
  });
});

test('a profile of one’s own can be given by its file', () => {
  const { status, stdout } = ringproof('profiles', 'examples/profiles/our-asterisk.yaml');
  expect(stdout).toMatch(/shortest lifetime\s+2min, else 423/);
  expect(status).toBe(0);
  expect(ringproof('profiles', 'freeswitch').stdout).toMatch(/an un-REGISTER removes\s+all of the user\n\s+sofia: any/);
});

test('a scenario of the field is violated as it is, and holds with its mitigation and the presets that are named', () => {
  const scenario = 'field/push-accepted-but-lost';
  const lost = ['--mode', '0', '--profile', 'kamailio', '--property', 'noInviteLost'];
  const asItIs = ringproof('check', scenario, ...lost);
  expect(asItIs.stdout).toMatch(/noInviteLost +violated .*; as expected/);
  expect(asItIs.status).toBe(0);
  expect(ringproof('check', scenario, ...lost, '--mitigated').status).toBe(0);
  expect(ringproof('check', scenario, ...lost, '--mitigated', '--push', 'no-google').status).toBe(1);
});

describe('bad input: one clear message, exit code 2, nothing written', () => {
  const empty = join(folder, 'empty.yaml');
  writeFileSync(empty, '');
  const long = join(folder, 'long.yaml');
  writeFileSync(long, 'name: long\ntitle: Long\nuntil: 300h\nsteps:\n  - { at: 1s, do: open }\n');
  test.each([
    [['simulate', 'call-in-foregruond'], /did you mean call-in-foreground\?/],
    [['simulate', 'no/such/file.yaml'], /no such file/],
    [['simulate', folder], /a directory/],
    [['simulate', empty], /an empty file/],
    [['simulate', 'call-in-foreground', '--mode', '9'], /expected one of standard/],
    [
      ['simulate', 'call-in-foreground', '--mode', 'swp'],
      /expected one of standard, .*sharedInstance.*did you mean swap\?/,
    ],
    [['simulate', 'call-in-foreground', '--profile', 'mutli'], /did you mean multi\?/],
    [['simulate', 'call-in-foreground', '--seed', '-1'], /expected a whole number/],
    [
      ['simulate', 'call-in-foreground', '--account', '2', '--provisioning', 'examples/provisioning/private-pbx.json'],
      /found no account 2/,
    ],
    [
      ['simulate', 'call-in-foreground', '--provisioning', 'examples/provisioning/bulk.csv'],
      /found account 1 of 3 users; expected --user with one of nora@example\.net/,
    ],
    [['simulate', 'call-in-foreground', '--user', 'nora'], /--user: found no provisioning file/],
    [['simulate', 'call-in-foreground', '--output', join(folder, 'no', 'where.json')], /no such file or folder/],
    [['check', 'call-in-foregruond'], /did you mean call-in-foreground\?/],
    [['check', '--property', 'noInviteLots'], /did you mean noInviteLost\?/],
    [['check', '--envelope', 'psh.latency'], /did you mean push\.latency\?/],
    [['check', 'call-in-foreground', '--envelope', 'step.9'], /found no step 9; expected step\.1 to step\.\d/],
    [['check', long], /long\.yaml:\d: found until: 300h; expected at most 277h, the longest run/],
    [
      ['check', 'topologies/node-fails', '-m', 'sipServerPushes'],
      /node-fails\.yaml:\d+: found mode sipServerPushes with `topology/,
    ],
    [['check', '--memory', 'much'], /expected an amount of memory such as 500MB/],
    [['check', '--envelope', 'push.latency', '--longest', 'blackout'], /--envelope: found --longest with it/],
    [
      ['check', 'call-in-foreground', '--mode', '0', '--property', 'singleRegistration'],
      /claimed of standard; expected a mode/,
    ],
    [['check', 'call-in-foreground', '--untimed', '--duplicates', '1'], /--untimed: found --duplicates with it/],
    [['check', 'call-in-foreground', '--coverage', '--format', 'json'], /--coverage: found --format with it/],
    [['check', 'call-in-foreground', '--longest', 'blackout', '--format', 'junit'], /a format for verdicts/],
    [['check', 'call-in-foreground', '--output', 'a', '--save', 'a'], /one file for --output and --save/],
    [['check', 'call-in-foreground', '--save', folder, '--force'], /found a directory/],
    [['fuzz', '--output', 'a', '--trace', 'a'], /one file for --output and --trace/],
    [['export', 'promela', 'call-in-foreground', '--losses', '-1'], /expected a whole number from 0 to 15/],
    [
      ['export', 'promela', 'call-in-foreground', '--states', '1000'],
      /too large to export \(more than \d,\d{3} states\); expected fewer steps, calls or --losses, more --states/,
    ],
    [['export', 'tchecker', 'call-in-foreground', '--property', 'noCallLost'], /--property: found noCallLost/],
    [['simulate', 'call-in-foreground', '--network', 'lte5'], /did you mean lte\?/],
    [['profiles', 'asteriks'], /did you mean asterisk\?/],
    [['simulate', '--sed', '1'], /unknown option/],
    [['simulat'], /unknown command/],
  ])('%j', (args, message) => {
    const { status, stderr } = ringproof(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
  });

  test('an existing file is not written over', () => {
    const file = join(folder, 'mine.json');
    writeFileSync(file, 'mine');
    expect(ringproof(...lost, '--output', file).status).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

test('the JSON Schema and the profiles are listed', () => {
  expect(JSON.parse(ringproof('export', 'json-schema').stdout).properties).toHaveProperty('steps');
  expect(ringproof('profiles').stdout).toContain('one binding, the newest wins');
  expect(ringproof('profiles').stdout).toContain('recognised by its instance-id');
});

describe('sweep', () => {
  test('runs under the presets of network and push service that check knows', () => {
    const lostWith = (...options: string[]) => {
      const args = ['call-while-suspended', '--mode', '2', '--profile', 'multi', '--runs', '20', '--format', 'json'];
      const { cells } = JSON.parse(ringproof('sweep', ...args, ...options).stdout) as {
        cells: { calls: { lost: number } }[];
      };
      return cells.map(({ calls }) => calls.lost);
    };
    expect(lostWith('--push', 'apns', '--network', 'lte')).toEqual([0]);
    expect(lostWith('--push', 'no-google')).toEqual([20]);
  });

  test('names an own file as it was given in the commands that show more of it', () => {
    const file = join(folder, 'my own.yaml');
    const server = join(folder, 'my-server.yaml');
    const text = readFileSync(join(root, 'examples/call-while-going-to-background.yaml'), 'utf8');
    writeFileSync(file, text.replace(/^name: .*/, 'name: mine').split('\nexpect:')[0] as string);
    writeFileSync(server, 'name: my-server\nextends: reject\n');
    const check = ringproof('check', file, '--profile', server, '--faults', '1').stdout;
    const words = `--mode 1 --profile ${server} --property noInviteLost --faults 1`;
    expect(check).toContain(`node dist/cli/main.js check '${file}' ${words}`);
    expect(ringproof('check', file, ...words.split(' ')).status).toBe(1);
    const { stdout } = ringproof('sweep', file, '--runs', '10');
    expect(stdout).toContain(`node dist/cli/main.js simulate '${file}' --mode`);
  });

  test('is as expected where the file expects what is lost', () => {
    const place = ['--mode', '1', '--profile', 'reject', '--runs', '20'];
    const sweepOf = (file: string) => ringproof('sweep', file, ...place, '--format', 'json');
    const expected = sweepOf('call-while-going-to-background');
    expect(JSON.parse(expected.stdout).cells[0].violated).toContain('noInviteLost');
    expect(expected.status).toBe(0);
    const text = readFileSync(join(root, 'examples/call-while-going-to-background.yaml'), 'utf8');
    const file = join(folder, 'expects-nothing-either.yaml');
    writeFileSync(file, text.split('\nexpect:')[0] as string);
    expect(sweepOf(file).status).toBe(1);
  });

  test('tells the loss with its interval, waits and loads, and what they rest on', () => {
    const { status, stdout } = ringproof(
      'sweep',
      'call-while-going-to-background',
      '--profile',
      'reject',
      '--precision',
      '3%',
    );
    expect(stdout).toMatch(/^Calls lost in "Call during the hand-over.*95 % confidence, 3 % at most\n/);
    expect(stdout).toMatch(/^0 Standard +<\d(\.\d)?$/m);
    expect(stdout).toMatch(/^1 Single Device Emulation +2\d ±\d° \*$/m);
    expect(stdout).toMatch(/mode 1 \d+ ±\d+ more than mode 0/);
    expect(stdout).toMatch(/^ {2}until the phone alerts +\d\.\d\d s \(\d\.\d\d to \d\.\d\d\)/m);
    expect(stdout).toMatch(/^Load of one user and day, extrapolated: \d+ such runs of /m);
    expect(stdout).toContain('Delays without a law are drawn evenly from their windows');
    expect(status).toBe(0);
  });

  test('JSON has a version, what was demanded, and every figure with its interval and what made it', () => {
    const args = ['sweep', 'call-while-going-to-background', '--mode', '1', '--profile', 'reject', '--format', 'json'];
    const { stdout } = ringproof(...args, '--runs', '40', '--confidence', '99%');
    const { version, confidence, precision, cells, comparisons } = JSON.parse(stdout);
    expect([version, confidence, precision, comparisons]).toEqual([2, 0.99, null, []]);
    expect(cells[0]).toMatchObject({
      scenario: 'call-while-going-to-background',
      mode: 'singleDeviceEmulation',
      profile: 'reject',
      runs: 40,
      calls: { made: 40, undecided: 0 },
      loss: { estimator: 'drawn', runs: 40, isPrecise: null },
    });
    expect(cells[0].waits.alertMs.quantiles[0]).toMatchObject({ share: 0.5 });
    expect(ringproof(...args, '--runs', '40', '--confidence', '99%').stdout).toBe(stdout);
  });

  test('calls that are not decided when their run ends end with 3', () => {
    const file = join(folder, 'cut-off.yaml');
    const steps = '  - { at: 1s, do: open }\n  - { at: 10s, do: home }\n  - { at: 60s, do: dial, call: 1 }\n';
    writeFileSync(
      file,
      `name: cut-off\ntitle: A run that is cut off\nuntil: 60.2s\nsteps:\n${steps}expect: { multi: { standard: [finalAnswer] } }\n`,
    );
    const { status, stdout } = ringproof('sweep', file, '--mode', '0', '--profile', 'multi', '--runs', '20');
    expect(stdout).toContain('20 calls were not decided when their run ended');
    expect(status).toBe(3);
  });

  test('what some run violates without being expected to is said and ends with 1', () => {
    const file = join(folder, 'cut-off-unexpected.yaml');
    writeFileSync(
      file,
      'name: cut-off\ntitle: A run that is cut off\nuntil: 60.2s\nsteps:\n  - { at: 1s, do: open }\n  - { at: 60s, do: dial, call: 1 }\n',
    );
    const { status, stdout } = ringproof('sweep', file, '--mode', '0', '--profile', 'multi', '--runs', '20');
    expect(stdout).toMatch(/Violated in some run, without being expected: finalAnswer\.\n$/);
    expect(status).toBe(1);
  });

  test('where nobody calls nothing is judged', () => {
    const file = join(folder, 'no-calls.yaml');
    writeFileSync(file, 'name: no-calls\ntitle: Nobody calls\nuntil: 20s\nsteps:\n  - { at: 1s, do: open }\n');
    const { status, stdout } = ringproof('sweep', file, '--mode', '0', '--profile', 'multi', '--runs', '2');
    expect(stdout).toContain('"Nobody calls" makes no calls: there is nothing to judge.');
    expect(status).toBe(3);
  });

  test.each([
    [['--precision', '0%'], /expected a percentage from 0\.000001% to 50%/],
    [['--precision', '100%'], /expected a percentage from 0\.000001% to 50%/],
    [['--precision', 'narrow'], /expected a percentage from/],
    [['--confidence', '100%'], /expected a percentage from 50% to 99\.9999%/],
    [['--confidence', '0.95'], /expected a percentage from 50% to 99\.9999%, such as 99%/],
    [['--runs', '0'], /expected a whole number from 1/],
    [['--estimator', 'guess'], /expected one of drawn, dates, splitting/],
    [['--estimator', 'dates'], /found --estimator dates, for which each call, or a step, must have a window/],
    [['--estimator', 'splitting'], /for which some link must lose or double messages by chance; expected drawn/],
  ])('%j is refused', (options, message) => {
    const { status, stderr, stdout } = ringproof('sweep', 'call-while-suspended', ...options);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, '']);
  });

  test('shows nothing of a file that would steer a terminal', () => {
    const file = join(folder, 'steers.yaml');
    writeFileSync(join(folder, 'steers.csv'), '\u001b]0;gone\u0007,b\n1,2\n');
    const law = '{ law: { csv: steers.csv, column: ms } }';
    writeFileSync(file, `name: steers\ntitle: Steers\nsteps: []\nlinks: { notification: ${law} }\n`);
    const { status, stderr } = ringproof('sweep', file);
    expect(stderr).toContain('steers.csv:1: found \ufffd]0, gone\ufffd,b; expected a first line with the column ms');
    expect(status).toBe(2);
  });

  test('says of latencies that are not there who names them', () => {
    const file = join(folder, 'lacking.yaml');
    writeFileSync(
      file,
      'name: lacking\ntitle: Lacking\nsteps: []\nlinks: { notification: { law: { csv: nope.csv } } }\n',
    );
    const { status, stderr } = ringproof('sweep', file);
    expect(stderr).toMatch(
      /nope\.csv: found no such file or folder; expected the latencies that .*lacking\.yaml names\n$/,
    );
    expect(status).toBe(2);
  });

  test('says of how many scenarios a mean is where not all are told of in a mode on a server', () => {
    const { stdout } = ringproof('sweep', 'call-while-suspended', 'designs/refresh-push-rings', '--runs', '2');
    expect(stdout).toContain('the plain mean of 2 scenarios');
    const means = stdout.split('\n\n')[1] ?? '';
    expect(means).toMatch(/^0 Standard +0\.0 \* +0\.0 .* 0\.0 of 1$/m);
    expect(means).toMatch(/^\+ The SIP server pushes \(RFC 8599\) +0\.0 of 1 .* 0\.0 of 1 \*$/m);
    expect(stdout).toMatch(/^of N +the mean of so many of them/m);
    expect(stdout).toMatch(/^ +mode 0 +mode 1 +mode 2 +mode 3 +sipServerPushes$/m);
    expect(ringproof('sweep', 'call-while-suspended', 'home-open-home', '--runs', '2').stdout).not.toContain('of N');
  });

  test('names them in the command that shows the worst run', () => {
    const { stdout } = ringproof('sweep', 'call-while-going-to-background', '--runs', '50', '--network', 'lte');
    expect(stdout).toMatch(
      /node dist\/cli\/main\.js simulate call-while-going-to-background --mode \w+ --profile \w+ --network lte --seed \d+/,
    );
  });
});
