import { type RegistrationModeName, registrationModeNames } from '../../machines/registrationModes.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import { intendedServer } from '../../profiles/intended.ts';
import type { BundledServers, ComparedServer, Offered } from './boot.ts';

/** Where the server has the overview as it is at first, below its token. */
export const comparedPath = 'compared.json';

/** Whether the overview has a row for a scenario. */
export const isCompared = ({ folder }: Offered): boolean => folder === null;

/** On which server each mode is compared: on the one that was chosen, or on the one that it is meant for. */
export const serversCompared = (chosen: ComparedServer, profiles: BundledServers['profiles']) =>
  Object.fromEntries(registrationModeNames.map((mode) => [mode, chosen ?? profiles[intendedServer[mode]]])) as Record<
    RegistrationModeName,
    ServerProfile
  >;
