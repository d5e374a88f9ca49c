/** The rules in which the registration modes differ. A new mode is a new row of `registrationModes`. */
export interface RegistrationMode {
  /** Value of `briaPush.RegistrationMode` in Stretto. */
  readonly number: number;
  readonly name: string;
  readonly title: string;
  /** False where the push server stays registered for good and the app never registers. */
  readonly appRegisters: boolean;
  /**
   * When the side that gives the registration up removes its binding: once the other side's is committed, before the
   * other side may register, or never (it stops refreshing and lets the newcomer overwrite).
   */
  readonly release: 'afterPeerRegisters' | 'beforePeerRegisters' | 'never';
  /** Promises that at most one side is ever registered. */
  readonly singleDevice: boolean;
}

/**
 * The four modes of Bria Push. Sources: the product article "How the push works and how to configure it in Stretto"
 * for what each side does; the order in Standard (commit the new binding, then remove the old one) is inference, as
 * the article only says that the two register alternately.
 */
export const registrationModes = {
  standard: {
    number: 0,
    name: 'standard',
    title: 'Standard',
    appRegisters: true,
    release: 'afterPeerRegisters',
    singleDevice: false,
  },
  singleDeviceEmulation: {
    number: 1,
    name: 'singleDeviceEmulation',
    title: 'Single Device Emulation',
    appRegisters: true,
    release: 'beforePeerRegisters',
    singleDevice: true,
  },
  continuous: {
    number: 2,
    name: 'continuous',
    title: 'Continuous',
    appRegisters: false,
    release: 'never',
    singleDevice: false,
  },
  singleDeviceTakeover: {
    number: 3,
    name: 'singleDeviceTakeover',
    title: 'Single Device Takeover',
    appRegisters: true,
    release: 'never',
    singleDevice: true,
  },
} as const satisfies Record<string, RegistrationMode>;

export type RegistrationModeName = keyof typeof registrationModes;

/** The names of the modes in the order of their numbers. */
export const registrationModeNames = Object.keys(registrationModes) as RegistrationModeName[];
