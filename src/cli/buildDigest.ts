import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The folder of the program that runs: `dist`, and `src` in tests. */
const programFolder = fileURLToPath(new URL('..', import.meta.url));

/** What a browser loads does no jobs. */
const isOfJobs = (path: string): boolean =>
  /\.[jt]s$/.test(path) && !/\.d\.ts$/.test(path) && !path.includes(`page${sep}`);

/** The version of a package that the program would load. */
function installedVersion(name: string, folder = programFolder): string {
  const file = join(folder, 'node_modules', name, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  const above = dirname(folder);
  return above === folder ? 'none' : installedVersion(name, above);
}

/**
 * Tells this program from another one whose results may differ: by its own files, the packages that it depends on, and the version of
 * V8, whose logarithms and powers are not those of every other version.
 */
export function buildDigest(): string {
  // What runs is what was there when it began, also where its files are replaced in the midst of it.
  own ??= digested();
  return own;
}

let own: string | undefined;

function digested(): string {
  const hash = createHash('sha256');
  const add = (text: string) => hash.update(`${text.length}\n${text}`);
  const paths = readdirSync(programFolder, { recursive: true, encoding: 'utf8' }).filter(isOfJobs).sort();
  for (const path of paths) {
    add(path.split(sep).join('/'));
    add(readFileSync(join(programFolder, path), 'utf8'));
  }
  const { dependencies } = JSON.parse(readFileSync(join(programFolder, '..', 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies).sort()) add(`${name} ${installedVersion(name)}`);
  add(process.versions.v8.split('.').slice(0, 2).join('.'));
  return hash.digest('hex').slice(0, 16);
}
