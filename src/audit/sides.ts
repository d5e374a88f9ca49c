import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { callIdOf, contactsOf, headerValue, toOf, viasOf } from '../sip/message/headers.ts';
import type { SipRequest } from '../sip/message/message.ts';
import type { NameAddress } from '../sip/message/nameAddress.ts';
import { isSipUri, type Uri } from '../sip/message/uri.ts';
import {
  type AddressPattern,
  contactName,
  endpointOf,
  hostOf,
  isPrivate,
  matches,
  withoutBrackets,
} from './addresses.ts';
import { placeInVia } from './listedContacts.ts';
import { RecentSet, SmallMap } from './smallMap.ts';
import { textHash as traitOf } from './textHash.ts';
import { Texts } from './texts.ts';

export type Role = 'app' | 'pushServer';

/** What a user says about who is who. */
export interface KnownHosts {
  readonly app?: AddressPattern;
  readonly pushServer?: AddressPattern;
}

/** One of those who register for an address of record: the app, the push server, or somebody not known as either. */
export interface Side {
  readonly id: number;
  role: Role | null;
  /** Why it has that role, or why it has none. */
  why: string;
  /** Where its REGISTERs came from, first. */
  readonly endpoint: Endpoint;
  readonly userAgent: string | null;
  /** Everything that it sends from or is called at, as `address:port`. */
  readonly endpoints: RecentSet;
  readonly contacts: RecentSet;
}

/** The most devices of one user that are told apart: nobody has more, but a port scanner looks as if it had. */
const mostSides = 32;

/** Parameters of a Contact by which a device asks to be woken (RFC 8599 6.1). */
const pushParameters = ['pn-provider', 'pn-prid', 'pn-param'];

interface Sender {
  readonly origin: Endpoint;
  readonly contacts: readonly NameAddress[];
  readonly userAgent: string | null;
}

/** Where a REGISTER comes from in the first place: proxies in between leave their Via above that of the user agent. */
const originOf = (request: SipRequest, source: Endpoint): Endpoint =>
  viasOf(request).length > 1 ? (placeInVia(request) ?? source) : source;

/** A contact with a lifetime of 0 may be somebody else's that goes. */
const ownOf = (contacts: readonly NameAddress[]): NameAddress[] =>
  contacts.filter(({ params }) => params.get('expires') !== '0');

/** A user part that is as long as that is nobody's name by chance: sip.js, Linphone and Bria make up such ones. */
const fewestMadeUp = 6;

/** The same private address is in many homes: there it takes the home's own as well. */
function behindNat(uri: Uri, origin: Endpoint): string {
  const place = endpointOf(uri);
  return place !== null && isPrivate(place.address) && place.address !== origin.address ? ` at ${hostOf(origin)}` : '';
}

const userOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('@')));

/** The host in the name of a contact; none on loopback, where everybody is. */
const hostOfName = (name: string): string =>
  withoutBrackets(name.slice(name.lastIndexOf('@') + 1).replace(/:\d+$/, ''));

const instanceOf = (contacts: readonly NameAddress[]): string | undefined =>
  contacts.map(({ params }) => params.get('+sip.instance')).find((instance) => instance) ?? undefined;

/** Tells apart those who register for one address of record. */
export class Sides {
  readonly all: Side[];
  readonly #known: KnownHosts;
  readonly #byTrait: SmallMap<number, Side>;

  constructor(known: KnownHosts, [all, byTrait]: Sides['state'] = [[], new SmallMap()]) {
    this.#known = known;
    this.all = all;
    this.#byTrait = byTrait;
  }

