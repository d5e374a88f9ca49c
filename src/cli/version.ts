import { readFileSync } from 'node:fs';

/** The version of Ringproof: that of its package.json, which every installation contains. */
export function ringproofVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
