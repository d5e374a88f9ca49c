import { type RegistrationMode, registrationModes } from './registrationModes.ts';

/**
 * Designs that the product does not have. The first three are ways to hand a single binding over without a moment in
 * which nobody is registered, inference throughout; they follow Single Device Takeover (no un-REGISTER in a hand-over),
 * which alone needs a server that lets the newest overwrite. The last one has no push server: RFC 8599.
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
  sipServerPushes: {
    ...registrationModes.standard,
    number: null,
    name: 'sipServerPushes',
    title: 'The SIP server pushes (RFC 8599)',
    release: 'never',
    pushedBy: 'sipServer',
  },
} as const satisfies Record<string, RegistrationMode>;

/** The modes of the product and the variants, by name. */
export const everyMode = { ...registrationModes, ...modeVariants };

export type ModeName = keyof typeof everyMode;

/** The names of the modes of the product, then those of the variants. */
export const modeNames = Object.keys(everyMode) as ModeName[];
