/** What the page is made of beside its HTML: files of the server, or where it is one file, packed elements of that. */
export const partNames = ['page.js', 'page.css', 'worker.js', 'writer.js', 'charts.json'] as const;

/** What differs from page to page: what it is given, and the scenarios that it offers. */
export const [bootPart, scenariosPart] = ['boot.json', 'scenarios.json'] as const;

/** A part of the page that can be asked for. */
export type PartName = (typeof partNames)[number] | typeof scenariosPart;

/** Where a part of a page in one file is kept. */
export const partId = (name: PartName | typeof bootPart): string => `part-${name}`;

/**
 * What a site has beside its file, because few readers need it: a script that leaves a packed text where the page finds it.
 * A file may load scripts of its folder from disk, and nothing else of it.
 */
export const besideNames = ['scenarioReader.js', 'captureReader.js', 'elk-worker.js'] as const;
export type BesideName = (typeof besideNames)[number];

/** The name of the script, and what it leaves the text under. */
export const besideFile = (name: BesideName): string => name.replace('.js', '.packed.js');
export const besideText = (name: BesideName, packed: string): string =>
  `globalThis.${besideKey} = { ...globalThis.${besideKey}, '${name}': '${packed}' };\n`;
export const besideKey = 'ringproofParts';

/** In a file the page holds its own programme and styles, and fetches nothing but what its site has beside it. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline' 'self' file:; style-src 'unsafe-inline'; worker-src blob:; img-src data:; base-uri 'none'";

/**
 * Bytes as text, four of them as five digits of base 85, which takes a sixteenth less than base 64. The digits are those of
 * ASCII from `(` to `~`, without `<` and `\`: they can stand in an element and in a script.
 */
export function textOfBytes(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  const digits: number[] = [];
  for (let at = 0; at < padded.length; at += 4) {
    const word = words.getUint32(at);
    for (const power of [85 ** 4, 85 ** 3, 85 ** 2, 85, 1]) digits.push(Math.floor(word / power) % 85);
  }
  // What stands for nothing but the padding is left out.
  const kept = digits.slice(0, digits.length - (padded.length - bytes.length));
  return kept.map((digit) => String.fromCharCode(digit + 40 + Number(digit > 19) + Number(digit > 50))).join('');
}

/** What unpacks a text in a page that is one file: its starter leaves it there for the programme. */
export const unpackKey = 'ringproofUnpack';

/** Unpacks styles and programme: all that is not packed itself. */
const starter = `const unpack = (text) => {
  const words = new DataView(new ArrayBuffer(Math.ceil(text.length / 5) * 4));
  for (let at = 0, word = 0; at < words.byteLength * 5 / 4; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 126;
    word = word * 85 + code - 40 - (code > 60) - (code > 92);
    if (at % 5 === 4) words.setUint32((at - 4) / 5 * 4, word), word = 0;
  }
  const bytes = new Uint8Array(words.buffer, 0, Math.floor(text.length * 4 / 5));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).text();
};
globalThis.${unpackKey} = unpack;
const add = async (kind, name) => {
  const element = document.createElement(kind);
  if (kind === 'script') element.type = 'module';
  element.textContent = await unpack(document.getElementById('part-' + name).textContent);
  document.head.append(element);
};
await add('style', 'page.css');
await add('script', 'page.js');`;

/** A part, packed by `deflate` and then as text. */
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
