import type { ContactOrder } from './messages.ts';

/** The rules in which the registration modes differ. A new mode is a new row, as in `modeVariants`. */
export interface RegistrationMode {
  /** Value of `briaPush.RegistrationMode` in Stretto; null where the product has no such mode. */
  readonly number: number | null;
  readonly name: string;
  readonly title: string;
  /** False where the push server stays registered for good and the app never registers. */
  readonly appRegisters: boolean;
  /**
   * When the side that gives the registration up removes its binding: once the other side's is committed, before the
   * other side may register, or never (it stops refreshing and leaves its binding to the newcomer's REGISTER).
   */
  readonly release: 'afterPeerRegisters' | 'beforePeerRegisters' | 'never';
  /**
   * Whether the REGISTER of the side that takes over also removes the other contacts that it knows of, and in which
   * order it lists them (RFC 3261 10.2.2); null where it names its own contact only.
   */
  readonly swap: ContactOrder | null;
  /** Whether app and push server register as one instance, so that their bindings are one (RFC 5626 6). */
  readonly sharesInstance: boolean;
  /** Promises that at most one side is ever registered. */
  readonly singleDevice: boolean;
  /**
   * Who asks for the phone to be woken: a push server that registers in its place, or the SIP server itself, with whom
   * the app leaves its push token (RFC 8599). In the second case there is no hand-over.
   */
  readonly pushedBy: 'pushServer' | 'sipServer';
  /** Said where the push server stays registered while the app is too, so that a call reaches both. */
  readonly pushServerStays?: true;
  /**
   * How long the push server has the user's credentials: until the log-out where nothing is said; while the app is away,
   * so that it can do nothing by itself when the app dies in the foreground; or until it has not heard of the app for the
   * delay `credentialsLifetime`.
   */
  readonly keepsCredentials?: 'whileAppIsAway' | 'untilForgotten';
  /**
   * Said where only the holder of a lease sends REGISTERs: who takes it over waits until those of the former holder have
   * ended, and a holder whose lease has lapsed is told so and takes it anew.
   */
  readonly lease?: true;
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
    swap: null,
    sharesInstance: false,
    singleDevice: false,
    pushedBy: 'pushServer',
  },
  singleDeviceEmulation: {
    number: 1,
    name: 'singleDeviceEmulation',
    title: 'Single Device Emulation',
    appRegisters: true,
    release: 'beforePeerRegisters',
    swap: null,
    sharesInstance: false,
    singleDevice: true,
    pushedBy: 'pushServer',
  },
  continuous: {
    number: 2,
    name: 'continuous',
    title: 'Continuous',
    appRegisters: false,
    release: 'never',
    swap: null,
    sharesInstance: false,
    singleDevice: false,
    pushedBy: 'pushServer',
  },
  singleDeviceTakeover: {
    number: 3,
    name: 'singleDeviceTakeover',
    title: 'Single Device Takeover',
    appRegisters: true,
    release: 'never',
    swap: null,
    sharesInstance: false,
    singleDevice: true,
    pushedBy: 'pushServer',
  },
} as const satisfies Record<string, RegistrationMode>;

/** When a side that gives the registration up removes its binding: guards that app and push server share. */
export const releaseGuards = ({ appRegisters, release }: RegistrationMode) => ({
  releasesFirst: () => appRegisters && release === 'beforePeerRegisters',
  releasesAfterwards: () => appRegisters && release === 'afterPeerRegisters',
});

/** Whether the push server is registered whether or not the app is. */
export const staysRegistered = ({ appRegisters, pushServerStays }: RegistrationMode): boolean =>
  !appRegisters || pushServerStays === true;

/** Whether the push server removes its binding, or at least ends its REGISTERs, before the app sends its own. */
export const pushServerGivesWay = (mode: RegistrationMode): boolean =>
  !staysRegistered(mode) && (mode.release === 'beforePeerRegisters' || mode.lease === true);

/**
 * Whether a side can have left a binding that it no longer refreshes, but is still to remove: under a lease it stops
 * refreshing before it un-REGISTERs.
 */
export const removesWhatItLeft = ({ release, lease }: RegistrationMode): boolean =>
  lease === true && release !== 'beforePeerRegisters';

/** Whether the SIP server asks for the phone to be woken. */
export const isPushedByServer = ({ pushedBy }: RegistrationMode): boolean => pushedBy === 'sipServer';

/** What becomes of a mode where nobody pushes: the app registers by itself, and nobody takes over from it. */
export const withoutPushServer = ({
  pushServerStays: _,
  keepsCredentials: __,
  lease: ___,
  ...mode
}: RegistrationMode): RegistrationMode => ({
  ...mode,
  appRegisters: true,
  release: 'never',
  swap: null,
  sharesInstance: false,
  pushedBy: 'pushServer',
});

export type RegistrationModeName = keyof typeof registrationModes;

/** The names of the modes in the order of their numbers. */
export const registrationModeNames = Object.keys(registrationModes) as RegistrationModeName[];
