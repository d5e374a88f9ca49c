import type { ServerProfile } from '../machines/serverProfile.ts';

/** What a server can differ in: everything in its profile but how it is called. */
export type ServerAxes = Omit<ServerProfile, 'name' | 'title' | 'source'>;
export type ServerAxis = keyof ServerAxes;

/** A value, and where it is known from or that it is not. */
export type Sourced<Value> = readonly [value: Value, source: string];

/** A server with the source of every single value. */
export interface ServerSheet {
  readonly name: string;
  readonly title: string;
  /** What the sheet as a whole rests on. */
  readonly source: string;
  readonly axes: { readonly [Axis in ServerAxis]: Sourced<ServerAxes[Axis]> };
}

/** The axes in the order in which a registration meets them. */
export const axisTitles: Readonly<Record<ServerAxis, string>> = {
  sbc: 'session border controller in front',
  admits: 'who may register',
  digest: 'asks for digest credentials',
  checksSequence: 'rejects an outdated CSeq',
  matchesBindingBy: 'recognises a binding by',
  severalContacts: 'several Contacts in one REGISTER',
  capacity: 'bindings at most',
  whenFull: 'one binding too many',
  removalScope: 'an un-REGISTER removes',
  minimumExpires: 'shortest lifetime',
  maximumExpiresMs: 'longest lifetime',
  keepsBindingsOnRestart: 'bindings survive a restart',
  fork: 'an INVITE goes to',
  forksToLateBindings: 'a pending INVITE also goes to new bindings',
  withoutBinding: 'an INVITE with nobody registered',
  tellsReason: 'a lost branch is told that the call was completed elsewhere',
  admitsCalls: 'takes the calls of',
  branchTimeoutMs: 'a silent branch fails after',
  noAnswerMs: 'ringing ends after',
};

export const serverAxes = Object.keys(axisTitles) as ServerAxis[];

/** What a product's sheet says where nothing is known of the product itself. */
export const assumed: ServerSheet['axes'] = {
  sbc: [null, 'none assumed'],
  admits: ['everybody', 'RFC 3261 10.3 step 4 assumed'],
  digest: [true, 'RFC 3261 22 assumed'],
  checksSequence: [true, 'RFC 3261 10.3 step 7 assumed'],
  matchesBindingBy: ['contact', 'RFC 3261 10.3 step 7 assumed'],
  severalContacts: ['atomic', 'RFC 3261 10.3 assumed'],
  capacity: [null, 'unknown; no limit assumed'],
  whenFull: [{ do: 'overwrite' }, 'without a limit it is never full'],
  removalScope: ['ownContact', 'RFC 3261 10.3 step 7 assumed'],
  minimumExpires: [{ ms: 60_000, answer: 'raise' }, 'unknown; as Kamailio and Asterisk'],
  maximumExpiresMs: [3_600_000, 'unknown; an hour assumed'],
  keepsBindingsOnRestart: [true, 'unknown; kept assumed'],
  fork: ['all', 'RFC 3261 16.5 assumed'],
  forksToLateBindings: [false, 'RFC 3261 16.5: the target set is computed once'],
  withoutBinding: [{ do: 'reject', code: 480 }, 'RFC 3261 21.4.18 assumed'],
  tellsReason: [false, 'unknown; not told assumed, the worse case'],
  admitsCalls: ['everybody', 'RFC 3261 22.3 assumed: credentials, and no registration'],
  branchTimeoutMs: [32_000, 'RFC 3261 17.1.1.2 Timer B assumed'],
  noAnswerMs: [60_000, 'unknown; a minute assumed'],
};

/** The profile that the machines read off a sheet. */
export function profileOf({ name, title, source, axes }: ServerSheet): ServerProfile {
  const values = Object.fromEntries(serverAxes.map((axis) => [axis, axes[axis][0]])) as unknown as ServerAxes;
  return { name, title, source, ...values };
}
