import { type RegistrationMode, registrationModes } from './registrationModes.ts';

/**
 * Ways to hand a single binding over without a moment in which nobody is registered, inference throughout. They follow
 * Single Device Takeover (no un-REGISTER in a hand-over), which alone needs a server that lets the newest overwrite.
 */
const inOneRequest = {
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

/** Modes 0, 1 and 3 under a lease, inference throughout: only its holder sends REGISTERs. */
const leased = {
  leasedStandard: {
    ...registrationModes.standard,
    number: null,
    name: 'leasedStandard',
    title: 'Standard under a lease',
    lease: true,
  },
  leasedEmulation: {
    ...registrationModes.singleDeviceEmulation,
    number: null,
    name: 'leasedEmulation',
    title: 'Emulation under a lease',
    lease: true,
  },
  leasedTakeover: {
    ...registrationModes.singleDeviceTakeover,
    number: null,
    name: 'leasedTakeover',
    title: 'Takeover under a lease',
    lease: true,
  },
} as const satisfies Record<string, RegistrationMode>;

/** What other products do, as their makers say it. */
const peers = {
  // docs.sessiontalk.co.uk, Multiple Registrations: the push server registers when push is enabled and stays so; the app
  // registers in the foreground and un-REGISTERs in the background. That it does so at once, and on a change of network
  // too, is inference.
  sessionTalkMultiple: {
    ...registrationModes.standard,
    number: null,
    name: 'sessionTalkMultiple',
    title: 'SessionTalk Multiple Registrations',
    release: 'beforePeerRegisters',
    pushServerStays: true,
  },
  // docs.sessiontalk.co.uk, Single Register: nobody un-REGISTERs, the push server is given the credentials as the app goes
  // to the background, and loses them as it comes back.
  sessionTalkSingle: {
    ...registrationModes.singleDeviceTakeover,
    number: null,
    name: 'sessionTalkSingle',
    title: 'SessionTalk Single Register',
    keepsCredentials: 'whileAppIsAway',
  },
  // doc.acrobits.net, FAQ: SIPIS registers as the app goes to the background or is closed, and deletes the credentials
  // after 7 days without the app. The order of the REGISTERs is said nowhere: that of Standard is inference.
  sipis: {
    ...registrationModes.standard,
    number: null,
    name: 'sipis',
    title: 'Acrobits SIPIS',
    keepsCredentials: 'untilForgotten',
  },
} as const satisfies Record<string, RegistrationMode>;

/** Without a push server: RFC 8599. */
const withoutOne = {
  sipServerPushes: {
    ...registrationModes.standard,
    number: null,
    name: 'sipServerPushes',
    title: 'The SIP server pushes (RFC 8599)',
    release: 'never',
    pushedBy: 'sipServer',
  },
} as const satisfies Record<string, RegistrationMode>;

/** Designs that the product does not have. */
export const modeVariants = { ...inOneRequest, ...leased, ...peers, ...withoutOne };

/** The modes of the product and the variants, by name. */
export const everyMode = { ...registrationModes, ...modeVariants };

export type ModeName = keyof typeof everyMode;

/** The names of the modes of the product, then those of the variants. */
export const modeNames = Object.keys(everyMode) as ModeName[];
