import type { PartyName } from '../../machines/messages.ts';
import { phoneOf, roleOf } from '../../machines/phones.ts';
import { onceEach } from '../data/onceEach.ts';
import { linkOf, type WorldLinkName } from '../scenario/scenario.ts';
import { eventTable } from '../system/eventTable.ts';
import type { LinkRules } from '../world/linkRules.ts';
import { networkOf, sipEvent } from './events.ts';
import { faultName } from './faultName.ts';
import { registerOrder } from './registerOrder.ts';
import { withoutConnection } from './transport.ts';

const networkChange = eventTable.idOf({ type: 'network.change' });

const connectionOf = onceEach((event) => [undefined, 'wifi', 'cellular'].indexOf(networkOf(event)));

/** The links to the address of the phone, by the number of its app. */
function linksToAddresses(parties: readonly PartyName[], links: readonly WorldLinkName[]) {
  const toAddress = new Map<number, readonly number[]>();
  for (const [index, party] of parties.entries()) {
    const phone = phoneOf(party);
    if (phone === null || roleOf(party) !== 'app') continue;
    toAddress.set(index, [links.indexOf(linkOf('appSip', phone)), links.indexOf(linkOf('control', phone))]);
  }
  return toAddress;
}

/** The name under which a fault speaks of an event, by the event's number. */
export const faultNameOf = (event: number): string => faultName(sipEvent(event));

/** The rules of those links between the parties of a hand-over. */
export function sipLinksAmong(parties: readonly PartyName[], links: readonly WorldLinkName[]): LinkRules {
  const toAddress = linksToAddresses(parties, links);
  return {
    // The phone opens new connections from another network.
    connectionOf,
    // Packets to the network that the phone has left reach nobody.
    isLostBy: (stepEvent, to, link) => stepEvent === networkChange && toAddress.get(to)?.includes(link) === true,
    ...registerOrder,
    faultNameOf,
    shown: withoutConnection,
  };
}
