/** What the page is made of beside its HTML: files of the server, or where it is one file, packed elements of that. */
export const partNames = ['page.js', 'page.css', 'worker.js', 'writer.js', 'captureReader.js', 'charts.json'] as const;
export type PartName = (typeof partNames)[number];

/** What the page is given, where it is one file. */
export const bootPart = 'boot.json';

/** Where a part of a page in one file is kept. */
export const partId = (name: PartName | typeof bootPart): string => `part-${name}`;

/**
 * What a site has beside its file, because few readers need it: a script that leaves a packed text where the page finds it.
 * A file may load scripts of its folder from disk, and nothing else of it.
 */
export const besideNames = ['scenarioReader.js', 'elk-worker.js'] as const;
export type BesideName = (typeof besideNames)[number];

/** The name of the script, and what it leaves the text under. */
export const besideFile = (name: BesideName): string => name.replace('.js', '.packed.js');
export const besideText = (name: BesideName, packed: string): string =>
  `globalThis.${besideKey} = { ...globalThis.${besideKey}, '${name}': '${packed}' };\n`;
export const besideKey = 'ringproofParts';

/** In a file the page holds its own programme and styles, and fetches nothing but what its site has beside it. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline' 'self' file:; style-src 'unsafe-inline'; worker-src blob:; img-src data:; base-uri 'none'";

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

/** A part, as `deflate-raw` and then base64 for addresses have packed it. */
export type PackedPart = readonly [name: PartName | typeof bootPart, packed: string];

/** The page in one file, of all its parts. */
export function fileHtml(title: string, packed: readonly PackedPart[]): string {
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
