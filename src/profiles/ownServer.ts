import { z } from 'zod';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { formatDuration, parseDurationMs } from '../sim/data/duration.ts';
import { InputError, type InputProblem } from '../sim/input/inputError.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { isRecord, lineAt, readYaml } from '../sim/input/yamlFile.ts';
import type { AxisRow, SchemaKit } from './axisRow.ts';
import { everyServerProfile } from './furtherServers.ts';
import { axisTable, fileKey, serverAxes } from './serverAxes.ts';

const durationText = 'expected a duration with its unit, such as 400ms, 1.5s or 2min';
const duration = z
  .string({ error: durationText })
  .refine((text) => parseDurationMs(text) !== null, { error: durationText })
  .transform((text) => parseDurationMs(text) ?? 0);

export const kit: SchemaKit = { z, duration, none: z.literal('none').transform(() => null) };

/** A server profile as users write it: everything that it does not say is that of the profile that it extends. */
export const ownServerSchema = (table: Readonly<Record<string, Pick<AxisRow<unknown>, 'schema'>>>) =>
  z.strictObject({
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'expected lower-case words joined by hyphens' }),
    extends: z.string(),
    title: z.string().min(1).optional(),
    source: z.string().min(1).optional(),
    ...Object.fromEntries(Object.entries(table).map(([axis, { schema }]) => [fileKey(axis), schema(kit).optional()])),
  });

const schema = ownServerSchema(axisTable);
type OwnServer = z.infer<typeof schema> & { readonly [key: string]: unknown };

const extendedBy = (name: unknown): ServerProfile | undefined =>
  Object.entries<ServerProfile>(everyServerProfile).find(([known]) => known === name)?.[1];

/**
 * What a file says, and within an axis of several keys the rest as the profile that it extends has it: another `wait` alone
 * leaves whom the INVITE goes to as it was. An axis that does (`do`) something else now has nothing of the old one.
 */
function completed(said: unknown): unknown {
  if (!isRecord(said)) return said;
  const { extends: base } = said;
  const extended = extendedBy(base);
  if (extended === undefined) return said;
  const axes = serverAxes.flatMap((axis) => {
    const [key, row, value] = [fileKey(axis), axisTable[axis] as AxisRow<unknown>, extended[axis]];
    const [own, rest] = [said[key], value === undefined ? value : row.write(value)];
    return isRecord(own) && isRecord(rest) && deed(own) === deed(rest) ? [[key, { ...rest, ...own }] as const] : [];
  });
  return { ...said, ...Object.fromEntries(axes) };
}

const deed = ({ do: word }: Record<string, unknown>): unknown => word;

/** Reads a user's own server profile. Throws an InputError that names every problem with its line. */
export function parseServerProfile(text: string, file: string): ServerProfile {
  const { data, source } = readYaml(text, file, { schema, what: 'a server profile in YAML', complete: completed });
  const { name, extends: base, title, source: origin, ...values }: OwnServer = data;
  const extended = extendedBy(base);
  if (extended === undefined) {
    const known = Object.keys(everyServerProfile);
    const hint = nearestWord(base, known);
    const expected = `one of ${known.join(', ')}`;
    const problem = { line: lineAt(source, ['extends']), found: `the unknown server ${base}`, expected };
    throw new InputError({ file, problems: [{ ...problem, ...(hint !== undefined && { hint }) }] });
  }
  const said = serverAxes
    .map((axis) => [axis, values[fileKey(axis)]] as const)
    .filter(([, value]) => value !== undefined);
  const profile: ServerProfile = {
    ...extended,
    name,
    title: title ?? `${base}, as ${file} changes it`,
    source: origin ?? `${file}; for the rest ${extended.source}`,
    ...Object.fromEntries(said),
  };
  const says = (name: string) => source.document.hasIn(['wakes', name]);
  if (profile.wakes.refreshBeforeMs === null && says('refreshesBy') && !says('refreshBefore')) {
    const found = 'refreshesBy without pushes that refresh a binding';
    const line = lineAt(source, ['wakes', 'refreshesBy'], true);
    throw new InputError({ file, problems: [{ line, found, expected: '`refreshBefore` with it' }] });
  }
  const crossed = crossedAxes(profile);
  if (crossed === null) return profile;
  const { keys, ...problem } = crossed;
  const key = keys.find((one) => values[one] !== undefined) ?? 'extends';
  throw new InputError({ file, problems: [{ ...problem, line: lineAt(source, [key]) }] });
}

/** What is wrong with a server of which two axes contradict each other, and the keys that say them in a file; null where none do. */
export function crossedAxes({
  minimumExpires,
  maximumExpiresMs,
  fork,
  wakes,
}: Pick<ServerProfile, 'minimumExpires' | 'maximumExpiresMs' | 'fork' | 'wakes'>):
  | (InputProblem & { readonly keys: readonly string[] })
  | null {
  if (minimumExpires.ms > maximumExpiresMs) {
    const found = `a shortest lifetime of ${formatDuration(minimumExpires.ms)}, above the longest of ${formatDuration(maximumExpiresMs)}`;
    const expected = 'minimumExpires of at most maximumExpires';
    return { line: null, found, expected, keys: ['minimumExpires', 'maximumExpires'] };
  }
  if (fork === 'first' && (wakes.goesTo === 'all' || wakes.goesTo === 'allEachTime')) {
    const found = `goesTo: ${wakes.goesTo} on a server that calls the first contact only`;
    return { line: null, found, expected: '`fork: all`, or goesTo: newest or itsContact', keys: ['wakes', 'fork'] };
  }
  return null;
}

/** The JSON Schema of server profiles, for editors. Which keys an axis needs depends on the profile that is extended. */
export function serverProfileJsonSchema(): object {
  const override = ({ jsonSchema, path }: { jsonSchema: z.core.JSONSchema.BaseSchema; path: (string | number)[] }) => {
    if (path.length > 0) jsonSchema.required = (jsonSchema.required ?? []).filter((key) => key === 'do');
  };
  return { title: 'Ringproof server profile', ...z.toJSONSchema(schema, { io: 'input', override }) };
}
