import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Boot } from '../../src/inspector/model/boot.ts';

/** What a page that was written as a site shows first. */
export function siteBoot(folder: string): Boot {
  const packed = /id="part-boot\.json">([^<]*)</.exec(readFileSync(join(folder, 'index.html'), 'utf8'))?.[1] ?? '';
  return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64url')).toString());
}
