import { z } from 'zod';
import type { RegistrationMode } from '../../machines/registrationModes.ts';

/** A row of a mode, as a program gives it. */
export const modeRowSchema = z.strictObject({
  number: z.int().nullable(),
  name: z.string().min(1),
  title: z.string().min(1),
  appRegisters: z.boolean(),
  release: z.enum(['afterPeerRegisters', 'beforePeerRegisters', 'never']),
  swap: z.enum(['newFirst', 'oldFirst']).nullable(),
  sharesInstance: z.boolean(),
  singleDevice: z.boolean(),
  pushedBy: z.enum(['pushServer', 'sipServer']),
  pushServerStays: z.literal(true).optional(),
  keepsCredentials: z.enum(['whileAppIsAway', 'untilForgotten']).optional(),
  lease: z.literal(true).optional(),
}) satisfies z.ZodType<Partial<Record<keyof RegistrationMode, unknown>>>;
