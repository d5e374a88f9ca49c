import { type Contact, contacts } from '../machines/messages.ts';
import type { Uri } from '../sip/message/uri.ts';
import type { SipSocket } from './sipSocket.ts';

/** The contact of the run that a URI belongs to, or null for a stranger's. */
export function contactOfUri(sockets: Readonly<Record<Contact, SipSocket>>, uri: Uri): Contact | null {
  if (!('host' in uri)) return null;
  const isAt = (address: { host: string; port: number } | undefined) =>
    address?.host === uri.host && address.port === uri.port;
  return contacts.find((name) => isAt(sockets[name]) || isAt(sockets[name].seenAt)) ?? null;
}
