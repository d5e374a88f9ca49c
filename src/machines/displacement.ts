import type { Contact, RegisterRequest } from './messages.ts';
import type { ServerProfile } from './serverProfile.ts';

/**
 * Which bindings a REGISTER concerns besides adding its own contact, on the axes `matchesBindingBy` and
 * `severalContacts` of a server profile.
 */

type Rules = Pick<ServerProfile, 'matchesBindingBy' | 'severalContacts'>;

/**
 * Whether the request is about that binding. RFC 5626 6: with an instance-id it is about the binding of that instance;
 * in a world where app and push server share theirs, every binding is of that instance.
 */
export const isAbout = ({ matchesBindingBy }: Rules, { contact, instance }: RegisterRequest, bound: Contact): boolean =>
  bound === contact || (matchesBindingBy === 'instance' && instance === 'shared');

/** Whether the request removes that binding although it adds another one. */
export const removesToo = ({ swap }: RegisterRequest, bound: Contact): boolean =>
  swap?.removes.includes(bound) ?? false;

/** The bindings that count against the capacity when the request asks for its own. */
export const counted = (rules: Rules, request: RegisterRequest, bindings: readonly Contact[]): readonly Contact[] =>
  bindings.filter(
    (one) => !isAbout(rules, request, one) && (rules.severalContacts === 'sequential' || !removesToo(request, one)),
  );

/** Whether what the request removes is already gone when it asks for its own binding. */
export const removesFirst = ({ severalContacts }: Rules, { swap }: RegisterRequest): boolean =>
  severalContacts === 'sequential' && swap?.order === 'oldFirst';
