import {
  type OtherPhone,
  type PartyName,
  type Phone,
  partyNames,
  phoneRoles,
  type Role,
  type Token,
} from './messages.ts';
import type { Observation } from './observations.ts';

/**
 * The names of what belongs to a phone. A machine does not know which phone it serves: it speaks of `app`, `pushServer` and
 * `app@wifi`, and of whatever belongs to other phones as of another device. Its host gives the names that the world knows.
 */

/** At most three: the parties and links of more would be too many for what the checker can decide. */
export const phones: readonly Phone[] = [1, 2, 3];

/** Part, number of the phone and network in the name of a party or of a contact. */
const named = new RegExp(`^(${phoneRoles.join('|')})([23])?(@.*)?$`);

/** The phone that a party or a contact belongs to; null for those that belong to none. */
export function phoneOf(name: string): Phone | null {
  const parts = named.exec(name);
  return parts === null ? null : (Number(parts[2] ?? 1) as Phone);
}

/** The part that a party plays. */
export const roleOf = (party: PartyName): Role => (named.exec(party)?.[1] ?? party) as Role;

/** The party that plays a part for a phone. */
export const partyOf = (role: Role, phone: Phone): PartyName => worldName(role, phone) as PartyName;

/** A name as the world knows it, of one that is said in the machine of a party of that phone. */
function worldName(name: string, phone: Phone): string {
  const parts = named.exec(name);
  return parts === null || phone === 1 ? name : `${parts[1]}${phone}${parts[3] ?? ''}`;
}

/** A name as it is told to a machine of that phone. */
function ownName(name: string, phone: Phone): string {
  const [, role, , network = ''] = named.exec(name) ?? [];
  if (role === undefined) return name;
  return phoneOf(name) === phone ? `${role}${network}` : 'otherDevice';
}

/** The phone that a push token leads to. */
export const phoneOfToken = (token: Token): Phone => Number(/[23]$/.exec(token)?.[0] ?? 1) as Phone;

/** A push token as the phone itself calls it. */
export const ownToken = (token: string): string => token.replace(/[23]$/, '');

interface Naming {
  readonly name: (name: string) => string;
  readonly token: (token: string) => string;
}

const fields: Readonly<Record<string, keyof Naming>> = {
  ...{ contact: 'name', target: 'name', appContact: 'name', from: 'name', owner: 'name' },
  ...{ token: 'token', prid: 'token' },
};

/** A message, an observation or the notice of a transport with other names in it. */
function renamed<Event extends object>(event: Event, naming: Naming): Event {
  const entries = Object.entries(event).map(([key, value]): [string, unknown] => {
    const kind = fields[key];
    if (typeof value === 'string') return [key, kind ? naming[kind](value) : value];
    if (key === 'contacts' || key === 'removes') return [key, [...new Set((value as string[]).map(naming.name))]];
    return [key, key === 'swap' || key === 'message' ? renamed(value as object, naming) : value];
  });
  return Object.fromEntries(entries) as Event;
}

/** What a machine of that phone says, in the names of the world. */
export const asInWorld = <Event extends object>(event: Event, phone: Phone): Event =>
  phone === 1
    ? event
    : renamed(event, { name: (name) => worldName(name, phone), token: (token) => `${token}${phone}` });

/** What a machine of that phone is told. */
export const asToPhone = <Event extends object>(event: Event, phone: Phone): Event =>
  renamed(event, { name: (name) => ownName(name, phone), token: ownToken });

/** The parties of a world as a machine of one phone calls them, in their order; those of other phones it cannot name. */
export const peersOf = (parties: readonly PartyName[], phone: Phone): readonly string[] =>
  parties.map((party) => (phoneOf(party) === null ? party : phoneOf(party) === phone ? roleOf(party) : `not ${party}`));

/** What is seen of a phone that is not the only one says which it is; of the first nothing is said. */
export const shownBy = (observation: Observation, phone: Phone): Observation =>
  phone === 1 ? observation : { ...asInWorld(observation, phone), phone };

/** Those of the names that there are in a world with so many phones. */
export const amongPhones = <Name extends string>(names: readonly Name[], count: number): readonly Name[] =>
  names.filter((name) => (phoneOf(name) ?? 1) <= count);

/** The parties of a world with so many phones: those of the first, then those of each other one. */
export const partiesOf = (count: number): readonly PartyName[] => [
  ...partyNames,
  ...phones.slice(1, count).flatMap((phone) => phoneRoles.map((role) => partyOf(role, phone))),
];

/** The parties of the largest world: those of a smaller one are the first of them. */
export const everyParty = partiesOf(phones.length);

/** The parties of a fault as a file names them: by their parts, and where they are not those of the first phone, by its number. */
export function partiesInFile(from: PartyName | undefined, to: PartyName | undefined) {
  const phone = [from, to].map((party) => phoneOf(party ?? '') ?? 1).find((one) => one !== 1);
  return {
    ...(from && { from: roleOf(from) }),
    ...(to && { to: roleOf(to) }),
    ...(phone && { phone: phone as OtherPhone }),
  };
}
