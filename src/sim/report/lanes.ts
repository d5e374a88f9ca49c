import {
  type Contact,
  type PartyName,
  partyNames,
  type Role,
  type Side,
  senderOf,
  sideOf,
} from '../../machines/messages.ts';
import { partiesOf, phoneOf, roleOf } from '../../machines/phones.ts';
import type { TraceRecord } from '../trace/trace.ts';

/** The lanes from left to right: a call reads from the caller on, and only app to SIP server crosses others. */
export const lanes: readonly PartyName[] = partyNames;

/** Whether a trace is that of a system that is no hand-over: its settings name its parties. */
export const isOfSystem = ({ scenario }: { readonly scenario: object }): boolean => 'parties' in scenario;

/** The parties of a run from left to right: those of a hand-over, or those that the settings of another system name. */
export const lanesOf = (scenario: object): readonly PartyName[] =>
  'parties' in scenario ? (scenario.parties as readonly PartyName[]) : partiesOf(phonesIn(scenario));

/** How many phones a run of a hand-over has. */
const phonesIn = (scenario: object): number =>
  'phones' in scenario && Array.isArray(scenario.phones) ? scenario.phones.length + 1 : 1;

const titles: Readonly<Record<Role, string>> = {
  caller: 'Caller',
  sipServer: 'SIP server',
  pushServer: 'Push server',
  notificationService: 'APNs/FCM',
  app: 'App',
};

/** What the push server does for a phone beside the first one is done by the same push server. */
const titlesOfOthers: Readonly<Partial<Record<Role, string>>> = { pushServer: 'Push for' };

/** What people call a party. */
export function laneTitle(party: PartyName): string {
  const [role, phone] = [roleOf(party), phoneOf(party) ?? 1];
  return phone === 1 ? titles[role] : `${titlesOfOthers[role] ?? titles[role]} ${phone}`;
}

/** The lanes of a run, each with what people call it: a party of a system goes by its name. */
export const titledLanes = (scenario: object): readonly (readonly [lane: string, title: string])[] =>
  lanesOf(scenario).map((lane) => [lane, isOfSystem({ scenario }) ? lane : laneTitle(lane)]);

/** Whose contacts are bound to the address of record at the SIP server; unknown only outside of the model. */
export type Registered = 'nobody' | 'app' | 'pushServer' | 'both' | 'unknown';

/** What the OS and the user have made of the app. */
export type Lifecycle = 'foreground' | 'background' | 'suspended' | 'starting' | 'notRunning' | 'loggedOut';

/** What the two lifelines that change their look show. */
export interface Standing {
  readonly registered: Registered;
  readonly lifecycle: Lifecycle;
  /** Where the user has several phones: the sides that are registered, and what has become of the other apps. */
  readonly sides?: readonly Side[];
  readonly lifecycles?: Readonly<Partial<Record<PartyName, Lifecycle>>>;
}

export const standingAtStart: Standing = { registered: 'nobody', lifecycle: 'notRunning' };

const sidesIn = (contacts: readonly Contact[]): readonly Side[] =>
  [...new Set(contacts.map(sideOf))].filter((side) => side !== 'otherDevice');

function registeredBy(sides: readonly Side[]): Registered {
  const [side, other] = sides;
  return other !== undefined ? 'both' : side === undefined ? 'nobody' : senderOf(side as Contact);
}

function lifecycleOf(value: unknown): Lifecycle {
  if (typeof value === 'string') return value as 'suspended' | 'notRunning' | 'loggedOut';
  const state = value as { running?: { visibility: unknown } };
  if (state.running === undefined) return 'starting';
  return state.running.visibility === 'foreground' ? 'foreground' : 'background';
}

/** How things stand after a record, if they stood so before it. The same object where nothing has changed. */
export function standingAfter(before: Standing, { observations, targetRef, snapshot }: TraceRecord): Standing {
  const bound = observations.findLast((one) => one.type === 'bindings');
  const sides = bound?.type === 'bindings' ? sidesIn(bound.contacts) : null;
  const registered = sides === null ? before.registered : registeredBy(sides);
  const lifecycle = targetRef === 'app' && snapshot ? lifecycleOf(snapshot.value) : before.lifecycle;
  const others = ofOtherPhones(before, sides, targetRef, snapshot);
  const isSame = registered === before.registered && lifecycle === before.lifecycle && others === null;
  return isSame ? before : { ...before, registered, lifecycle, ...others };
}

/** What changes of what is said only where there are several phones; null where nothing does. */
function ofOtherPhones(
  before: Standing,
  sides: readonly Side[] | null,
  targetRef: TraceRecord['targetRef'],
  snapshot: TraceRecord['snapshot'],
): Partial<Standing> | null {
  const party = targetRef as PartyName;
  const isOther = (phoneOf(party) ?? 1) !== 1;
  const isKnown = before.sides !== undefined || isOther || sides?.some((side) => (phoneOf(side) ?? 1) !== 1) === true;
  const moved = isKnown && sides !== null && sides.join() !== before.sides?.join() ? { sides } : null;
  const lifecycle = isOther && roleOf(party) === 'app' && snapshot ? lifecycleOf(snapshot.value) : null;
  if (lifecycle === null || lifecycle === before.lifecycles?.[party]) return moved;
  return { ...moved, lifecycles: { ...before.lifecycles, [party]: lifecycle } };
}
