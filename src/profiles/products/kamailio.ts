import type { Waking } from '../../machines/serverProfile.ts';
import { assumed, type ServerSheet } from '../serverSheet.ts';

const axes: ServerSheet['axes'] = {
  ...assumed,
  saysStale: [false, 'auth_challenge() without flag 16, as in the sample configuration: no stale (measured, 5.6.3)'],
  checksSequence: [true, 'usrloc: 400 for a lower CSeq, but no check where instance-id and reg-id are present (code)'],
  absorbsCopies: [
    false,
    'registrar answers without a transaction in the sample configuration; with t_newtran() absorbed for the 5 s of wt_timer (measured, 5.6.3)',
  ],
  matchesBindingBy: ['instance', 'usrloc: instance-id and reg-id if present, else URI (matching_mode 0) (code)'],
  severalContacts: ['atomic', 'registrar: the limit is checked on the net result, so a swap passes (code)'],
  capacity: [null, 'registrar max_contacts, default 0: no limit (code)'],
  removalScope: ['ownContact', 'only the named Contact; an unknown one is ignored with 200 (code)'],
  minimumExpires: [{ ms: 60_000, answer: 'raise' }, 'registrar min_expires 60, min_expires_mode 0 (measured, 5.6.3)'],
  maximumExpiresMs: [3_600_000, 'registrar max_expires 3600 of the sample configuration (assumed)'],
  onConnectionClosed: ['keepsBinding', 'usrloc handle_lost_tcp, default 0 (measured, 5.6.3)'],
  probesContacts: [null, 'nathelper natping_interval, default 0: none'],
  keepsBindingsOnRestart: [false, 'usrloc db_mode, default 0: memory only (code)'],
  fork: ['all', 'registrar append_branches 1 (measured, 5.6.3); that it is the default, assumed'],
  withoutBinding: [{ do: 'reject', code: 404 }, 'lookup() = -1, 404 by the sample configuration (measured, 5.6.3)'],
  ringback: ['ofPhone', 'a proxy generates no provisional answer but 100 (RFC 3261 16.7)'],
  tellsReason: [true, 'tm local_cancel_reason, default 1 (code, tm/config.c)'],
  onGlobalFailure: [
    'cancelsBranches',
    'tm: a 6xx cancels the other branches; CANCEL and 603 within 0.14 s (measured, 5.6.3)',
  ],
  unreachableCode: [477, 'tm: 477 Unfortunately error on sending to next hop occurred, at once (measured, 5.6.3)'],
  branchTimeoutMs: [30_000, 'tm fr_timer, default 30 s (code, tm/config.h)'],
  noAnswerMs: [120_000, 'tm fr_inv_timer, default 120 s (code, tm/config.h)'],
};

/** Those of examples/kamailio-push.cfg, whether it refreshes bindings or not. */
const pushAxes: ServerSheet['axes'] = {
  ...axes,
  forksToLateBindings: [
    true,
    'ts_append_by_contact() for a phone that registers while another rings (measured, 5.6.3)',
  ],
};

const pushing = {
  ...{ when: 'always', waitMs: 15_000, goesTo: 'itsContact', tells: 'trying', skipsForMs: null, endsPush: false },
  ...{ refreshBeforeMs: null, refreshesBy: 'ownPush', tokenLives: 'binding' },
  ...{ announces: true, unsupported: 'refused' },
} as const satisfies Waking;

const source = 'Kamailio, registrar and usrloc read in code (commit 38711a3e), 5.6.3 measured on loopback';

