import type { MachineEvent } from '../../machines/events.ts';

/** The name under which a fault speaks of a message: a REGISTER that removes bindings is an `un-REGISTER`. */
export const faultName = (message: MachineEvent): string =>
  'expires' in message && message.expires === 'zero' ? message.type.replace('REGISTER', 'un-REGISTER') : message.type;
