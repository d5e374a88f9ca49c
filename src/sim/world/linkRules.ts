import { eventTable } from '../system/eventTable.ts';
import type { AnyEvent } from '../system/settings.ts';

/** What a domain adds to its links: rules that concern more than the one message that arrives. Events are numbers. */
export interface LinkRules {
  /** Which of the connections of its link a message goes over, from 0 on: each keeps an order of its own. */
  readonly connectionOf: (event: number) => number;
  /** Whether a step's event loses a message to a party that is under way on a link. */
  readonly isLostBy: (stepEvent: number, to: number, link: number) => boolean;
  /** The party at which messages outdate older ones of their sender; -1 where none do. */
  readonly outdatingParty: number;
  /** Whether the arrival of a message there outdates what its sender sent before. */
  readonly outdates: (event: number) => boolean;
  /** What becomes of an older message of the same sender when a newer one arrives. */
  readonly outdatedBy: (arrived: number, older: number) => number;
  /** The name under which a fault speaks of a message. */
  readonly faultNameOf: (event: number) => string;
  /** A message as its sender and receiver know it. */
  readonly shown: (event: AnyEvent) => AnyEvent;
}

/** Most connections of one link that `connectionOf` may tell apart. */
export const mostConnections = 3;

/** Links that carry messages and do nothing else. */
export const plainLinks: LinkRules = {
  connectionOf: () => 0,
  isLostBy: () => false,
  outdatingParty: -1,
  outdates: () => false,
  outdatedBy: (_, older) => older,
  faultNameOf: (event) => eventTable.of(event).type,
  shown: (event) => event,
};
