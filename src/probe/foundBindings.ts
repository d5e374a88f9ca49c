import { contactExpires, contactsOf, minExpiresOf } from '../sip/message/headers.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { type NameAddress, nameAddressText } from '../sip/message/nameAddress.ts';
import { isSipUri, sameUri, uriText } from '../sip/message/uri.ts';
import { contactPrefix, type UserAgent } from './userAgent.ts';

/** A binding that somebody else had made before the probe came. */
export interface FoundBinding {
  readonly contact: NameAddress;
  /** Seconds that it had left, where the server said so. */
  readonly expiresSeconds: number | undefined;
  readonly atMs: number;
}

/** What became of a binding that was found. */
export interface Restoration {
  readonly contact: string;
  readonly isRestored: boolean;
  readonly says: string;
}

const isOwn = ({ uri }: NameAddress) => isSipUri(uri) && uri.user?.startsWith(contactPrefix) === true;

/** The bindings of others that an answer to a REGISTER lists. Servers that list no others show none. */
export function foundBindings(response: SipResponse): FoundBinding[] {
  const contacts = contactsOf(response);
  if (contacts === '*' || response.status !== 200) return [];
  return contacts
    .filter((contact) => !isOwn(contact))
    .map((contact) => ({ contact, expiresSeconds: contactExpires(response, contact), atMs: performance.now() }));
}

/** Parameters that belong to the binding; the others are the server's remarks. */
const kept = new Set(['q', '+sip.instance', 'reg-id']);

function withLifetime({ uri, params }: NameAddress, expiresSeconds: number): string {
  const own = [...params].filter(([name]) => kept.has(name));
  return nameAddressText({ uri, params: new Map([...own, ['expires', String(expiresSeconds)]]) });
}

/** Takes a binding away by its name (RFC 3261 10.2.2), so that it neither rings nor takes a place. */
export async function remove(userAgent: UserAgent, { contact }: FoundBinding): Promise<boolean> {
  const { response } = await userAgent.register([withLifetime(contact, 0)]);
  if (response?.status !== 200) return false;
  return foundBindings(response).every((left) => !sameUri(left.contact.uri, contact.uri));
}

const strange =
  'made by the probe now: its Call-ID and the way to it (NAT, connection) are set right by the next REGISTER of its owner';

/** Registers a binding again that was taken away, for the time that it would still have. */
export async function restore(
  userAgent: UserAgent,
  { contact, expiresSeconds, atMs }: FoundBinding,
): Promise<Restoration> {
  const name = uriText(contact.uri);
  const leftSeconds = Math.round((expiresSeconds ?? 3_600) - (performance.now() - atMs) / 1_000);
  if (leftSeconds <= 0) return { contact: name, isRestored: false, says: 'would have expired meanwhile' };
  const first = (await userAgent.register([withLifetime(contact, leftSeconds)])).response;
  const minimum = first?.status === 423 ? minExpiresOf(first) : undefined;
  const response =
    minimum === undefined ? first : (await userAgent.register([withLifetime(contact, minimum)])).response;
  if (response?.status === 200) {
    return { contact: name, isRestored: true, says: `restored for ${minimum ?? leftSeconds} s; ${strange}` };
  }
  const answer = response === null ? 'no answer' : `${response.status} ${response.reason}`;
  return { contact: name, isRestored: false, says: `not restored (${answer}): its owner has to register again` };
}