/** Kamailio in the configurations that a hand-over tells apart. */
export const kamailio = {
  kamailio: { name: 'kamailio', title: 'Kamailio as the sample configuration has it', source, axes },
  'kamailio-single': {
    name: 'kamailio-single',
    title: 'Kamailio with max_contacts=1',
    source,
    axes: {
      ...axes,
      capacity: [1, 'registrar max_contacts=1'],
      whenFull: [
        { do: 'refuse', code: 503, retryAfter: false },
        'registrar: 503 Too many registered contacts; Retry-After only with retry_after > 0 (measured)',
      ],
    },
  },
  'kamailio-lost-tcp': {
    name: 'kamailio-lost-tcp',
    title: 'Kamailio with max_contacts=1 and handle_lost_tcp=1',
    source,
    axes: {
      ...axes,
      capacity: [1, 'registrar max_contacts=1'],
      whenFull: [
        { do: 'refuse', code: 503, retryAfter: false },
        'registrar: 503 Too many registered contacts (measured)',
      ],
      onConnectionClosed: [
        'removesBinding',
        'usrloc handle_lost_tcp=1: the contact goes at the next timer_interval, here at once (measured, 5.6.3)',
      ],
    },
  },
  'kamailio-strict': {
    name: 'kamailio-strict',
    title: 'Kamailio with min_expires_mode=1, a limit on REGISTERs and WITH_ANTIFLOOD',
    source,
    axes: {
      ...axes,
      minimumExpires: [
        { ms: 3_600_000, answer: 'intervalTooBrief' },
        'registrar min_expires=3600, min_expires_mode=1: 423 and Min-Expires (measured with 60, 5.6.3)',
      ],
      limitsRegisters: [
        { registers: 10, withinMs: 10_000, retryAfter: true },
        'pipelimit pl_check() and sl_send_reply("503") with Retry-After in a script of your own; the figures assumed',
      ],
      bans: [
        { counts: 'requests', after: 16, withinMs: 2_000, forMs: 300_000 },
        'sample configuration, WITH_ANTIFLOOD: pike sampling_time_unit 2, reqs_density_per_unit 16; htable ipban, autoexpire=300',
      ],
    },
  },
  'kamailio-overwrite': {
    name: 'kamailio-overwrite',
    title: 'Kamailio with save("location", "0x04")',
    source,
    axes: {
      ...axes,
      capacity: [1, 'registrar save() flag 0x04: a REGISTER leaves one binding (measured)'],
      whenFull: [{ do: 'overwrite' }, 'registrar save() flag 0x04 deletes all others and skips the limit (measured)'],
    },
  },
  'kamailio-parking': {
    name: 'kamailio-parking',
    title: 'Kamailio with max_contacts=1 that parks an INVITE until somebody registers',
    source,
    axes: {
      ...axes,
      capacity: [1, 'registrar max_contacts=1'],
      whenFull: [{ do: 'refuse', code: 503, retryAfter: true }, 'registrar retry_after=30 (measured)'],
      withoutBinding: [{ do: 'hold', ms: 15_000 }, 't_suspend, t_continue on REGISTER (measured with 15 s)'],
      forksToLateBindings: [true, 'ts_append for a device that registers while it rings (measured)'],
      wakes: [
        {
          ...{ when: 'unbound', waitMs: 15_000, goesTo: 'all', tells: 'trying', skipsForMs: null, endsPush: false },
          ...{ refreshBeforeMs: null, refreshesBy: 'callPush', tokenLives: 'account' },
          ...{ announces: false, unsupported: 'registered' },
        },
        'a script of your own: a failed lookup() pushes and parks (tsilo or t_suspend), t_continue with any REGISTER of the user goes to lookup(); tokens in a table of its own (assumed)',
      ],
    },
  },
  'kamailio-tsilo': {
    name: 'kamailio-tsilo',
    title: 'Kamailio that pushes over HTTP and parks the INVITE (examples/kamailio-push.cfg)',
    source,
    axes: {
      ...pushAxes,
      wakes: [
        pushing,
        'examples/kamailio-push.cfg: pn-prid in the Contact, http_client, t_suspend, t_continue and lookup() with a branch_route that leaves the contact of the REGISTER; +sip.pns in the 200, 555 to a pn-provider other than apns and fcm (measured, 5.6.3)',
      ],
    },
  },
  'kamailio-tsilo-all': {
    name: 'kamailio-tsilo-all',
    title: 'Kamailio that pushes and lets the first REGISTER decide (examples/kamailio-push.cfg, PUSH_TO_ALL)',
    source,
    axes: {
      ...pushAxes,
      wakes: [
        { ...pushing, goesTo: 'all' },
        'as kamailio-tsilo, but t_continue goes to lookup() and t_relay(), as most scripts on the web have it: all bindings, and nobody is waited for any more (measured, 5.6.3)',
      ],
    },
  },
  'kamailio-tsilo-refresh': {
    name: 'kamailio-tsilo-refresh',
    title: 'Kamailio that pushes over HTTP, also to refresh bindings (examples/kamailio-push.cfg, PUSH_REFRESH=120)',
    source,
    axes: {
      ...pushAxes,
      wakes: [
        { ...pushing, refreshBeforeMs: 120_000 },
        'as kamailio-tsilo, with a htable whose entries expire 120 s before the bindings, apns-push-type background (measured, 5.6.3)',
      ],
    },
  },
  'kamailio-first-only': {
    name: 'kamailio-first-only',
    title: 'Kamailio that parks an INVITE, but lets the first binding have it for itself',
    source,
    axes: {
      ...axes,
      withoutBinding: [{ do: 'hold', ms: 15_000 }, 't_suspend, t_continue on REGISTER (measured with 15 s)'],
      forksToLateBindings: [false, 'kamailio issue 3782: once it is resumed, the second device gets no branch'],
    },
  },
  'kamailio-voicemail': {
    name: 'kamailio-voicemail',
    title: 'Kamailio with WITH_VOICEMAIL',
    source,
    axes: {
      ...axes,
      withoutBinding: [
        { do: 'voicemail' },
        'sample configuration, route LOCATION: a failed lookup goes to the mailbox first',
      ],
      mailboxTakes: ['noAnswerOrBusy', 'sample configuration, failure route: t_check_status("486|408") (code)'],
    },
  },
} as const satisfies Record<string, ServerSheet>;
