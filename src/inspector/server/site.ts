import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Boot, Offered } from '../model/boot.ts';
import {
  besideFile,
  besideNames,
  besideText,
  bootPart,
  fileHtml,
  type PackedPart,
  partNames,
  scenariosPart,
  textOfBytes,
} from '../model/singleFile.ts';
import { pageFolder } from './pageFolder.ts';

const packed = (text: string): string => textOfBytes(deflateSync(text, { level: 9 }));

/** The file of a site that a browser asks for first, in its folder or as it is named; only who opens a scenario, a capture or a recording needs another one. */
export const siteFile = (place: string): string => (/\.html?$/i.test(place) ? place : join(place, 'index.html'));

/** Whoever passes the layouter on passes its licence on (EPL 2.0, 3.1). */
const layouterLicence = 'elk-worker.LICENSE.md';

/** Writes the page with what it is given as a site without a server of ours: from any web server, or from disk. */
export function writeSite(boot: Boot, scenarios: readonly Offered[], place: string): void {
  const folder = dirname(siteFile(place));
  const packedPart = (name: string): string => packed(readFileSync(join(pageFolder, name), 'utf8'));
  const parts: readonly PackedPart[] = [
    ...partNames.map((name): PackedPart => [name, packedPart(name)]),
    [scenariosPart, packed(JSON.stringify(scenarios))],
    [bootPart, packed(JSON.stringify(boot))],
  ];
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(pageFolder, layouterLicence), join(folder, layouterLicence));
  for (const name of besideNames) writeFileSync(join(folder, besideFile(name)), besideText(name, packedPart(name)));
  writeFileSync(siteFile(place), fileHtml('Ringproof', parts));
}
