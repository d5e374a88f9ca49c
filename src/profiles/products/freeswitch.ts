import { assumed, type ServerSheet } from '../serverSheet.ts';

const axes: ServerSheet['axes'] = {
  ...assumed,
  onGlobalFailure: [
    'waitsForBranches',
    'originate rings on unless fail_on_single_reject is set (documentation of mod_dptools; assumed of 6xx)',
  ],
  checksSequence: [false, 'unknown; no check assumed, the worse case'],
  matchesBindingBy: [
    'user',
    'sofia multiple-registrations off, the default: a REGISTER replaces every row of the user',
  ],
  severalContacts: ['atomic', 'meaningless here: every REGISTER replaces whatever there is'],
  capacity: [1, 'sofia multiple-registrations off, the default'],
  whenFull: [{ do: 'overwrite' }, 'sofia: REGISTER deletes all rows of user@host, then inserts its own'],
  removalScope: ['allOfUser', 'sofia: any un-REGISTER deletes all rows of user@host, whoever sent it'],
  onConnectionClosed: ['keepsBinding', 'sofia tcp-unreg-on-socket-close, off by default (assumed)'],
  probesContacts: [null, 'sofia all-reg-options-ping and nat-options-ping, off in the sample configuration'],
  ringback: ['ofPhone', 'instant_ringback, unset by default; with it ringback begins at once (Variables Master List)'],
  fork: ['all', 'sofia_contact in the dial-string of the directory (fusionpbx issue 1031)'],
  withoutBinding: [{ do: 'reject', code: 480 }, 'USER_NOT_REGISTERED, default mapping of hang-up causes (code)'],
  tellsReason: [true, 'mod_sofia: Reason SIP;cause=200 for a channel that has lost the race (code)'],
};

const source = 'FreeSWITCH, mod_sofia: documentation and configuration of multiple-registrations, not run';

const axesByContact: ServerSheet['axes'] = {
  ...axes,
  matchesBindingBy: ['contact', 'sofia multiple-registrations=contact: rows are told apart by the Contact'],
  capacity: [null, 'sofia multiple-registrations=contact: no limit without max-registrations-per-extension'],
  removalScope: ['ownContact', 'sofia multiple-registrations=contact: only its own Contact'],
};

/** FreeSWITCH in the configurations that a hand-over tells apart. */
export const freeswitch = {
  freeswitch: { name: 'freeswitch', title: 'FreeSWITCH by default', source, axes },
  'freeswitch-multi': {
    name: 'freeswitch-multi',
    title: 'FreeSWITCH with multiple-registrations=contact',
    source,
    axes: axesByContact,
  },
  'freeswitch-fail2ban': {
    name: 'freeswitch-fail2ban',
    title: 'FreeSWITCH with multiple-registrations=contact behind the fail2ban of FusionPBX',
    source,
    axes: {
      ...axesByContact,
      bans: [
        { counts: 'failures', after: 5, withinMs: 600_000, forMs: 3_600_000 },
        'fusionpbx-install.sh, jail.local, [freeswitch]: maxretry 5, findtime 600, bantime 3600; that it drops and does not reject, assumed',
      ],
    },
  },
  'freeswitch-call-id': {
    name: 'freeswitch-call-id',
    title: 'FreeSWITCH with multiple-registrations=call-id',
    source,
    axes: {
      ...axes,
      matchesBindingBy: ['callId', 'sofia multiple-registrations=call-id: rows are told apart by the Call-ID'],
      capacity: [null, 'sofia multiple-registrations=call-id: no limit without max-registrations-per-extension'],
      removalScope: ['ownContact', 'sofia multiple-registrations=call-id: only the rows of its own Call-ID'],
    },
  },
  'freeswitch-limited': {
    name: 'freeswitch-limited',
    title: 'FreeSWITCH with max-registrations-per-extension=1',
    source,
    axes: {
      ...axes,
      matchesBindingBy: ['callId', 'the limit counts the rows of other Call-IDs before any is replaced (code)'],
      whenFull: [
        { do: 'refuse', code: 403, retryAfter: false },
        'max-registrations-per-extension=1 is checked before overwriting: 403 to any newcomer',
      ],
    },
  },
} as const satisfies Record<string, ServerSheet>;
