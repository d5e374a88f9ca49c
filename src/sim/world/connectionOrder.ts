import { assert } from '../data/assert.ts';
import { type LinkRules, mostConnections } from './linkRules.ts';
import type { Pending } from './pending.ts';

/** One digit for each connection, and 0 between the messages of two senders. */
const base = mostConnections + 1;
const most = 2 ** 31;

interface Links {
  readonly links: readonly { readonly ordered: boolean }[];
  readonly rules: Pick<LinkRules, 'connectionOf' | 'outdates'>;
}

/** Whether a pending event outdates others, and goes over one of the connections of its link. */
const isOverConnection = ({ links, rules }: Links, { kind, link, event }: Pending): boolean =>
  kind === 'message' && links[link]?.ordered === true && rules.outdates(event, link);

/**
 * In which order the messages under way that outdate each other were sent, where they go over several connections of a
 * link: each connection keeps an order of its own, but which message outdates which is a matter of all of them. One number, 0
 * where every sender uses one connection of a link.
 */
export function connectionOrder(definition: Links, pending: readonly Pending[]): number {
  const over = pending.filter((one) => isOverConnection(definition, one)).sort(bySenderAndAge);
  const connectionOf = ({ event }: Pending) => definition.rules.connectionOf(event);
  let order = 0;
  let changes = false;
  for (const [at, one] of over.entries()) {
    const before = over[at - 1];
    const isOther = before !== undefined && (before.from !== one.from || before.link !== one.link);
    changes ||= before !== undefined && !isOther && connectionOf(before) !== connectionOf(one);
    order = (isOther ? order * base : order) * base + connectionOf(one) + 1;
    assert(order < most, () => `${over.length} messages that outdate each other are too many for one number`);
  }
  return changes ? order : 0;
}

const bySenderAndAge = (one: Pending, other: Pending): number =>
  one.from - other.from || one.link - other.link || one.sent - other.sent;

/**
 * Gives the messages that outdate each other the ages that an order says: `pending` has them by connection, each with the
 * place in the list as its age. Returns for each place which of them has it.
 */
export function placesInOrder(definition: Links, pending: readonly Pending[], order: number): number[] {
  const places = pending.map((_, place) => place);
  if (order === 0) return places;
  const digits: number[] = [];
  for (let rest = order; rest > 0; rest = Math.floor(rest / base))
    if (rest % base > 0) digits.unshift((rest % base) - 1);
  const over = places
    .filter((place) => isOverConnection(definition, pending[place] as Pending))
    .sort((one, other) => bySenderAndAge(pending[one] as Pending, pending[other] as Pending));
  const left = [...over];
  const free = [...over];
  for (const [at, connection] of digits.entries()) {
    const { from, link } = pending[over[at] as number] as Pending;
    const next = left.findIndex((place) => {
      const one = pending[place] as Pending;
      return one.from === from && one.link === link && definition.rules.connectionOf(one.event) === connection;
    });
    places[free[at] as number] = left.splice(next, 1)[0] as number;
  }
  return places;
}