  /** Everything it knows, from which it can be made again. */
  get state(): readonly [Side[], SmallMap<number, Side>] {
    return [this.all, this.#byTrait];
  }

  /**
   * Whose REGISTER it is. What the user says counts most; then one Call-ID is one user agent (RFC 3261 10.2), then one
   * instance-id (RFC 5626), one contact, one address and port, one user part that it has made up for itself, and at last
   * one host with one User-Agent.
   */
  of(request: SipRequest, source: Endpoint): Side {
    const listed = contactsOf(request);
    const contacts = listed === '*' ? [] : listed;
    const sender = {
      origin: originOf(request, source),
      contacts,
      userAgent: userAgentOf(request),
    };
    const traits = this.#traitsOf(request, sender, source).map(traitOf);
    const known = traits.map((trait) => this.#byTrait.get(trait)).find((side) => side !== undefined);
    const side = known ?? this.#add(sender);
    for (const trait of traits) if (!this.#byTrait.has(trait)) this.#byTrait.set(trait, side);
    this.#learn(side, sender, source);
    return side;
  }

  /** Whose contact it is that a registrar lists and nobody has registered since the capture began. */
  ofListed(contact: NameAddress): Side {
    const trait = traitOf(`contact ${contactName(contact.uri)}`);
    const origin = endpointOf(contact.uri) ?? { address: contactName(contact.uri), port: 0 };
    const sender = { origin, contacts: [contact], userAgent: null };
    const role = this.#roleSaid(sender);
    const side =
      this.#byTrait.get(trait) ??
      (role ? this.#byTrait.get(traitOf(role.role)) : this.#around(contact)) ??
      this.#add(sender);
    this.#byTrait.set(trait, side);
    if (role !== null) this.#byTrait.set(traitOf(role.role), side);
    this.#learn(side, sender, origin);
    return side;
  }

  /** The side that is at an endpoint, if any. */
  at(endpoint: Endpoint): Side | undefined {
    return this.all.find(({ endpoints }) => endpoints.has(endpointText(endpoint)));
  }

  /** Who has this instance-id, is called there, or is on the same host by the same name: a phone that was started anew. */
  #around(contact: NameAddress): Side | undefined {
    const instance = instanceOf([contact]);
    if (instance !== undefined) return this.#byTrait.get(traitOf(`instance ${instance}`));
    const place = endpointOf(contact.uri);
    if (place === null) return undefined;
    const [name, host] = [contactName(contact.uri), hostOf(place)];
    const isBeside = (known: string) => userOf(known) === userOf(name) && hostOfName(known) === host;
    return this.at(place) ?? this.all.find(({ contacts }) => contacts.items.some(isBeside));
  }

  #traitsOf(request: SipRequest, sender: Sender, source: Endpoint): string[] {
    const role = this.#roleSaid(sender);
    if (role !== null) return [role.role];
    const instance = instanceOf(sender.contacts);
    const own = ownOf(sender.contacts);
    const registered = toOf(request)?.uri;
    const madeUp = own.flatMap(({ uri }) => (isSipUri(uri) && uri.user !== undefined ? [uri.user] : []));
    const usual = registered !== undefined && isSipUri(registered) ? registered.user : undefined;
    return [
      `call ${callIdOf(request)}`,
      ...(instance === undefined ? [] : [`instance ${instance}`]),
      ...own.map(({ uri }) => `contact ${contactName(uri)}${behindNat(uri, sender.origin)}`),
      // Of a proxy everybody comes from one address and port.
      ...(source.address === sender.origin.address ? [`source ${endpointText(sender.origin)}`] : []),
      ...madeUp.filter((user) => user !== usual && user.length >= fewestMadeUp).map((user) => `user ${user}`),
      ...(instance === undefined ? [`host ${hostOf(sender.origin)} ${sender.userAgent}`] : []),
    ];
  }

  /** What the user has said, also of whom he has not named: who is not the one is the other. */
  #roleSaid({ origin, contacts }: Sender): { role: Role; why: string } | null {
    const { app, pushServer } = this.#known;
    const places = [origin, ...ownOf(contacts).flatMap(({ uri }) => endpointOf(uri) ?? [])];
    const is = (pattern: AddressPattern | undefined) =>
      pattern !== undefined && places.some((place) => matches(pattern, place));
    if (is(pushServer)) return { role: 'pushServer', why: 'named by --push-server' };
    if (is(app)) return { role: 'app', why: 'named by --app' };
    if (pushServer !== undefined && app === undefined)
      return { role: 'app', why: 'not the one that --push-server names' };
    if (app !== undefined && pushServer === undefined)
      return { role: 'pushServer', why: 'not the one that --app names' };
    return null;
  }

  #add(sender: Sender): Side {
    const overflow = this.all[mostSides - 1];
    if (overflow !== undefined) return overflow;
    const { role, why } = this.#roleSaid(sender) ?? roleSeen(sender);
    const { origin: endpoint, userAgent } = sender;
    const side: Side = {
      id: this.all.length,
      role,
      why,
      endpoint,
      userAgent,
      endpoints: new RecentSet(),
      contacts: new RecentSet(),
    };
    this.all.push(side);
    return side;
  }

  #learn(side: Side, { origin, contacts }: Sender, source: Endpoint): void {
    for (const { uri } of ownOf(contacts)) {
      side.contacts.add(contactName(uri), mostRemembered);
      const place = endpointOf(uri);
      if (place !== null) side.endpoints.add(endpointText(place), mostRemembered);
    }
    side.endpoints.add(endpointText(origin), mostRemembered);
    if (source.address === origin.address) side.endpoints.add(endpointText(source), mostRemembered);
  }
}

/** Enough to know it again; a phone on the move has a new port every minute. */
const mostRemembered = 64;

const userAgents = new Texts();

function userAgentOf(request: SipRequest): string | null {
  const text = headerValue(request, 'User-Agent');
  return text === undefined ? null : userAgents.of(text);
}

/** What a REGISTER shows by itself. */
function roleSeen({ contacts, userAgent }: Sender): { role: Role | null; why: string } {
  const parameter = pushParameters.find((name) =>
    contacts.some(({ uri, params }) => params.has(name) || (isSipUri(uri) && uri.params.has(name))),
  );
  if (parameter !== undefined) return { role: 'app', why: `its Contact asks to be woken: ${parameter} (RFC 8599)` };
  if (userAgent !== null && /push|sipis/i.test(userAgent)) {
    return { role: 'pushServer', why: `its User-Agent is ${userAgent}` };
  }
  return { role: null, why: 'neither User-Agent nor Contact says whether it is the app or the push server' };
}

/** Of two, the one that is not the push server is the app. Says so of those that are still unknown. */
export function eliminate(sides: readonly Side[]): void {
  const unknown = sides.filter(({ role }) => role === null);
  const isPushServerKnown = sides.some(({ role }) => role === 'pushServer');
  if (!isPushServerKnown || unknown.length !== 1) return;
  for (const side of unknown) {
    side.role = 'app';
    side.why = 'the only other one besides the push server';
  }
}

const roleNames: Readonly<Record<Role, string>> = { app: 'app', pushServer: 'push server' };

/** The name of a side within a sentence: an address takes no article. */
export const spoken = (name: string): string => (/^[\d[]/.test(name) ? name : `the ${name}`);

/** What people call a side. */
export const sideName = ({ role, endpoint }: Side): string =>
  role === null ? endpointText(endpoint) : roleNames[role];
