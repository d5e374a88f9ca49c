import { type Contact, type Owner, type Phone, type Side, senderOf, sideOf } from '../../machines/messages.ts';
import { phoneOf } from '../../machines/phones.ts';
import { hasBinding } from '../../machines/pushToken.ts';
import { phonesOf } from '../scenario/scenario.ts';
import type { Sighting } from '../scenario/sighting.ts';
import { forEachPhone } from './eachPhone.ts';
import type { Property, PropertySettings } from './property.ts';

/** The sides of the hand-over among those that are registered, of all phones. */
const sidesOf = (contacts: readonly Contact[]): Side[] =>
  [...new Set(contacts.map(sideOf))].filter((side) => side !== 'otherDevice').sort();

const violated = (what: string | null) => (what === null ? null : { what, calls: [] });

interface Single {
  readonly live: readonly Side[];
  readonly wrong: string | null;
}

/** The first phone's two sides go by what they are. */
const together = (sides: readonly Side[]): string =>
  sides.join() === 'app,pushServer' ? 'app and push server' : sides.join(' and ');

/** The promise of the single-device modes; Single Device Emulation also promises not even to ask. */
export const singleRegistration: Property<Single> = {
  name: 'singleRegistration',
  sentence: ({ mode }) =>
    mode.release === 'beforePeerRegisters'
      ? "app and push server are never registered together, and neither sends a REGISTER while the other's binding lives"
      : 'app and push server are never registered together',
  appliesTo: ({ mode }) => mode.singleDevice,
  initial: { live: [], wrong: null },
  next: (state, sighting, { mode }) => {
    if (state.wrong !== null) return state;
    if (sighting.type === 'bindings') {
      const live = sidesOf(sighting.contacts);
      return { live, wrong: live.length > 1 ? `${together(live)} were registered together` : null };
    }
    if (sighting.type !== 'sent' || mode.release !== 'beforePeerRegisters') return state;
    if (sighting.message.expires === 'zero') return state;
    const sender = sideOf(sighting.message.contact);
    const [other] = state.live.filter((owner) => owner !== sender);
    return other === undefined ? state : { ...state, wrong: `${sender} sent a REGISTER while ${other} was registered` };
  },
  violation: ({ wrong }) => violated(wrong),
  witnessed: ({ live }) => live.length > 0,
};

/** What must be known of a phone: whether somebody listens behind its contacts, and whether push is on. */
interface ReachOfPhone {
  readonly appAt: Contact | null;
  readonly pushServerUp: boolean;
  /** The addresses at which the push server listens; absent where it has one. */
  readonly pushServerAt?: readonly Contact[];
  readonly expected: boolean;
  /** Whether the SIP server has the token of the phone; absent where it is not the SIP server that pushes. */
  readonly wakeable?: boolean;
}

interface Reach extends ReachOfPhone {
  readonly bindings: readonly Contact[];
  readonly tooLong: boolean;
  /** Of the other phones; absent where nothing has been seen of one. */
  readonly others?: Readonly<Partial<Record<Phone, ReachOfPhone>>>;
}

const unseen: ReachOfPhone = { appAt: null, pushServerUp: true, expected: false };

const isHeard = (state: Reach, contact: Contact): boolean => {
  const phone = phoneOf(contact) ?? 1;
  const { appAt, pushServerUp, pushServerAt } = phone === 1 ? state : (state.others?.[phone] ?? unseen);
  return contact !== 'otherDevice' && senderOf(contact) === 'pushServer'
    ? pushServerUp && (pushServerAt?.includes(contact) ?? true)
    : contact === appAt;
};

/** How a phone is after a sighting of its own. */
function reachAfter<Own extends ReachOfPhone>(state: Own, sighting: Sighting): Own {
  if (sighting.type === 'app.reachable') return { ...state, appAt: sighting.contact };
  if (sighting.type === 'pushServer.up')
    return { ...state, pushServerUp: sighting.up, ...(sighting.at && { pushServerAt: sighting.at }) };
  if (sighting.type === 'push.enabled') return { ...state, expected: sighting.enabled };
  if (sighting.type === 'wakeable') return { ...state, wakeable: sighting.wakeable, expected: true };
  return sighting.type === 'loggedOut' && sighting.loggedOut ? { ...state, expected: false } : state;
}

