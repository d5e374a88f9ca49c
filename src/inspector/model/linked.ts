import { z } from 'zod';
import { firstIssue, raceWindowShape, scenarioShape } from '../../sim/run/scenarioShape.ts';
import type { Experiment } from './experiment.ts';

/** What a link holds: the run with all it follows from, and how it came out where the link was made. */
export interface Linked {
  readonly experiment: Experiment;
  readonly digest: string;
}

const shape = z.looseObject({
  experiment: z.looseObject({
    scenario: scenarioShape,
    seed: z.int().min(0).max(4_294_967_295),
    plan: z
      .array(z.looseObject({ serial: z.int(), atMs: z.int(), fate: z.enum(['happen', 'lose', 'duplicate']) }))
      .nullable(),
    planUntilMs: z.number().nullable(),
    moved: z.array(z.looseObject({ serial: z.int(), dueMs: z.number(), order: z.number() })),
    window: raceWindowShape.optional(),
  }),
  digest: z.string(),
});

/** Takes what a link was unpacked to. Throws an Error that says what is wrong with it. */
export function linkedOf(value: unknown): Linked {
  const result = shape.safeParse(value);
  if (!result.success) throw new Error(firstIssue(result.error));
  return value as Linked;
}
