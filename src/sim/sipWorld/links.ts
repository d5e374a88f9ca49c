import type { PartyName, Phone } from '../../machines/messages.ts';
import { partyOf } from '../../machines/phones.ts';
import {
  asOfPhone,
  type Link,
  linkEndsIn,
  linkNames,
  linkOf,
  phoneLinkNames,
  phonesOf,
  type Scenario,
  type WorldLinkName,
} from '../scenario/scenario.ts';
import type { TransportConfiguration } from './transport.ts';

/** A link of the world, and which parties it is between. */
export interface LinkInWorld {
  readonly name: WorldLinkName;
  readonly ends: readonly [PartyName, PartyName];
  readonly link: Link;
}

/** The links of a scenario in their order: those of the first phone, then those of each other one. */
export function linksIn(scenario: Scenario): readonly LinkInWorld[] {
  const ends = linkEndsIn(scenario.mode);
  return phonesOf(scenario).flatMap((phone) =>
    (phone === 1 ? linkNames : phoneLinkNames).map((name): LinkInWorld => {
      const [one, other] = ends[name];
      const link = asOfPhone(scenario, phone).links[name];
      return { name: linkOf(name, phone), ends: [partyOf(one, phone), partyOf(other, phone)], link };
    }),
  );
}

/** What the transport layers of a phone's parties have to know of the links. */
export function transportOf(scenario: Scenario, phone: Phone): TransportConfiguration {
  const { suspendedSockets, noticesNetwork } = asOfPhone(scenario, phone);
  const links = linksIn(scenario);
  return {
    ends: Object.fromEntries(links.map(({ name, ends }) => [name, ends])),
    transports: Object.fromEntries(links.map(({ name, link }) => [name, link.transport])),
    suspendedSockets: suspendedSockets ?? 'defunct',
    noticesNetwork: noticesNetwork ?? true,
    ...(scenario.server.bans && { hasFirewall: true }),
    ...(scenario.nodes?.address === 'own' && { nodesHaveAddresses: true }),
  };
}
