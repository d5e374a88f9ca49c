import { partyNames } from '../../machines/messages.ts';
import { linkNames } from '../scenario/scenario.ts';
import { eventTable } from '../system/eventTable.ts';
import type { LinkRules } from '../world/linkRules.ts';
import { networkOf, sipEvent } from './events.ts';
import { outdatedBy, outdates } from './registerOrder.ts';
import { withoutConnection } from './transport.ts';

const app = partyNames.indexOf('app');
const networkChange = eventTable.idOf({ type: 'network.change' });
const linksToTheAddress: readonly number[] = [linkNames.indexOf('appSip'), linkNames.indexOf('control')];

/** A REGISTER that removes bindings is an `un-REGISTER` to a fault; all else has the name of its type. */
export function faultNameOf(event: number): string {
  const message = sipEvent(event);
  if (!('expires' in message)) return message.type;
  return message.expires === 'zero' ? message.type.replace('REGISTER', 'un-REGISTER') : message.type;
}

/** The rules of the links between the parties of a hand-over. */
export const sipLinks: LinkRules = {
  // The phone opens new connections from another network.
  connectionOf: (event) => [undefined, 'wifi', 'cellular'].indexOf(networkOf(event)),
  // Packets to the network that the phone has left reach nobody.
  isLostBy: (stepEvent, to, link) => stepEvent === networkChange && to === app && linksToTheAddress.includes(link),
  outdatingParty: partyNames.indexOf('sipServer'),
  outdates,
  outdatedBy,
  faultNameOf,
  shown: withoutConnection,
};
