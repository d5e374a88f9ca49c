import { eventTable } from '../system/eventTable.ts';
import type { AnyEvent } from '../system/settings.ts';

/** What a domain adds to its links: rules that concern more than the one message that arrives. Events are numbers. */
export interface LinkRules {
  /** Which of the connections of its link a message goes over, from 0 on: each keeps an order of its own. */
  readonly connectionOf: (event: number) => number;
  /** Whether a step's event loses a message to a party that is under way on a link. */
  readonly isLostBy: (stepEvent: number, to: number, link: number) => boolean;
  /** Whether the arrival of a message over a link outdates what its sender sent over it before. */
  readonly outdates: (event: number, link: number) => boolean;
  /** What becomes of an older message of the same sender over that link when a newer one arrives. */
  readonly outdatedBy: (arrived: number, older: number, link: number) => number;
  /** The name under which a fault speaks of a message. */
  readonly faultNameOf: (event: number) => string;
  /** A message as its sender and receiver know it. */
  readonly shown: (event: AnyEvent) => AnyEvent;
}

/** Whether a message outdates others on some link: so it is never without effect, whatever its receiver does with it. */
export const mayOutdate = (
  { links, rules }: { readonly links: readonly unknown[]; readonly rules: LinkRules },
  event: number,
): boolean => links.some((_, link) => rules.outdates(event, link));

/** Most connections of one link that `connectionOf` may tell apart. */
export const mostConnections = 3;

/** Links that carry messages and do nothing else. */
export const plainLinks: LinkRules = {
  connectionOf: () => 0,
  isLostBy: () => false,
  outdates: () => false,
  outdatedBy: (_, older) => older,
  faultNameOf: (event) => eventTable.of(event).type,
  shown: (event) => event,
};

/**
 * Messages of which a newer one that has arrived outdates those that its sender sent before over the same link: they arrive marked
 * as `stale`, and a stale one outdates nothing. An equal one is a retransmission and does no harm.
 */
export function outdating(
  isSuch: (event: number, link: number) => boolean,
): Pick<LinkRules, 'outdates' | 'outdatedBy'> {
  const outdates: LinkRules['outdates'] = (event, link) =>
    isSuch(event, link) && (eventTable.of(event) as { readonly stale?: unknown }).stale !== true;
  return {
    outdates,
    outdatedBy(arrived, older, link) {
      if (older === arrived || !outdates(arrived, link) || !isSuch(older, link)) return older;
      return eventTable.idOf({ ...eventTable.of(older), stale: true } as AnyEvent);
    },
  };
}
