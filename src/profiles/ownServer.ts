import { z } from 'zod';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { parseDurationMs } from '../sim/data/duration.ts';
import { InputError } from '../sim/input/inputError.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { lineAt, readYaml } from '../sim/input/yamlFile.ts';
import { everyServerProfile } from './furtherServers.ts';

const durationText = 'expected a duration with its unit, such as 400ms, 1.5s or 2min';
const ms = z
  .string({ error: durationText })
  .refine((text) => parseDurationMs(text) !== null, { error: durationText })
  .transform((text) => parseDurationMs(text) ?? 0);

const whenFullWords = ['overwrite', 'evictOldest', 'evictSoonestToExpire', 'refuse'] as const;
const withoutBindingWords = ['reject', 'voicemail', 'hold'] as const;

const whenFull = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['overwrite', 'evictOldest', 'evictSoonestToExpire']) }),
  z.strictObject({
    do: z.literal('refuse'),
    code: z.union([z.literal(403), z.literal(503), z.literal(603)], { error: 'expected 403, 503 or 603' }),
    retryAfter: z.boolean().default(false),
  }),
]);

const withoutBinding = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('reject'),
    code: z.union([z.literal(404), z.literal(480)], { error: 'expected 404 or 480' }),
  }),
  z.strictObject({ do: z.literal('voicemail') }),
  z.strictObject({ do: z.literal('hold'), for: ms }).transform(({ for: held }) => ({ do: 'hold' as const, ms: held })),
]);

const limitText = 'expected a whole number from 0, or unlimited';
const limit = z
  .union([z.int().min(0, { error: limitText }), z.literal('unlimited')], { error: limitText })
  .transform((value) => (value === 'unlimited' ? null : value));

const none = z.literal('none').transform(() => null);

const sbc = z.union(
  [
    none,
    z
      .strictObject({
        rewritesContacts: z.boolean().default(false),
        cache: z.union([ms, none]).default(null),
        flow: z.union([ms, none]).default(null),
        alert: z.union([ms, none]).default(null),
      })
      .transform(({ rewritesContacts, cache, flow, alert }) => ({
        rewritesContacts,
        cacheMs: cache,
        flowMs: flow,
        alertMs: alert,
      })),
  ],
  { error: 'expected none, or { rewritesContacts, cache, flow, alert }' },
);

/** A server profile as users write it: everything that it does not say is that of the profile that it extends. */
const ownServerSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'expected lower-case words joined by hyphens' }),
  extends: z.string(),
  title: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
  sbc: sbc.optional(),
  admits: z.enum(['everybody', 'appOnly']).optional(),
  digest: z.boolean().optional(),
  checksSequence: z.boolean().optional(),
  matchesBindingBy: z.enum(['contact', 'instance', 'user', 'callId']).optional(),
  severalContacts: z.enum(['atomic', 'sequential']).optional(),
  capacity: limit.optional(),
  whenFull: whenFull.optional(),
  removalScope: z.enum(['ownContact', 'allOfUser']).optional(),
  minimumExpires: z.strictObject({ lifetime: ms, answer: z.enum(['intervalTooBrief', 'raise']) }).optional(),
  maximumExpires: ms.optional(),
  keepsBindingsOnRestart: z.boolean().optional(),
  fork: z.enum(['all', 'first']).optional(),
  forksToLateBindings: z.boolean().optional(),
  withoutBinding: withoutBinding.optional(),
  tellsReason: z.boolean().optional(),
  admitsCalls: z.enum(['everybody', 'registered']).optional(),
  branchTimeout: ms.optional(),
  noAnswer: ms.optional(),
});

const form = {
  schema: ownServerSchema,
  what: 'a server profile in YAML',
  words: { 'whenFull.do': whenFullWords, 'withoutBinding.do': withoutBindingWords },
};

/** Reads a user's own server profile. Throws an InputError that names every problem with its line. */
export function parseServerProfile(text: string, file: string): ServerProfile {
  const { data, source } = readYaml(text, file, form);
  const { extends: base, minimumExpires, maximumExpires, branchTimeout, noAnswer, ...rest } = data;
  const known = Object.keys(everyServerProfile);
  const extended = known.includes(base) ? everyServerProfile[base as keyof typeof everyServerProfile] : undefined;
  if (extended === undefined) {
    const hint = nearestWord(base, known);
    const expected = `one of ${known.join(', ')}`;
    const problem = { line: lineAt(source, ['extends']), found: `the unknown server ${base}`, expected };
    throw new InputError({ file, problems: [{ ...problem, ...(hint !== undefined && { hint }) }] });
  }
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...extended,
    title: `${base}, as ${file} changes it`,
    source: `${file}; for the rest ${extended.source}`,
    ...said,
    ...(minimumExpires && { minimumExpires: { ms: minimumExpires.lifetime, answer: minimumExpires.answer } }),
    ...(maximumExpires !== undefined && { maximumExpiresMs: maximumExpires }),
    ...(branchTimeout !== undefined && { branchTimeoutMs: branchTimeout }),
    ...(noAnswer !== undefined && { noAnswerMs: noAnswer }),
  };
}

/** The JSON Schema of server profiles, for editors. */
export const serverProfileJsonSchema = (): object => ({
  title: 'Ringproof server profile',
  ...z.toJSONSchema(ownServerSchema, { io: 'input' }),
});
