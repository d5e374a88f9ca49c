import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { type PartBody, partText } from '../../src/cli/part.ts';
import { argsOfWhole, parseShard } from '../../src/cli/shard.ts';
import { prefix } from '../../src/queue/protocol.ts';
import { mainFile, ringproof, root } from '../support/commandLine.ts';
import { RedisServer, withRedis } from '../support/programs/redis.ts';
import { ringproof as besideServers } from '../support/programs/ringproof.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
const closing: { close: () => void }[] = [];
afterAll(() => {
  for (const one of closing) one.close();
  rmSync(folder, { recursive: true });
});

const cells = ['call-while-suspended', '--mode', '1', '--property', 'noInviteLost,ringsOnce'];
const inFolder = (name: string): string => join(folder, name);

/** Makes all shares of a run; the names of their files. */
const shares = (of: number, ...args: string[]): string[] =>
  Array.from({ length: of }, (_, at) => {
    const file = inFolder(`${args.join('-').replace(/\W+/g, '-')}-${at + 1}-of-${of}.json`);
    expect(ringproof(...args, '--jobs', '1', '--shard', `${at + 1}/${of}`, '--part', file)).toMatchObject({
      status: 0,
      stdout: '',
    });
    return file;
  });

/** A part with something else in it, and its digest right. */
function changed(file: string, change: Partial<PartBody>): string {
  const { digest: _, ...body } = JSON.parse(readFileSync(file, 'utf8'));
  const other = inFolder('changed.json');
  writeFileSync(other, partText({ ...body, ...change }));
  return other;
}

describe('The parts of a run', () => {
  const asText = ['check', ...cells, '--format', 'text'];
  const [first = '', second = ''] = shares(2, ...asText);

  test.each(['text', 'json', 'junit'])('merged print what the whole run prints, as %s', (format) => {
    const args = ['check', ...cells, '--format', format];
    const parts = format === 'text' ? [first, second] : shares(2, ...args);
    const merged = ringproof('merge', ...parts.reverse());
    expect(merged).toEqual(ringproof(...args, '--jobs', '1'));
    expect(merged.stdout).toContain('noInviteLost');
  });

  test.each([
    ['sweep', 'push-lost', '--mode', '1', '--precision', '10%', '--format', 'json'],
    ['sweep', 'call-while-going-to-background', '--profile', 'reject', '--runs', '300', '--format', 'text'],
    ['fleet', '--users', '600', '--workload', 'home', '--sample', '300', '--mode', '1', '--format', 'csv'],
  ])('of %s %s print what the whole run prints', (...args) => {
    const parts = shares(2, ...args);
    const merged = ringproof('merge', ...parts.reverse());
    expect(merged).toEqual(ringproof(...args, '--jobs', '2'));
    expect(merged.stdout).not.toBe('');
  });

  test('of a sweep of one scenario on one server have as much to do each, where the number of runs is known', () => {
    const args = ['sweep', 'push-lost', '--mode', '1', '--profile', 'reject', '--runs', '1000', '--format', 'json'];
    const runs = shares(2, ...args).map((file) => {
      const { outcomes } = JSON.parse(readFileSync(file, 'utf8')) as PartBody;
      return outcomes.map((one) => ('result' in one ? (one.result as { runs: number }).runs : 0));
    });
    expect(runs).toEqual([
      [250, 250],
      [250, 250],
    ]);
  });

  test('of a sweep with other runs in it are refused', () => {
    const args = ['sweep', 'push-lost', '-m', '1', '-p', 'reject', '--precision', '20%', '--format', 'json'];
    const [file = ''] = shares(1, ...args);
    const { outcomes } = JSON.parse(readFileSync(file, 'utf8'));
    const other = changed(file, { outcomes: [{ ...outcomes[0], result: [] }] });
    const { status, stdout, stderr } = ringproof('merge', other);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('merge: found parts with other runs than this sweep makes');
  });

  test('of a module do so too, where the module is named', () => {
    const asked = ['check', 'examples/own/lock.ts', '--format', 'json'];
    const whole = ringproof(...asked, '--jobs', '1');
    const parts = shares(1, ...asked);
    const again = ringproof(...asked, '--shard', '1/1', '--part', parts[0] as string, '--force');
    const [, said = ''] = /with all 1 parts: .*(merge .*)\n$/.exec(again.stderr) ?? [];
    const suggested = said.split(' ').filter((word) => word !== '...');
    expect(suggested).toEqual(['merge', parts[0], '--module', 'examples/own/lock.ts']);
    const unnamed = ringproof('merge', ...parts);
    expect(unnamed.stderr).toMatch(
      /found a part about the module examples\/own\/lock\.ts; expected --module examples\/own\/lock\.ts/,
    );
    expect(unnamed.status).toBe(2);
    expect(ringproof(...suggested)).toEqual(whole);
  });

  test('are all needed, each once, whole, and of one run of this build', () => {
    const refusal = (...parts: string[]) => {
      const { status, stdout, stderr } = ringproof('merge', ...parts);
      expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
      return stderr;
    };
    expect(refusal(first)).toContain('found no part 2/2; expected all 2 parts');
    expect(refusal(first, second, first)).toContain(
      `${first}: found shard 1/2, which ${first} is too; expected each part once`,
    );
    const foreign = changed(second, { build: '0123456789abcdef' });
    expect(refusal(first, foreign)).toMatch(
      /changed\.json: found a part that Ringproof \S+ \(build 0123456789abcdef\) made/,
    );
    const other = changed(second, { asked: '0123456789abcdef' });
    expect(refusal(first, other)).toContain(`found a part of another run; expected one of the same run as ${first}`);
    const elsewhere = [first, second].map((file, at) => {
      const of = changed(file, { args: ['push-lost', ...asText.slice(2)] });
      writeFileSync(inFolder(`elsewhere-${at}.json`), readFileSync(of));
      return inFolder(`elsewhere-${at}.json`);
    });
    expect(refusal(...elsewhere)).toContain('found a part of other scenarios than are here');
    const text = readFileSync(second, 'utf8');
    for (const broken of [
      text.slice(0, -40),
      text.replace('"holds"', '"violated"'),
      '{}',
      text.replace('"job": 1', '"job": 3'),
    ]) {
      writeFileSync(inFolder('broken.json'), broken);
      expect(refusal(first, inFolder('broken.json'))).toMatch(
        /broken\.json: found .*; expected a part that --shard wrote/,
      );
    }
    const writing = [first, second].map((file, at) => {
      const of = changed(file, { args: [...asText.slice(1), '--save', inFolder('written.yaml')] });
      writeFileSync(inFolder(`writing-${at}.json`), readFileSync(of));
      return inFolder(`writing-${at}.json`);
    });
    expect(refusal(...writing)).toMatch(/--shard: found --save with it/);
  });

  test('are never written over', () => {
    const { status, stderr } = ringproof(...asText, '--shard', '1/2', '--part', first);
    expect(stderr).toContain(`${first}: found a file that already exists`);
    expect(status).toBe(2);
  });

  test.each(['0/8', '9/8', '2/8/1', '2', '1/', '-1/8', '1/99999', 'a/b', '01/2', '1/02'])(
    'have shares that exist, not %s',
    (text) => {
      expect(() => parseShard(text)).toThrow('expected which share of how many, such as 2/8');
    },
  );

  test('remember how the whole run is called', () => {
    const spread = ['--shard', '1/2', '--part=x.json', '-j', '3', '--memory', '4GB', '-f', '-j2'];
    expect(argsOfWhole(['a', ...spread.slice(0, 5), '--mode', '2', ...spread.slice(5)])).toEqual(['a', '--mode', '2']);
  });
});

