import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { viasOf } from '../sip/message/headers.ts';
import type { SipMessage } from '../sip/message/message.ts';
import type { NameAddress } from '../sip/message/nameAddress.ts';
import { isSipUri, parseUri } from '../sip/message/uri.ts';
import { contactName, endpointOf, withoutBrackets } from './addresses.ts';

/** Where the user agent is, as the first hop saw it: `received` and `rport` of its Via (RFC 3581 4, RFC 3261 18.2.1). */
export function placeInVia(message: Pick<SipMessage, 'headers'>): Endpoint | null {
  const via = viasOf(message).at(-1);
  if (via === undefined) return null;
  const port = Number(via.params.get('rport') ?? '') || (via.port ?? 5060);
  return { address: withoutBrackets(via.params.get('received') ?? via.host), port };
}

/** A contact that a REGISTER has just bound, and all places at which its user agent was seen. */
export interface Registering {
  readonly contacts: readonly NameAddress[];
  readonly places: readonly Endpoint[];
}

const instanceOf = ({ params }: NameAddress): string | null => params.get('+sip.instance') ?? null;

/** Where the registrar saw it: Kamailio and OpenSIPS write that beside the contact. */
function receivedOf({ uri, params }: NameAddress): Endpoint | null {
  const text = params.get('received') ?? (isSipUri(uri) ? uri.params.get('received') : null);
  const received = text == null ? undefined : parseUri(/^sips?:/i.test(text) ? text : `sip:${text}`);
  return received === undefined ? null : endpointOf(received);
}

const userOf = ({ uri }: NameAddress): string | undefined => (isSipUri(uri) ? uri.user : undefined);

/** Whether the registrar has written down this contact for that one: with the address that it saw, or without parameters. */
function isSame(listed: NameAddress, sent: NameAddress, places: readonly Endpoint[]): boolean {
  const instance = instanceOf(listed);
  if (instance !== null && instanceOf(sent) !== null) return instance === instanceOf(sent);
  const seenAt = [endpointOf(listed.uri), receivedOf(listed)].flatMap((place) => (place ? [endpointText(place)] : []));
  return userOf(listed) === userOf(sent) && places.some((place) => seenAt.includes(endpointText(place)));
}

/**
 * Which contacts of a REGISTER the registrar lists under another name, by that name. A registrar must list what it has just
 * bound (RFC 3261 10.3 step 8): where it lists one contact that nobody knows instead, that is the one.
 * @param isKnown whether the name is that of a binding of which is known whose it is
 */
export function renamedIn(
  listed: ReadonlyMap<string, NameAddress>,
  { contacts, places }: Registering,
  isKnown: (name: string) => boolean,
): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  let missing = contacts.filter(({ uri }) => !listed.has(contactName(uri)));
  const sent = new Set(contacts.map(({ uri }) => contactName(uri)));
  const foreign = [...listed].filter(([name]) => !sent.has(name));
  for (const [name, address] of foreign) {
    const same = missing.find((one) => isSame(address, one, places));
    if (same === undefined) continue;
    renamed.set(name, contactName(same.uri));
    missing = missing.filter((one) => one !== same);
  }
  const [left] = missing;
  if (left === undefined || missing.length > 1) return renamed;
  const strangers = foreign.filter(([name]) => !renamed.has(name) && !isKnown(name));
  const alike = strangers.filter(([, address]) => userOf(address) === userOf(left));
  const [only] = strangers.length === 1 ? strangers : alike.length === 1 ? alike : [];
  if (only !== undefined) renamed.set(only[0], contactName(left.uri));
  return renamed;
}
