import type { Boot } from '../../model/boot.ts';
import { packedText } from '../packing.ts';
import { bootPart, partId, partNames, partOf } from '../parts.ts';

/** In a file the page holds its own programme and styles, and fetches nothing at all. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; worker-src blob:; img-src data:; base-uri 'none'";

/** Unpacks styles and programme: all that is not packed itself. */
const starter = `const unpacked = async (name) => {
  const text = document.getElementById('part-' + name).textContent.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
};
const add = (kind, text) => {
  const element = document.createElement(kind);
  if (kind === 'script') element.type = 'module';
  element.textContent = text;
  document.head.append(element);
};
add('style', await unpacked('page.css'));
add('script', await unpacked('page.js'));`;

/** The page with what it is given, in one file that opens from disk. */
export async function singleFile(boot: Boot, title: string): Promise<string> {
  const texts = partNames.map(async (name) => [name, await partOf(name)] as const);
  const parts = [...(await Promise.all(texts)), [bootPart, JSON.stringify(boot)] as const];
  const packed = await Promise.all(parts.map(async ([name, text]) => [name, await packedText(text)] as const));
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    '</head>',
    '<body><div id="page"><p class="starting">Ringproof starts…</p></div>',
    ...packed.map(([name, text]) => `<script type="text/plain" id="${partId(name)}">${text}</script>`),
    `<script type="module">${starter}</script></body></html>`,
  ].join('\n');
}