describe('A worker', () => {
  withRedis(
    'does what a queue asks, with the same bytes, and ends after its job at SIGTERM',
    async () => {
      const server = await RedisServer.start();
      closing.push(server);
      const child = spawn(process.execPath, [mainFile, 'worker', '--queue', server.url, '--jobs', '1'], { cwd: root });
      closing.push({ close: () => child.kill('SIGKILL') });
      let said = '';
      child.stdout.on('data', (text) => {
        said += text;
      });
      await once(child.stdout, 'data');
      for (const format of ['text', 'json']) {
        const args = ['check', ...cells, '--format', format];
        expect(await besideServers([...args, '--queue', server.url])).toEqual(ringproof(...args, '--jobs', '1'));
      }
      for (const args of [
        ['sweep', 'push-lost', '--mode', '1', '--precision', '10%', '--format', 'json'],
        ['fleet', '--users', '600', '--workload', 'home', '--sample', '300', '--mode', '1', '--format', 'csv'],
      ])
        expect(await besideServers([...args, '--queue', server.url])).toEqual(ringproof(...args, '--jobs', '1'));
      const fleet = ['fleet', '--users', '600', '--workload', 'home', '--mode', '1', '--format', 'csv'];
      const going = besideServers([...fleet, '--queue', server.url]);
      const redis = new Redis(server.port, '127.0.0.1');
      await expect.poll(async () => (await redis.keys(`${prefix}:*:active`)).length, { timeout: 20_000 }).toBe(1);
      redis.disconnect();
      server.kill();
      await server.start();
      expect(await going, 'Redis killed in the midst of it').toEqual(ringproof(...fleet, '--jobs', '1'));
      const tooMuch = await besideServers(['check', ...cells, '--queue', server.url, '--memory', '9999GB']);
      expect(tooMuch.stderr).toMatch(
        /found a worker that refuses: a job that may hold .* GB; expected at most .* GB: --memory here/,
      );
      expect(tooMuch.status).toBe(2);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(said).toMatch(/works for redis:\S+ on 1 threads[\s\S]*\d+ jobs done\n$/);
    },
    120_000,
  );

  test('says what is wrong with its queue in one line', () => {
    for (const [args, said] of [
      [['check', ...cells, '--queue', 'redis://:secret@127.0.0.1:1'], /^--queue: found a password on the command line/],
      [
        ['check', ...cells, '--queue', 'redis://127.0.0.1:1'],
        /^redis:\/\/127\.0\.0\.1:1: found nobody that listens there/,
      ],
      [['worker'], /^ringproof worker: found no --queue; expected --queue redis:/],
      [['check', ...cells, '--queue', 'redis://127.0.0.1:1', '--shard', '1/2'], /^--shard: found --queue with it/],
    ] as const) {
      const { status, stdout, stderr } = ringproof(...args);
      expect(stderr).toMatch(said);
      expect([status, stdout, stderr.trim().split('\n').length, stderr.includes('secret')]).toEqual([2, '', 1, false]);
    }
  });
});
