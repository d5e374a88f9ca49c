import { z } from 'zod';
import { InputError } from '../input/inputError.ts';
import type { CheckedCell } from '../jobs/cell.ts';
import { isIdle } from './expectations.ts';

/** A verdict that is kept: what holds because nothing was judged is not what was judged to hold. */
type Verdict = CheckedCell['verdict'] | 'nothingToJudge';

const keptOf = (one: JudgedVerdict): Verdict => (isIdle(one) ? 'nothingToJudge' : one.verdict);

/** One property in one mode on one server, in one scenario; a system of the user's has no modes and no servers. */
export interface VerdictPlace {
  readonly scenario: string;
  readonly profile: string | null;
  readonly mode: string | null;
  readonly property: string;
}

/** A verdict as it was found. */
type JudgedVerdict = VerdictPlace & Pick<CheckedCell, 'verdict' | 'witnessed'>;

/** Verdicts that were kept, and the options with which they were found. */
export interface Baseline {
  readonly options: string;
  readonly verdicts: readonly (VerdictPlace & { readonly verdict: Verdict })[];
}

/** A verdict that is another one now: `before` is null for what was not judged then, `after` for what is not judged now. */
export interface VerdictChange extends VerdictPlace {
  readonly before: Verdict | null;
  readonly after: Verdict | null;
}

/** Counts up whenever a file of an earlier version can no longer be compared. */
const fileVersion = 1;

const cellSchema = z.strictObject({
  violated: z.array(z.string()).optional(),
  inconclusive: z.array(z.string()).optional(),
  holds: z.array(z.string()).optional(),
  nothingToJudge: z.array(z.string()).optional(),
});
const fileSchema = z.strictObject({
  ringproofVerdicts: z.literal(fileVersion),
  options: z.string(),
  verdicts: z.record(z.string(), z.union([cellSchema, z.record(z.string(), z.record(z.string(), cellSchema))])),
});

const verdictsOfCell: readonly Verdict[] = ['violated', 'inconclusive', 'holds', 'nothingToJudge'];

/** Whether these are the verdicts on a system, and not those of servers. */
const isCell = (own: object): own is z.infer<typeof cellSchema> => cellSchema.safeParse(own).success;

/** Reads a file of verdicts. Throws an InputError for one that is none, is broken, or is of another version. */
export function parseBaseline(text: string, file: string): Baseline {
  const refuse = (found: string): never => {
    const expected = 'the verdicts that `check --baseline FILE --update` writes';
    throw new InputError({ file, problems: [{ line: null, found, expected }] });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(text.trim() === '' ? 'an empty file' : `invalid JSON (${(error as Error).message})`);
  }
  const version = (value as { ringproofVerdicts?: unknown } | null)?.ringproofVerdicts;
  if (version === undefined) return refuse('another kind of file');
  if (version !== fileVersion) return refuse(`verdicts of version ${JSON.stringify(version)}`);
  const result = fileSchema.safeParse(value);
  if (!result.success) return refuse(`broken verdicts (at ${result.error.issues[0]?.path.join('.')})`);
  const inCell = (cell: z.infer<typeof cellSchema>, place: Omit<VerdictPlace, 'property'>) =>
    verdictsOfCell.flatMap((verdict) => (cell[verdict] ?? []).map((property) => ({ ...place, property, verdict })));
  const verdicts = Object.entries(result.data.verdicts).flatMap(([scenario, own]) =>
    isCell(own)
      ? inCell(own, { scenario, profile: null, mode: null })
      : Object.entries(own).flatMap(([profile, modes]) =>
          Object.entries(modes).flatMap(([mode, cell]) => inCell(cell, { scenario, profile, mode })),
        ),
  );
  const seen = new Set<string>();
  const twice = verdicts.find((one) => seen.size === seen.add(keyOf(one)).size);
  if (twice) return refuse(`broken verdicts (${keyOf(twice)} twice)`);
  return { options: result.data.options, verdicts };
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const keys = ['scenario', 'profile', 'mode', 'property'] as const;

const inOrder = (one: VerdictPlace, other: VerdictPlace): number =>
  keys.map((key) => byText(one[key] ?? '', other[key] ?? '')).find((sign) => sign !== 0) ?? 0;

const keyOf = (place: VerdictPlace): string => keys.flatMap((key) => place[key] ?? []).join(' ');

/** The things that have the same key, in the order of their first ones. */
export const groupsOf = <Thing>(things: readonly Thing[], keyOf: (one: Thing) => string): [string, Thing[]][] =>
  [...new Set(things.map(keyOf))].map((key) => [key, things.filter((one) => keyOf(one) === key)]);

/** The file of these verdicts: the same bytes whatever their order, one line for each mode on each server, or system. */
export function baselineText(cells: readonly JudgedVerdict[], options: string): string {
  const line = (own: readonly JudgedVerdict[]) => {
    const named = (verdict: Verdict) => own.filter((one) => keptOf(one) === verdict).map(({ property }) => property);
    const entries = verdictsOfCell.map((verdict) => [verdict, named(verdict)] as const);
    return JSON.stringify(Object.fromEntries(entries.filter(([, properties]) => properties.length > 0)));
  };
  const modes = (own: readonly JudgedVerdict[]) => block(own, 3, ({ mode }) => mode ?? '', line);
  const servers = (own: readonly JudgedVerdict[]) =>
    own[0]?.mode === null ? line(own) : block(own, 2, ({ profile }) => profile ?? '', modes);
  const verdicts = block(cells.toSorted(inOrder), 1, ({ scenario }) => scenario, servers);
  return `{\n "ringproofVerdicts": ${fileVersion},\n "options": ${JSON.stringify(options)},\n "verdicts": ${verdicts}\n}\n`;
}

/** Verdicts as an object of JSON, indented by that much: those of each key are written by `text`. */
function block(
  cells: readonly JudgedVerdict[],
  depth: number,
  keyOf: (one: JudgedVerdict) => string,
  text: (own: readonly JudgedVerdict[]) => string,
): string {
  const indent = ' '.repeat(depth);
  const rows = groupsOf(cells, keyOf).map(([key, own]) => `${indent} ${JSON.stringify(key)}: ${text(own)}`);
  return `{\n${rows.join(',\n')}\n${indent}}`;
}

/** What is otherwise than it was, in a stable order. */
export function changesSince({ verdicts }: Baseline, cells: readonly JudgedVerdict[]): VerdictChange[] {
  const before = new Map(verdicts.map((one) => [keyOf(one), one]));
  const after = new Map(cells.map((one) => [keyOf(one), one]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap((key): VerdictChange[] => {
      const [old, cell] = [before.get(key), after.get(key)];
      const now = cell && keptOf(cell);
      const place = old ?? cell;
      if (place === undefined || old?.verdict === now) return [];
      const { scenario, profile, mode, property } = place;
      return [{ scenario, profile, mode, property, before: old?.verdict ?? null, after: now ?? null }];
    })
    .sort(inOrder);
}
