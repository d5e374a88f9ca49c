import { type Boot, bootElementId, bootJson } from '../../model/boot.ts';

/** In a file the page holds its own programme and styles, and fetches nothing at all. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; worker-src blob:; img-src data:; base-uri 'none'";

const programId = 'program';
const stylesId = 'styles';

/** The text of a part of this page: from the document where it is in one file already, else from the server. */
async function partOf(id: string, name: string): Promise<string> {
  const inline = document.getElementById(id)?.textContent;
  return inline ?? (await fetch(name)).text();
}

/** The page with what it is given, in one file that opens from disk. */
export async function singleFile(boot: Boot, title: string): Promise<string> {
  const [program, styles] = await Promise.all([partOf(programId, 'page.js'), partOf(stylesId, 'page.css')]);
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
    `<title>${escaped(title)}</title>`,
    `<style id="${stylesId}">${styles.replaceAll('</style', '<\\/style')}</style>`,
    `<script type="application/json" id="${bootElementId}">${bootJson(boot)}</script></head>`,
    '<body><div id="page"><p class="starting">Ringproof starts…</p></div>',
    `<script type="module" id="${programId}">${program.replaceAll('</script', '<\\/script')}</script></body></html>`,
  ].join('\n');
}
