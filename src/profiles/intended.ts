import type { ModeName } from '../machines/modeVariants.ts';
import type { AnyServerProfileName } from './furtherServers.ts';

/**
 * The kind of server that each mode is meant for. Product article: 0 and 2 where the provider supports several
 * registrations, 1 and 3 where it does not; that 3 needs one that overwrites follows from "without unregistering".
 * The variants are there for servers with one binding; a shared instance-id needs one that looks at it, and RFC 8599 one
 * that pushes. SessionTalk says so of its two modes; SIPIS is said to need nothing, so that it has what Standard has.
 */
export const intendedServer = {
  standard: 'multi',
  singleDeviceEmulation: 'reject',
  continuous: 'multi',
  singleDeviceTakeover: 'overwrite',
  swap: 'reject',
  swapOldFirst: 'reject',
  sharedInstance: 'instance',
  leasedStandard: 'multi',
  leasedEmulation: 'reject',
  leasedTakeover: 'overwrite',
  sessionTalkMultiple: 'multi',
  sessionTalkSingle: 'overwrite',
  sipis: 'multi',
  sipServerPushes: 'opensips-push',
} as const satisfies Record<ModeName, AnyServerProfileName>;
