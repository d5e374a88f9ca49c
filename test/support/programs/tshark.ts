import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { need, testWith } from './program.ts';

export const tshark = need('tshark', 'tshark', '/usr/bin/tshark');

/** A test that needs tshark. */
export const withTshark = testWith(tshark);

/** Lets tshark read a capture; one row per packet that the filter lets through, with the values of these fields. */
export function dissect(
  capture: Buffer,
  fields: readonly string[],
  { filter, ports = [] }: { readonly filter?: string; readonly ports?: readonly string[] } = {},
): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'ringproof-tshark-'));
  try {
    const file = join(folder, 'capture');
    writeFileSync(file, capture);
    const checksums = ['ip', 'udp', 'tcp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
    const args = [
      ...['-r', file, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', ...checksums],
      ...fields.flatMap((field) => ['-e', field]),
      ...ports.flatMap((port) => ['-d', `${port},sip`]),
      ...(filter === undefined ? [] : ['-Y', filter]),
    ];
    const { stdout, stderr, status } = spawnSync(tshark.binary, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`tshark ${args.join(' ')}: ${stderr}`);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
