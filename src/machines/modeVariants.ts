import { type RegistrationMode, registrationModes } from './registrationModes.ts';

/**
 * Modes that the product does not have: ways to hand a single binding over without a moment in which nobody is
 * registered. Inference throughout. Both follow Single Device Takeover (no un-REGISTER in a hand-over), which alone
 * needs a server that lets the newest overwrite.
 */
export const modeVariants = {
  swap: {
    ...registrationModes.singleDeviceTakeover,
    number: null,
    name: 'swap',
    title: 'Swap in one REGISTER',
    swap: 'newFirst',
  },
  swapOldFirst: {
    ...registrationModes.singleDeviceTakeover,
    number: null,
    name: 'swapOldFirst',
    title: 'Swap, old contact first',
    swap: 'oldFirst',
  },
  sharedInstance: {
    ...registrationModes.singleDeviceTakeover,
    number: null,
    name: 'sharedInstance',
    title: 'Shared instance-id',
    sharesInstance: true,
  },
} as const satisfies Record<string, RegistrationMode>;

/** The modes of the product and the variants, by name. */
export const everyMode = { ...registrationModes, ...modeVariants };

export type ModeName = keyof typeof everyMode;

/** The names of the modes of the product, then those of the variants. */
export const modeNames = Object.keys(everyMode) as ModeName[];
