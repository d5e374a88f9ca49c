import { partyNames } from '../../machines/messages.ts';
import { linkNames } from '../scenario/scenario.ts';
import { eventTable } from '../system/eventTable.ts';
import type { LinkRules } from '../world/linkRules.ts';
import { networkOf, sipEvent } from './events.ts';
import { faultName } from './faultName.ts';
import { registerOrder } from './registerOrder.ts';
import { withoutConnection } from './transport.ts';

const app = partyNames.indexOf('app');
const networkChange = eventTable.idOf({ type: 'network.change' });
const linksToTheAddress: readonly number[] = [linkNames.indexOf('appSip'), linkNames.indexOf('control')];

/** The name under which a fault speaks of an event, by the event's number. */
export const faultNameOf = (event: number): string => faultName(sipEvent(event));

/** The rules of the links between the parties of a hand-over. */
export const sipLinks: LinkRules = {
  // The phone opens new connections from another network.
  connectionOf: (event) => [undefined, 'wifi', 'cellular'].indexOf(networkOf(event)),
  // Packets to the network that the phone has left reach nobody.
  isLostBy: (stepEvent, to, link) => stepEvent === networkChange && to === app && linksToTheAddress.includes(link),
  ...registerOrder,
  faultNameOf,
  shown: withoutConnection,
};
