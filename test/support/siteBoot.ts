import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Boot } from '../../src/inspector/model/boot.ts';

/** The digits of base 85 as the file has them. */
const digits = '()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~';

/** The bytes of a part. */
function bytesOf(text: string): Buffer {
  const groups = text.match(/.{1,5}/g) ?? [];
  const words = groups.map((group) => {
    const value = [...group.padEnd(5, '~')].reduce((sum, one) => sum * 85 + digits.indexOf(one), 0);
    const word = Buffer.alloc(4);
    word.writeUInt32BE(value);
    return word.subarray(0, group.length - 1);
  });
  return Buffer.concat(words);
}

/** What a page that was written as a site shows first. */
export function siteBoot(folder: string): Boot {
  const packed = /id="part-boot\.json">([^<]*)</.exec(readFileSync(join(folder, 'index.html'), 'utf8'))?.[1] ?? '';
  return JSON.parse(inflateSync(bytesOf(packed)).toString());
}
