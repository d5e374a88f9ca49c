import { z } from 'zod';
import type { Role } from '../../machines/messages.ts';
import { partyDelays } from '../../machines/parties.ts';
import { parseDurationMs } from '../data/duration.ts';
import { leastTimerMs } from './timers.ts';
import { windowSchema } from './valueSchemas.ts';

const leastMsOf = (given: string | readonly string[]): number =>
  parseDurationMs(typeof given === 'string' ? given : (given[0] ?? '')) ?? 0;

/** The window of a delay of a machine. */
const timer = (delay: string) =>
  windowSchema.refine((given) => leastMsOf(given) >= leastTimerMs(delay), {
    error: 'expected at least 1ms: with a timer that takes no time, time need not go on',
  });

type Timers = z.ZodOptional<z.ZodObject<Record<string, z.ZodOptional<typeof windowSchema>>>>;

export const timingOf = <Party extends Role>(parties: readonly Party[]) =>
  z.strictObject(
    Object.fromEntries(
      parties.map((party) => [
        party,
        z
          .strictObject(
            Object.fromEntries(Object.keys(partyDelays[party]).map((delay) => [delay, timer(delay).optional()])),
          )
          .optional(),
      ]),
    ) as Record<Party, Timers>,
  );
