import { type Contact, contacts } from '../../machines/messages.ts';
import type { Uri } from '../sip/uri.ts';
import type { Endpoint } from './endpoint.ts';

/** The contact of the run that a URI belongs to, or null for a stranger's. */
export const contactOfUri = (endpoints: Readonly<Record<Contact, Endpoint>>, uri: Uri): Contact | null =>
  contacts.find((name) => 'host' in uri && endpoints[name].host === uri.host && endpoints[name].port === uri.port) ??
  null;
