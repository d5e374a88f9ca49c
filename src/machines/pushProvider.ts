import { type Args, actionsOf } from './actionsOf.ts';
import type { ClientHabits } from './clientHabits.ts';
import type { MachineEvent } from './events.ts';
import type { RegisterRequest, Token } from './messages.ts';
import { isPushedByServer, type RegistrationMode } from './registrationModes.ts';

/** What an app is that leaves its push token with the SIP server (RFC 8599 4.1). */
export interface PushedConfiguration {
  /** Said where the SIP server does not support the push service of the app. */
  readonly pushProvider?: 'unsupported';
  /** Said where the app runs on in the background as long as no 200 has told it that pushes will come. */
  readonly withoutPushes?: 'staysAwake';
}

/** What a registration knows of pushes by the SIP server. */
export interface PushedRegistration {
  /** Said once the server has not supported the push service, so that no token is named any more. */
  readonly withoutToken?: true;
  /** Whether the last 200 has told that pushes will come; absent where the app does not look. */
  readonly pushes?: boolean;
}

interface PushedContext {
  readonly registration: PushedRegistration;
  readonly token?: Token;
}

/**
 * What a REGISTER says of the push service: RFC 8599 4.1.2, the one that switches the pushes off names no pn-prid; nor does one
 * after a 555.
 */
export const pushParameters = (
  mode: RegistrationMode,
  { registration, token = 'first' }: PushedContext,
  { pushProvider }: PushedConfiguration,
): Pick<RegisterRequest, 'prid' | 'provider'> =>
  isPushedByServer(mode) && registration.withoutToken === undefined
    ? { prid: token, ...(pushProvider && { provider: pushProvider }) }
    : {};

/** Whether a 555 is to be answered by a REGISTER without token. */
export const registersWithout = (mode: RegistrationMode, { afterUnsupported }: ClientHabits): boolean =>
  isPushedByServer(mode) && afterUnsupported === undefined;

/** RFC 8599 8.1: Push Notification Service Not Supported. */
const unsupported = 555;

/** Whether a server says that it does not support the push service. */
export const saysUnsupported = (event: MachineEvent): boolean =>
  event.type === 'REGISTER.refused' && event.code === unsupported;

/**
 * A 555 to a REGISTER. What the app does then is outside the scope of RFC 8599 (4.1.1). Inference: it registers as one that
 * nobody can wake; to that REGISTER there is no 555, so that another one is a copy.
 */
export const withoutToken = [
  { guard: 'hasLeftOutToken' },
  { guard: 'lacksPushService', target: 'registering', reenter: true, actions: ['noteAnswer', 'leaveOutToken'] },
] as const;

type Configuration = PushedConfiguration & ClientHabits;

/** The guards of an app that is told which push services are supported. */
export const pushProviderGuards = <Context extends PushedContext>(
  mode: RegistrationMode,
  configuration: Configuration,
  answersRegister: (args: Args<Context>) => boolean,
) => ({
  ...(registersWithout(mode, configuration) && {
    lacksPushService: (args: Args<Context>) => answersRegister(args) && saysUnsupported(args.event),
    hasLeftOutToken: ({ context: { registration }, event }: Args<Context>) =>
      registration.withoutToken === true && saysUnsupported(event),
  }),
  ...(configuration.withoutPushes === 'staysAwake' && {
    /** RFC 8599 4.1.1: without `+sip.pns` in the 200 it must not be assumed that pushes will be requested. */
    isToldOfPushes: ({ context }: Args<Context>) => context.registration.pushes === true,
  }),
});

/** The actions of such an app, for the `setup` of the machine that contains its registration. */
export function pushProviderActions<Context extends PushedContext>(
  mode: RegistrationMode,
  configuration: Configuration,
) {
  const { assign } = actionsOf<PushedContext, Context>();
  return {
    ...(registersWithout(mode, configuration) && {
      leaveOutToken: assign(({ context: { registration } }) => ({
        registration: { ...registration, withoutToken: true as const },
      })),
    }),
    ...(configuration.withoutPushes === 'staysAwake' && {
      notePushes: assign(({ context: { registration }, event }) => ({
        registration: { ...registration, pushes: event.type === 'REGISTER.200' && event.pushes === true },
      })),
    }),
  };
}
