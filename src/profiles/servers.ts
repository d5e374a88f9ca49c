import type { ServerProfile } from '../machines/serverProfile.ts';
import { assumedValues } from './serverSheet.ts';

/** What the kinds below have in common: an ordinary RFC 3261 registrar and proxy with digest authentication. */
const ordinary = {
  source: 'RFC 3261 10.3, 16, 22; RFC 3326 2',
  removalScope: 'ownContact',
  matchesBindingBy: 'contact',
  severalContacts: 'atomic',
  checksSequence: true,
  absorbsCopies: true,
  digest: true,
  minimumExpires: { ms: 60_000, answer: 'raise' },
  maximumExpiresMs: 3_600_000,
  fork: 'all',
  forksToLateBindings: false,
  withoutBinding: { do: 'reject', code: 480 },
  branchTimeoutMs: 30_000,
  noAnswerMs: 60_000,
  keepsBindingsOnRestart: true,
  admits: 'everybody',
  tellsReason: true,
  admitsCalls: 'everybody',
  sbc: null,
} as const satisfies Partial<ServerProfile>;

type Kind = Pick<ServerProfile, 'name' | 'title' | 'source' | 'capacity' | 'whenFull'> & Partial<ServerProfile>;

/** What a kind says comes first, so that its keys stay in their order in traces; then the axes that no kind says. */
const completed = <const Kinds extends Record<string, Kind>>(kinds: Kinds) =>
  Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, { ...kind, ...assumedValues, ...kind }])) as {
    readonly [Name in keyof Kinds]: ServerProfile & Kinds[Name];
  };

/**
 * The common kinds of SIP server, told apart by what a second REGISTER for the same user meets.
 * They are kinds, not products: each source says which products behave so when configured that way.
 */
export const serverProfiles = completed({
  multi: {
    ...ordinary,
    name: 'multi',
    title: 'several bindings',
    source:
      'Kamailio with max_contacts 0 and append_branches 1; Asterisk with max_contacts > 1 and PJSIP_DIAL_CONTACTS',
    capacity: null,
    whenFull: { do: 'overwrite' },
  },
  overwrite: {
    ...ordinary,
    name: 'overwrite',
    title: 'one binding, the newest wins',
    source:
      'Kamailio save(..., 0x04); Asterisk max_contacts=1, remove_existing=yes; OpenSIPS max-contacts=1,force-registration',
    capacity: 1,
    whenFull: { do: 'overwrite' },
  },
  reject: {
    ...ordinary,
    name: 'reject',
    title: 'one binding, a second is refused',
    source: 'Kamailio max_contacts=1 with retry_after 30: 503; Asterisk max_contacts=1: 403',
    capacity: 1,
    whenFull: { do: 'refuse', code: 503, retryAfter: true },
  },
  evict: {
    ...ordinary,
    name: 'evict',
    title: 'two bindings, a third evicts the oldest',
    source: 'Flexisip max-contacts-by-aor: the least recently registered goes',
    capacity: 2,
    whenFull: { do: 'evictOldest' },
  },
  hold: {
    ...ordinary,
    name: 'hold',
    title: 'one binding, an INVITE without one is held',
    source: 'Kamailio max_contacts=1 with t_suspend and t_continue on REGISTER; Flexisip fork-late; RFC 8599 5.6.2',
    capacity: 1,
    whenFull: { do: 'refuse', code: 503, retryAfter: true },
    withoutBinding: { do: 'hold', ms: 15_000 },
    forksToLateBindings: true,
  },
});

export type ServerProfileName = keyof typeof serverProfiles;
