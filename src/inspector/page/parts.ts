import { unpackedText } from './packing.ts';

/** What the page is made of beside its HTML: files of the server, or where it is one file, packed elements of that. */
export const partNames = ['page.js', 'page.css', 'worker.js', 'charts.json'] as const;
export type PartName = (typeof partNames)[number];

/** What the page is given, where it is one file. */
export const bootPart = 'boot.json';

/** Where a part of a page in one file is kept. */
export const partId = (name: PartName | typeof bootPart): string => `part-${name}`;

/** The text of a part where the page is one file; null where a server has it. */
export const inlinePart = async (name: PartName | typeof bootPart): Promise<string | null> => {
  const packed = document.getElementById(partId(name))?.textContent;
  return packed ? unpackedText(packed) : null;
};

/** The text of a part, from wherever the page is. */
export async function partOf(name: PartName): Promise<string> {
  const inline = await inlinePart(name);
  if (inline !== null) return inline;
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name} cannot be had: ${response.status}`);
  return response.text();
}
