import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Boot } from '../model/boot.ts';
import { bootPart, fileHtml, type PackedPart, partNames } from '../model/singleFile.ts';
import { pageFolder } from './pageFolder.ts';

const packed = (text: string): string => deflateRawSync(text).toString('base64url');

/** The file of a site that a browser asks for first, and here the only one. */
export const siteFile = (folder: string): string => join(folder, 'index.html');

/** Writes the page with what it is given as a site without a server of ours: from any web server, or from disk. */
export function writeSite(boot: Boot, folder: string): void {
  const parts = partNames.map((name): PackedPart => [name, packed(readFileSync(join(pageFolder, name), 'utf8'))]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(siteFile(folder), fileHtml('Ringproof', [...parts, [bootPart, packed(JSON.stringify(boot))]]));
}
