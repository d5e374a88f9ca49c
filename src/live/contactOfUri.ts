import type { Uri } from '../sip/message/uri.ts';
import { type OwnContact, ownContacts, type SipSocket } from './sipSocket.ts';

/** The contact of the run that a URI belongs to, or null for a stranger's. */
export const contactOfUri = (sockets: Readonly<Record<OwnContact, SipSocket>>, uri: Uri): OwnContact | null =>
  ownContacts.find((name) => 'host' in uri && sockets[name].host === uri.host && sockets[name].port === uri.port) ??
  null;