/** The user is to be reached as long as push is on for one of the phones. */
const isExpected = ({ expected, others = {} }: Reach): boolean =>
  expected || Object.values(others).some((one) => one.expected);

/** RFC 8599 5.3: a token may have to go with the binding that brought it. */
const canBeWoken = (state: Reach, { server, ...settings }: PropertySettings) =>
  phonesOf(settings).some((phone) => {
    const { wakeable = false } = phone === 1 ? state : (state.others?.[phone] ?? unseen);
    return wakeable && (server.wakes.tokenLives === 'account' || hasBinding(state.bindings, phone));
  });

const isDark = (state: Reach, settings: PropertySettings) =>
  isExpected(state) && !state.bindings.some((contact) => isHeard(state, contact)) && !canBeWoken(state, settings);

/** With push switched on there is nearly always a binding behind which somebody listens, or can be woken. */
export const noBlackout: Property<Reach> = {
  name: 'noBlackout',
  sentence: ({ limits }) =>
    `with push on, the user is never unreachable for longer than ${limits.blackoutMs / 1000} s at a stretch`,
  appliesTo: () => true,
  initial: { bindings: [], appAt: null, pushServerUp: true, expected: false, tooLong: false },
  next: (state, sighting) => {
    if (sighting.type === 'bindings') return { ...state, bindings: sighting.contacts };
    const { phone } = sighting;
    if (phone === undefined) return reachAfter(state, sighting);
    return { ...state, others: { ...state.others, [phone]: reachAfter(state.others?.[phone] ?? unseen, sighting) } };
  },
  obligations: (state, settings) =>
    isDark(state, settings) ? [{ key: 'dark', limitMs: settings.limits.blackoutMs }] : [],
  missed: (state) => ({ ...state, tooLong: true }),
  violation: ({ tooLong }) => violated(tooLong ? 'the user was unreachable for too long' : null),
  witnessed: (state) => isExpected(state) && state.bindings.length > 0,
};

interface PingPong {
  readonly owners: readonly Side[];
  /** Changes of who is registered since the environment last did something, capped. */
  readonly changes: number;
}

/** Far above what a hand-over needs: two changes, and two more for an overlap. */
const tooManyChanges = 8;

/** After the last step of the environment the registration comes to rest. */
export const settles: Property<PingPong> = {
  name: 'settles',
  sentence: () => 'app and push server do not take the registration from each other for ever',
  appliesTo: () => true,
  initial: { owners: [], changes: 0 },
  next: (state, sighting) => {
    if (state.changes >= tooManyChanges) return state;
    if (sighting.type === 'environment') return { ...state, changes: 0 };
    if (sighting.type !== 'bindings') return state;
    const owners = sidesOf(sighting.contacts);
    const changed = owners.join() !== state.owners.join();
    return { owners, changes: state.changes + (changed ? 1 : 0) };
  },
  violation: ({ changes }) => violated(changes >= tooManyChanges ? 'the registration went back and forth' : null),
  witnessed: ({ owners }) => owners.length > 0,
};

interface Registers {
  /** REGISTERs since the environment last did something, up to one too many. */
  readonly count: number;
  readonly tooMany: boolean;
}

/** Once nothing happens any more, a user agent refreshes its binding and sends no REGISTER besides. */
export const registersSparingly: Property<Registers> = {
  name: 'registersSparingly',
  sentence: ({ limits }) => `at most ${limits.registers ?? 'so many'} REGISTERs follow the last thing that happened`,
  appliesTo: ({ limits }) => (limits.registers ?? null) !== null,
  initial: { count: 0, tooMany: false },
  next: (state, sighting, { limits }) => {
    if (state.tooMany) return state;
    if (sighting.type === 'environment') return { count: 0, tooMany: false };
    if (sighting.type !== 'sent' || sighting.message.expires === 'zero') return state;
    const count = state.count + 1;
    return { count, tooMany: count > (limits.registers ?? count) };
  },
  violation: ({ tooMany }) => violated(tooMany ? 'REGISTER was sent again and again' : null),
  witnessed: ({ count }) => count > 0,
};

interface Logout {
  readonly loggedOut: boolean;
  /** Of app and push server: another device of the user has its own account settings and stays registered. */
  readonly owners: readonly Side[];
  readonly tooLong: boolean;
  readonly clean: boolean;
}

