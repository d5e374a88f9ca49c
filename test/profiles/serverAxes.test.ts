import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ServerAxes } from '../../src/machines/serverProfile.ts';
import { type AxisTable, choice, duration, flag, row } from '../../src/profiles/axisRow.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { ownServerSchema, parseServerProfile } from '../../src/profiles/ownServer.ts';
import { ownServerLine } from '../../src/profiles/ownServerText.ts';
import { axisTable, axisText, fileKey, serverAxes } from '../../src/profiles/serverAxes.ts';
import { assumedValues } from '../../src/profiles/serverSheet.ts';
import { InputError } from '../../src/sim/input/inputError.ts';
import { readYaml } from '../../src/sim/input/yamlFile.ts';

const head = 'name: mine\nextends: multi\n';
const nobody = { name: 'nobody', title: 'Nobody known', source: 'assumed', ...assumedValues };
const everybody = [nobody, ...Object.values(everyServerProfile)];

describe.each(serverAxes)('%s', (axis) => {
  const { title, assumed } = axisTable[axis];

  test('has a title of its own, a default and a source of it', () => {
    expect(serverAxes.filter((other) => axisTable[other].title === title)).toEqual([axis]);
    expect(assumed[1]).toMatch(/\S{3}/);
    expect(axisText(nobody, axis)).not.toMatch(/undefined|null|\[object|^$/);
  });

  test('what is written of any server is read again', () => {
    for (const { [axis]: said } of everybody) {
      // What is assumed of a later axis is not said.
      const value = said ?? assumed[0];
      const line = ownServerLine(axis, value as never);
      expect(line).toMatch(new RegExp(`^${fileKey(axis)}: [^\n]+$`));
      expect(parseServerProfile(head + line, 'p.yaml')[axis]).toEqual(value);
    }
  });
});

/** Axes that no server has. */
interface MadeUp extends ServerAxes {
  readonly isMadeUp: boolean;
  readonly topology: 'star' | 'ring';
  readonly graceMs: number;
}

const madeUp: AxisTable<MadeUp> = {
  ...axisTable,
  isMadeUp: flag('is made up', [true, 'assumed']),
  topology: choice('stands in a', ['star', 'assumed'], { star: 'star', ring: 'ring' }),
  graceMs: duration('keeps an expired binding for', [0, 'assumed']),
};

describe('rows for axes that are new', () => {
  const form = { schema: ownServerSchema(madeUp), what: 'a server profile' };
  const read = (text: string) => readYaml(head + text, 'p.yaml', form).data;

  test('are all that a file with them needs to be read', () => {
    expect(read('isMadeUp: false\ntopology: ring\ngrace: 1.5s\n')).toEqual({
      name: 'mine',
      extends: 'multi',
      isMadeUp: false,
      topology: 'ring',
      grace: 1_500,
    });
    expect(read('')).toEqual({ name: 'mine', extends: 'multi' });
  });

  test.each([
    ['isMadeup: true', /^p\.yaml:3: found the unknown key isMadeup; .*did you mean isMadeUp\?$/],
    ['isMadeUp: maybe', /^p\.yaml:3: found "maybe" for isMadeUp; expected true or false$/],
    ['topology: rnig', /^p\.yaml:3: found "rnig" for topology; expected one of star, ring; did you mean ring\?$/],
    ['grace: 3', /^p\.yaml:3: found 3 for grace; expected a duration with its unit/],
    ['graceMs: 3s', /^p\.yaml:3: found the unknown key graceMs; .*did you mean grace\?$/],
  ])('refuse %j', (text, message) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow(message);
  });

  test('stand in the schema for editors, after those that there are', () => {
    const { properties = {} } = z.toJSONSchema(form.schema, { io: 'input' });
    expect(Object.keys(properties).slice(-3)).toEqual(['isMadeUp', 'topology', 'grace']);
    expect(properties.topology).toEqual({ type: 'string', enum: ['star', 'ring'] });
  });

  test('say in words and write what they read', () => {
    const { isMadeUp, topology, graceMs } = madeUp;
    expect([isMadeUp.inWords(false, nobody), isMadeUp.write(false)]).toEqual(['no', false]);
    expect([topology.inWords('ring', nobody), topology.write('ring')]).toEqual(['ring', 'ring']);
    expect([graceMs.inWords(90_000, nobody), graceMs.write(90_000)]).toEqual(['90s', '90s']);
  });
});

// Judged by `npm run typecheck`: an error that is expected and does not come is one.
describe('the compiler refuses', () => {
  test('a table in which the row of an axis is missing', () => {
    // @ts-expect-error the rows of MadeUp are not there
    const short: AxisTable<MadeUp> = axisTable;
    expect(short).not.toHaveProperty('isMadeUp');
  });

  test('a row for an axis that no server has', () => {
    // @ts-expect-error `topolgy` is none of the axes
    const long: AxisTable<Pick<MadeUp, 'topology'>> = { topology: madeUp.topology, topolgy: madeUp.topology };
    expect(long).toHaveProperty('topolgy');
  });

  test('a choice that leaves a word out, or has one too many', () => {
    // @ts-expect-error `ring` has no meaning
    const short: AxisTable<Pick<MadeUp, 'topology'>> = { topology: choice('', ['star', ''], { star: '' }) };
    const words = { star: '', ring: '', line: '' };
    // @ts-expect-error `line` is no value of the axis
    const long: AxisTable<Pick<MadeUp, 'topology'>> = { topology: choice('', ['star', ''], words) };
    expect([short, long].map(({ topology }) => topology.title)).toEqual(['', '']);
  });

  test('a row of whose values a user cannot write one', () => {
    const half: AxisTable<Pick<MadeUp, 'topology'>> = {
      topology: row({
        title: '',
        assumed: ['star', ''],
        inWords: (word) => word,
        schema: (kit) => kit.z.literal('star'),
        // @ts-expect-error the schema does not read `ring`
        write: (word) => word,
      }),
    };
    expect(half.topology.write('ring')).toBe('ring');
  });
});
