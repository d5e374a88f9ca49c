import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Boot } from '../model/boot.ts';
import {
  besideFile,
  besideNames,
  besideText,
  bootPart,
  fileHtml,
  type PackedPart,
  partNames,
} from '../model/singleFile.ts';
import { pageFolder } from './pageFolder.ts';

const packed = (text: string): string => deflateRawSync(text, { level: 9 }).toString('base64url');

/** The file of a site that a browser asks for first; only who opens a scenario needs another one. */
export const siteFile = (folder: string): string => join(folder, 'index.html');

/** Writes the page with what it is given as a site without a server of ours: from any web server, or from disk. */
export function writeSite(boot: Boot, folder: string): void {
  const packedPart = (name: string): string => packed(readFileSync(join(pageFolder, name), 'utf8'));
  const parts = partNames.map((name): PackedPart => [name, packedPart(name)]);
  mkdirSync(folder, { recursive: true });
  for (const name of besideNames) writeFileSync(join(folder, besideFile(name)), besideText(name, packedPart(name)));
  writeFileSync(siteFile(folder), fileHtml('Ringproof', [...parts, [bootPart, packed(JSON.stringify(boot))]]));
}
