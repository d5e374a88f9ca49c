import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { mix } from '../data/hash.ts';
import type { Window } from '../data/window.ts';
import { eventTable } from '../system/eventTable.ts';
import type { PropertyObligation } from '../system/observers.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { PartyTable } from '../world/partyTable.ts';
import type { Fate, Pending } from '../world/pending.ts';

/** How a certificate names what has a number in one process only. Whoever writes one and whoever reads it take them from here. */
const digestOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** The name of a local state of a party: 64 bits, which say nothing. Two states of one name are refused by whoever reads. */
export function localName(table: PartyTable, local: number): string {
  const text = table.textOf(local);
  let [one, other] = [0, 1];
  for (let at = 0; at < text.length; at++) {
    one = mix(one, text.charCodeAt(at));
    other = mix(other, one);
  }
  return [one, other].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** A name of a pending event. Plain data. */
export type EventName = readonly unknown[];

/** The name of a pending event of a world: all that matters for what it does and when, its age excepted. */
export function eventName(
  { parties, links }: WorldDefinition,
  { kind, party, event, from, link, index, isCopy }: Pending,
  windowMs: Window,
  fate: Fate,
): EventName {
  return [
    kind,
    parties[party]?.party ?? null,
    event < 0 ? null : eventTable.of(event),
    parties[from]?.party ?? null,
    links[link]?.name ?? null,
    // The number of a timer is one of this process.
    kind === 'step' ? index : null,
    isCopy,
    windowMs,
    fate,
  ];
}

/** The name of the moment at which the time of an obligation is over. */
export const deadlineName = (property: string, { key, limitMs }: Omit<PropertyObligation, 'property'>): EventName => [
  'deadline',
  property,
  key,
  limitMs,
];

/** The name of the end of the run. */
export const endName: EventName = ['end'];

/**
 * The group of a pending event within which age matters: messages of one connection, and those of a sender that outdate
 * each other. All other events are a group by name.
 */
export function groupName({ links, rules }: WorldDefinition, { kind, link, from, event }: Pending): string | null {
  if (kind !== 'message') return null;
  if (links[link]?.ordered) return `link ${link} from ${from} connection ${rules.connectionOf(event)}`;
  return rules.outdates(event, link) ? `outdating from ${from} over ${link}` : null;
}

/** Combined guards are functions that name what they combine. */
const named = (_: string, value: unknown): unknown =>
  typeof value === 'function' ? { function: value.name, ...value } : value;

const digests = new WeakMap<PartyTable, string>();

/** A digest of the structure of a party's machine, with the names of its guards, actions and delays. */
function machineDigest(table: PartyTable): string {
  const known = digests.get(table) ?? digestOf(JSON.stringify([table.delayNames, table.machine.config], named));
  digests.set(table, known);
  return known;
}

/**
 * A digest of the model that a world is made of: the structure of its machines, the windows of their delays, its links.
 * Code behind a name is not in it.
 */
export function modelDigest({ parties, delays, links, linksBetween }: WorldDefinition): string {
  // Where no two parties have several links it is as it was before they could.
  const linkBetween = linksBetween.map((row) => row.map((some) => (some.length > 1 ? some : (some[0] ?? -1))));
  return digestOf(JSON.stringify({ machines: parties.map(machineDigest), delays, links, linkBetween }));
}
