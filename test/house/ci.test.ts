import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const install = readFileSync('.ci/run', 'utf8');

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** Packages that a test asks for: the second argument of `need`, or of what is made of it. */
const asked = files.flatMap((file) =>
  [...readFileSync(`test/${file}`, 'utf8').matchAll(/\bneed(?:edModule)?\(\s*'[^']+',\s*'([^']+)'/g)].flatMap(
    ([, packages = '']) => packages.split(' ').map((name) => ({ file, name })),
  ),
);

test('CI installs each Debian package that a test needs, so that a fresh machine skips nothing', () => {
  expect(asked.map(({ name }) => name)).toEqual(expect.arrayContaining(['kamailio', 'tshark', 'libnet-sip-perl']));
  const words = new Set(install.split(/[\s()]+/));
  expect(asked.filter(({ name }) => !words.has(name))).toEqual([]);
});
