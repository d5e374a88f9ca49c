import { z } from 'zod';
import { parseDurationMs } from '../data/duration.ts';
import type { Window } from '../data/window.ts';
import { quantilesSchema, windowSchema } from '../scenarioFile/valueSchemas.ts';
import { keepsOrder } from './systemLinks.ts';

const duration = z.string().refine((text) => parseDurationMs(text) !== null, {
  error: 'expected a duration with its unit, such as 400ms, 1.5s or 2min',
});
const probability = z.number({ error: 'expected a probability between 0 and 1' }).min(0).max(1);
const event = z.looseObject({ type: z.string() });
/** A window; null for what is none, which has a complaint of its own. */
function windowIn(given: unknown): Window | null {
  const [earliest = null, latest = earliest] = [given].flat().map((text) => parseDurationMs(String(text)));
  return earliest !== null && latest !== null && earliest <= latest ? [earliest, latest] : null;
}

/** Time must go on: what takes none could go on for ever. */
const lasting = windowSchema.refine((given) => (windowIn(given)?.[0] ?? 1) >= 1, { error: 'expected at least 1ms' });
const name = z.string().regex(/^[A-Za-z][\w-]*$/, { error: 'expected letters, digits, - and _, a letter first' });
/** A trace tells what comes from the environment by that name. */
const partyName = name.refine((text) => text !== 'environment', {
  error: 'expected another name: that of the steps is environment',
});
const when = { at: windowSchema.optional(), after: windowSchema.optional() };

/** What stands beside a machine, which is no data itself: see `withoutMachines`. */
export const partySchema = z.strictObject({
  machine: z.unknown().optional(),
  delays: z.record(z.string(), lasting).optional(),
});

/** Parties as data: what stands beside their machines. */
export const withoutMachines = (parties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(parties).map(([name, party]) => {
      const { machine: _, ...others } = (party ?? {}) as { readonly machine?: unknown };
      return [name, others];
    }),
  );

const link = z
  .strictObject({
    between: z.tuple([z.string(), z.string()]),
    transport: z.enum(['tcp', 'udp']),
    latency: lasting.optional(),
    law: quantilesSchema.optional(),
    ordered: z.boolean().optional(),
    outdates: z.array(z.string()).min(1).optional(),
    emptiedBy: z.array(z.string()).optional(),
    loss: probability.optional(),
    duplicate: probability.optional(),
  })
  .refine(({ transport, loss = 0, duplicate = 0 }) => transport === 'udp' || loss + duplicate === 0, {
    error: 'no loss and no duplicate: tcp delivers once',
  })
  .refine(({ latency, law }) => latency !== undefined || law !== undefined, { error: 'expected `latency` or `law`' })
  .refine(({ transport, ordered }) => transport === 'tcp' || ordered !== false, {
    error: 'no `ordered`: udp keeps no order anyway',
  })
  .refine(({ transport, ordered }) => transport === 'udp' || ordered !== true, {
    error: 'no `ordered`: tcp keeps its order anyway',
  })
  .refine((one) => one.outdates === undefined || !keepsOrder(one), {
    error: 'no `outdates`: on a link that keeps its order nothing newer comes first',
  })
  .refine(({ law = [] }) => law.length === 0 || (parseDurationMs(law[0]?.[1] ?? '') ?? 0) >= 1, {
    error: 'expected a law from at least 1ms on',
  })
  .refine(({ latency, law }) => latency === undefined || law === undefined || reaches(law, latency), {
    error: 'expected a law that reaches into the window of `latency`',
  });

function reaches(law: readonly (readonly [number, string])[], latency: string | readonly [string, string]): boolean {
  const [earliest, latest] = windowIn(latency) ?? [0, Number.POSITIVE_INFINITY];
  const ends = [law[0], law.at(-1)].map((one) => parseDurationMs(one?.[1] ?? '') ?? 0);
  return (ends[0] ?? 0) <= latest && (ends[1] ?? 0) >= earliest;
}

/** All of a system but its machines and properties, which are no data. */
export const systemSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'expected lower-case words joined by hyphens' }),
  title: z.string().min(1),
  parties: z.record(partyName, partySchema),
  links: z.record(name, link),
  steps: z
    .array(
      z.union(
        [
          z.strictObject({ ...when, party: z.string(), event }),
          z.strictObject({ ...when, cut: z.string() }),
          z.strictObject({ ...when, repair: z.string() }),
        ],
        { error: 'expected { at, party, event }, { at, cut } or { at, repair }; or `after` for `at`' },
      ),
    )
    .max(60),
  faults: z
    .array(
      z
        .strictObject({
          do: z.enum(['lose', 'delay', 'duplicate']),
          message: z.string(),
          from: z.string().optional(),
          to: z.string().optional(),
          link: z.string().optional(),
          occurrence: z.int().min(1).optional(),
          latency: windowSchema.optional(),
        })
        .refine((one) => (one.do === 'delay') === (one.latency !== undefined), {
          error: '`latency` goes with `do: delay`, and only with it',
        }),
    )
    .optional(),
  until: duration,
});
