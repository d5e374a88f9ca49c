// Writes the page of the API, docs/api.md, of the types in dist/: `npm run api`. With a path it writes that file instead.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Application } from 'typedoc';

const [target = join(import.meta.dirname, '../../docs/api.md')] = process.argv.slice(2);

/** The entry points of the package, each a part of the page, and the file that the generator writes for each. */
const parts = [
  ['ringproof', 'index.md'],
  ['ringproof/vitest', 'vitest.md'],
  ['ringproof/arbitraries', 'arbitraries.md'],
];

const heading = `# API

What TypeScript can import, from the doc comments: \`npm run api\` writes this page. [library](library.md) and
[your own machines](your-own.md) explain it. Times are milliseconds where a name ends in \`Ms\`, else text with a unit
(\`400ms\`). Whatever a user gives that does not fit is refused by an \`InputError\`.
`;

/** A part below its heading; its links lead to headings of this page. */
function partOf(folder, [title, file]) {
  const text = readFileSync(join(folder, file), 'utf8')
    .replaceAll(/\]\((?:\w+\.md)?#/g, '](#')
    .replaceAll(/^(#+ )/gm, '#$1')
    .replaceAll(/<a id="[^"]*"><\/a> /g, '')
    .replaceAll('\n***\n', '')
    .trim();
  return `## ${title}\n\n${text}\n`;
}

const folder = mkdtempSync(join(tmpdir(), 'ringproof-api-'));
try {
  process.chdir(import.meta.dirname);
  const app = await Application.bootstrapWithPlugins({ options: 'typedoc.json' });
  const project = await app.convert();
  if (project === undefined) throw new Error('the types do not compile');
  app.validate(project);
  // A type that cannot be named, a link to nothing: whoever reads the page would look for it in vain.
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('the page would refer to what it does not have');
  await app.outputs.writeOutput({ name: 'markdown', path: folder }, project);
  writeFileSync(target, [heading, ...parts.map((part) => partOf(folder, part))].join('\n'));
} finally {
  rmSync(folder, { recursive: true });
}