/** After the log-out neither app nor push server is registered, and neither becomes it again. */
export const cleanLogout = forEachPhone({
  name: 'cleanLogout',
  sentence: ({ limits }) =>
    `within ${limits.logoutMs / 1000} s after the log-out neither app nor push server has a binding left`,
  appliesTo: () => true,
  initial: { loggedOut: false, owners: [], tooLong: false, clean: false },
  next: (state, sighting) => {
    if (sighting.type === 'loggedOut') {
      return { ...state, loggedOut: sighting.loggedOut, clean: sighting.loggedOut && state.owners.length === 0 };
    }
    if (sighting.type !== 'bindings') return state;
    const owners = sidesOf(sighting.contacts);
    return { ...state, owners, clean: state.loggedOut && owners.length === 0 };
  },
  obligations: ({ loggedOut, owners }, { limits }) =>
    loggedOut && owners.length > 0 ? [{ key: 'bound', limitMs: limits.logoutMs }] : [],
  missed: (state) => ({ ...state, tooLong: true }),
  violation: ({ tooLong }) => violated(tooLong ? 'a binding was left after the log-out' : null),
  witnessed: ({ clean }) => clean,
} satisfies Property<Logout>);

interface Removals {
  readonly bindings: readonly Contact[];
  readonly removed: boolean;
  readonly wrong: string | null;
}

/** Nobody takes away what belongs to the other side, unless the same REGISTER puts his own binding in its place. */
export const onlyOwnBinding: Property<Removals> = {
  name: 'onlyOwnBinding',
  sentence: () => 'nobody removes a binding that is not his own',
  appliesTo: () => true,
  initial: { bindings: [], removed: false, wrong: null },
  next: (state, sighting) => {
    if (sighting.type !== 'bindings' || state.wrong !== null) return state;
    const { contacts, change } = sighting;
    if (change.how !== 'removed') return { ...state, bindings: contacts };
    const victim = state.bindings.find((one) => sideOf(one) !== change.by && !contacts.includes(one));
    const wrong = victim === undefined ? null : `${change.by} removed ${victim}`;
    return { bindings: contacts, removed: true, wrong };
  },
  violation: ({ wrong }) => violated(wrong),
  witnessed: ({ removed }) => removed,
};

interface Beliefs {
  readonly bindings: readonly Contact[];
  readonly believed: Readonly<Record<Owner, Contact | null>>;
  readonly wrong: readonly Owner[];
}

const deluded = ({ bindings, believed }: Beliefs): Owner[] =>
  (['app', 'pushServer'] as const).filter((owner) => {
    const contact = believed[owner];
    return contact !== null && !bindings.includes(contact);
  });

/** A side that believes to be registered is, but for the time that news takes. */
export const beliefMatches = forEachPhone({
  name: 'beliefMatches',
  sentence: ({ limits }) =>
    `nobody believes for longer than ${limits.beliefMs / 1000} s to be registered when he is not`,
  appliesTo: () => true,
  initial: { bindings: [], believed: { app: null, pushServer: null }, wrong: [] },
  next: (state, sighting) => {
    if (sighting.type === 'bindings') return { ...state, bindings: sighting.contacts };
    const believe = (owner: Owner, contact: Contact | null) => ({
      ...state,
      believed: { ...state.believed, [owner]: contact },
    });
    if (sighting.type === 'believes') return believe(sighting.owner as Owner, sighting.contact);
    if (sighting.type === 'app.reachable' && sighting.contact === null) return believe('app', null);
    return sighting.type === 'pushServer.up' && !sighting.up ? believe('pushServer', null) : state;
  },
  obligations: (state, { limits }) => deluded(state).map((owner) => ({ key: owner, limitMs: limits.beliefMs })),
  missed: (state, key) => {
    const late = deluded(state).filter((owner) => owner === key && !state.wrong.includes(owner));
    return { ...state, wrong: [...state.wrong, ...late] };
  },
  violation: ({ wrong }) =>
    violated(wrong.length === 0 ? null : wrong.map((one) => `${one} believed to be registered but was not`).join('; ')),
  witnessed: ({ believed }) => believed.app !== null || believed.pushServer !== null,
} satisfies Property<Beliefs>);
