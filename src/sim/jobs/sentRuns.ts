import { z } from 'zod';
import { linkNames } from '../scenario/scenario.ts';

/** What comes of many runs that were made on another machine. */

const count = z.int().min(0);
const text = z.string().max(200);
const digits = z.string().regex(/^\d{1,100}$/);
const seed = count.nullable();
const distribution = z.array(z.tuple([z.number().min(0), count]));

const moments = z.strictObject({ values: count, positive: count, full: count, sum: count, squares: digits });

const measured = z.strictObject({
  runs: count,
  observedMs: z.number().min(0),
  calls: z.strictObject({ made: count, alerted: count, elsewhere: count, lost: count, undecided: count }),
  alertMs: distribution,
  postDialMs: distribution,
  gapMs: distribution,
  gapsOpen: count,
  unreachableMs: z.number().min(0),
  registers: z.strictObject({ app: count, pushServer: count }),
  pushes: count,
  wakeUps: count,
  connections: z.strictObject({ opened: count, keptMs: z.number().min(0) }),
  traffic: z.strictObject(
    Object.fromEntries(linkNames.map((name) => [name, z.strictObject({ messages: count, bytes: count })])),
  ),
});

export const tallySchema = z.strictObject({
  runs: count,
  calls: z.strictObject({ measured, most: count, lost: moments, open: moments, losingSeed: seed }).nullable(),
  properties: z.array(z.strictObject({ property: text, violated: count, firstSeed: seed, witnessed: z.boolean() })),
});

const effort = z.strictObject({ before: count, branches: count, after: count, runs: count });

export const sweptPieceSchema = z.strictObject({
  runs: count,
  tallies: z.array(tallySchema),
  joint: z.strictObject({
    most: count,
    lost: z.array(moments),
    open: z.array(moments),
    differences: z.array(z.strictObject({ more: moments, less: moments, largest: count })),
    calls: z.array(count).nullable(),
  }),
  losingSeeds: z.array(seed),
  efforts: z.array(z.array(effort)),
});

const curve = z.strictObject({ stepMs: count, counts: z.array(z.int()) });
const load = z.strictObject({ register: curve, invite: curve, push: curve });
const amount = z.number().min(0);
const queueFigures = z.strictObject({ served: amount, refused: amount, longestWaitMs: amount });

export const fleetDaySchema = z.strictObject({
  figures: z.strictObject({
    phones: count,
    calls: measured.shape.calls,
    alertMs: distribution,
    losing: count,
    lostSquares: count,
    mostCalls: count,
    load,
    lost: curve,
    unreachable: curve,
  }),
  shared: z.strictObject({
    refused: curve.nullable(),
    server: queueFigures.nullable(),
    pushesRefused: amount.nullable(),
  }),
});
