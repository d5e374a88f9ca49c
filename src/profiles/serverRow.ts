import { z } from 'zod';
import type { ServerAxes, ServerAxis, ServerProfile } from '../machines/serverProfile.ts';
import { canonical } from '../sim/data/canonical.ts';
import type { InputProblem } from '../sim/input/inputError.ts';
import { strangeProblems } from '../sim/input/plainData.ts';
import { unknownKey } from '../sim/input/unknownWord.ts';
import { problemsIn } from '../sim/input/yamlFile.ts';
import type { AxisTable } from './axisRow.ts';
import { everyServerProfile } from './furtherServers.ts';
import { crossedAxes, kit } from './ownServer.ts';
import { axisTable } from './serverAxes.ts';

export const isAxis = (key: string): key is ServerAxis => Object.hasOwn(axisTable, key);

/** The axes that every server has. */
export const requiredAxes = Object.keys(axisTable).filter((axis) =>
  Object.values<ServerProfile>(everyServerProfile).every((profile) => axis in profile),
);

/** The value of an axis as a user's own file says it. */
export function writtenAxis<Axis extends ServerAxis>(axis: Axis, value: unknown): unknown {
  const { write }: AxisTable<ServerAxes>[Axis] = axisTable[axis];
  return write(value as never);
}

const texts = ['name', 'title', 'source'];
const text = z.string().min(1);

/** A value as a file would say it, and what that is read as; null where none could say it. */
function reread(axis: ServerAxis, value: unknown): { readonly written: unknown; readonly isSame: boolean } | null {
  try {
    const written = writtenAxis(axis, value);
    const { success, data } = axisTable[axis].schema(kit).safeParse(written);
    return { written, isSame: success && canonical(data) === canonical(value) };
  } catch {
    return null;
  }
}

/** What is wrong with the value of an axis: it must be what a file can say, and say all of it. */
function axisProblems(axis: ServerAxis, value: unknown): InputProblem[] {
  const again = reread(axis, value);
  if (again?.isSame) return [];
  const [complaint] =
    again?.written === value ? problemsIn({ [axis]: value }, z.object({ [axis]: axisTable[axis].schema(kit) })) : [];
  const example = everyServerProfile.multi[axis] ?? axisTable[axis].assumed[0];
  const { expected, hint } = complaint ?? { expected: `a value such as ${JSON.stringify(example)}` };
  const found = `${JSON.stringify(value) ?? String(value)} for server.${axis}`;
  return [{ line: null, found, expected, ...(hint !== undefined && { hint }) }];
}

/** What of a server that a program made does not fit: each value must be one that a server's file can say. */
export function serverRowProblems(row: Readonly<Record<string, unknown>>): InputProblem[] {
  const valid = [...texts, ...Object.keys(axisTable)];
  const missing = [...texts, ...requiredAxes].filter((key) => row[key] === undefined);
  const problems = [
    ...strangeProblems(row, ['server']),
    ...Object.keys(row)
      .filter((key) => !valid.includes(key))
      .map((key) => unknownKey(key, ' in server', valid)),
    ...missing.map((key) => ({
      line: null,
      found: `no ${key} in server`,
      expected: 'a row such as serverProfiles.reject',
    })),
    ...texts
      .filter((key) => row[key] !== undefined && !text.safeParse(row[key]).success)
      .map((key) => ({ line: null, found: `${JSON.stringify(row[key])} for server.${key}`, expected: 'some text' })),
  ];
  if (problems.length > 0) return problems;
  const wrong = Object.entries(row).flatMap(([key, value]) =>
    isAxis(key) && value !== undefined ? axisProblems(key, value) : [],
  );
  const crossed = wrong.length > 0 ? null : crossedAxes(row as unknown as ServerProfile);
  if (crossed === null) return wrong;
  const { keys: _, ...problem } = crossed;
  return [problem];
}
