import type { RegistrationModeName } from '../machines/registrationModes.ts';
import type { ServerProfileName } from './servers.ts';

/**
 * The kind of server that each mode is meant for. Product article: 0 and 2 where the provider supports several
 * registrations, 1 and 3 where it does not; that 3 needs one that overwrites follows from "without unregistering".
 */
export const intendedServer = {
  standard: 'multi',
  singleDeviceEmulation: 'reject',
  continuous: 'multi',
  singleDeviceTakeover: 'overwrite',
} as const satisfies Record<RegistrationModeName, ServerProfileName>;
