import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What a module names that stands beside it: in `import`, `export … from`, `import()` and `require()`. */
const besideIt = /(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

const endings = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];

/** TypeScript names its own files by the ending that they get: `./mine.js` may be `mine.ts`. */
const candidates = (path: string): string[] =>
  [path, path.replace(/\.([cm]?)js$/, '.$1ts')].flatMap((one) => endings.map((ending) => `${one}${ending}`));

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** A module and all that it imports from files beside it, in the order in which they are met: their texts by their paths. */
export function filesOf(file: string): Map<string, string> {
  const texts = new Map<string, string>();
  const visit = (path: string): void => {
    if (texts.has(path) || !isFile(path)) return;
    const text = readFileSync(path, 'utf8');
    texts.set(path, text);
    for (const [, named = ''] of text.matchAll(besideIt)) {
      const found = candidates(resolve(dirname(path), named)).find(isFile);
      if (found !== undefined) visit(found);
    }
  };
  visit(resolve(file));
  return texts;
}

/** Tells a module from the same one after a change to it or to a file that it imports; packages are not looked at. */
export function moduleDigest(file: string): string {
  const hash = createHash('sha256');
  for (const text of filesOf(file).values()) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex').slice(0, 16);
}
