import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { roomOf, rooms } from './rooms.ts';
import { importsOf, outsideUseIn, type SourceFile, sourceFiles } from './source.ts';

const files = sourceFiles('src');
const shortName = (path: string) => path.replace(/^src\//, '');

/** What a file does that its room does not allow, one sentence each. */
function offencesOf(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (room === undefined) return [`${file.path} stands in no room: give its folder a place in test/house/rooms.ts`];
  const imports = importsOf(file).flatMap((target) => {
    const other = roomOf(target);
    if (other === room || room.uses.includes(other?.path ?? '')) return [];
    return [
      `${file.path} imports ${target}: ${shortName(room.path)} uses ${room.uses.map(shortName).join(', ') || 'no other room'}`,
    ];
  });
  const use = room.isOutside ? null : outsideUseIn(file);
  return use === null
    ? imports
    : [...imports, `${file.path} uses ${use}: ${shortName(room.path)} has no clock, randomness or I/O`];
}

/** Files that import each other in a circle, as one path each. */
function circlesOf(all: readonly SourceFile[]): string[] {
  const imports = new Map(all.map((file) => [file.path, importsOf(file)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path)) return;
    done.add(path);
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
  };
  for (const { path } of all) visit(path, []);
  return circles;
}

describe('The house', () => {
  it('has a room for every file, and imports lead down', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.flatMap(offencesOf)).toEqual([]);
  });

  it('has no two files that import each other', () => {
    expect(circlesOf(files)).toEqual([]);
  });

  it('lists its rooms from the ground up, each with files in it', () => {
    rooms.forEach(({ path, uses }, index) => {
      const below = rooms.slice(0, index).map((room) => room.path);
      expect(
        uses.filter((used) => !below.includes(used)),
        path,
      ).toEqual([]);
      expect(
        files.some((file) => roomOf(file.path)?.path === path),
        path,
      ).toBe(true);
    });
  });

  it('is drawn in ARCHITECTURE.md with every room', () => {
    const [, drawing = ''] = readFileSync('ARCHITECTURE.md', 'utf8').split('```');
    const names = rooms.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(drawing))).toEqual([]);
  });
});

/** What is tested of several rooms together, and what tests share. */
const acrossRooms = ['docs', 'examples', 'handOver', 'house', 'support'];

describe('The tests', () => {
  it('stand in folders named as the rooms are, but for what concerns several rooms', () => {
    const names = rooms.map(({ path }) => shortName(path).replace(/^sim\//, ''));
    const folders = readdirSync('test', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
      .map(({ parentPath }) => parentPath.replace(/^test\/?/, ''));
    const isNamed = (folder: string) => names.some((name) => name === folder || name.startsWith(`${folder}/`));
    expect(folders.filter((folder) => !isNamed(folder) && !acrossRooms.includes(folder))).toEqual([]);
  });

  it('are skipped in one place only, which says what to install and fails in CI', () => {
    const skipping = sourceFiles('test').filter(({ text }) => /\.(?:skip|skipIf|runIf|todo|only)\b/.test(text));
    expect(skipping.map(({ path }) => path)).toEqual(['test/support/programs/program.ts']);
  });
});

describe('The rule of the house refuses', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text });
  it.each([
    [
      'the world that asks the checker',
      'src/sim/world/world.ts',
      "import { check } from '../check/questions/check.ts';",
    ],
    [
      'SIP that knows the checker',
      'src/sip/message/uri.ts',
      "import type { Hulls } from '../../sim/check/engine/hulls.ts';",
    ],
    ['a page that speaks SIP', 'src/inspector/page/store.ts', "import { parse } from '../../sip/message/parse.ts';"],
    [
      'a model of the page that speaks SIP',
      'src/inspector/model/glance.ts',
      "export * from '../../sip/message/parse.ts';",
    ],
    [
      'an engine that knows a scenario',
      'src/sim/check/engine/firing.ts',
      "const { x } = await import('../../scenario/scenario.ts');",
    ],
    ['a file without a room', 'src/elsewhere/file.ts', ''],
    ['a machine with a clock', 'src/machines/app.ts', 'const now = Date.now();'],
    ['a run with luck of its own', 'src/sim/run/run.ts', 'const luck = Math.random();'],
    ['a report that prints', 'src/sim/report/ladder.ts', 'console.log(text);'],
    ['a reader of files below the command line', 'src/stretto/entries.ts', "import { readFileSync } from 'node:fs';"],
  ])('%s', (_, path, text) => {
    expect(offencesOf(file(path, text))).toEqual([expect.stringContaining(path)]);
  });

  it('no mention in a comment, no string', () => {
    expect(
      offencesOf(file('src/sim/run/run.ts', "// Date.now()\n/* from '../check/x.ts' */ const text = 'Date.now()';")),
    ).toEqual([]);
  });

  it('two files in a circle', () => {
    const circle = [file('src/a.ts', "import { b } from './b.ts';"), file('src/b.ts', "import { a } from './a.ts';")];
    expect(circlesOf(circle)).toEqual(['src/a.ts → src/b.ts → src/a.ts']);
  });
});
