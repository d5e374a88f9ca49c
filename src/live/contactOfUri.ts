import type { Uri } from '../sip/message/uri.ts';
import { type Endpoint, type OwnContact, ownContacts } from './endpoint.ts';

/** The contact of the run that a URI belongs to, or null for a stranger's. */
export const contactOfUri = (endpoints: Readonly<Record<OwnContact, Endpoint>>, uri: Uri): OwnContact | null =>
  ownContacts.find((name) => 'host' in uri && endpoints[name].host === uri.host && endpoints[name].port === uri.port) ??
  null;
