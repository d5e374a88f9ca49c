import { assumed, type ServerSheet } from '../serverSheet.ts';

const axes: ServerSheet['axes'] = {
  ...assumed,
  onGlobalFailure: [
    'waitsForBranches',
    'app_dial: rings on until every channel has failed (from the documentation of Dial; assumed of 6xx)',
  ],
  absorbsCopies: [true, 'a 200 is sent statefully since 13.4, other answers are not (res_pjsip_registrar, code)'],
  checksSequence: [false, 'res_pjsip_registrar looks at the URI only: not at instance-id, Call-ID or CSeq (code)'],
  matchesBindingBy: ['contact', 'res_pjsip_registrar: URI only (code)'],
  severalContacts: ['atomic', 'res_pjsip_registrar counts the net result, so a swap passes (code)'],
  capacity: [2, 'aor max_contacts=2'],
  whenFull: [{ do: 'refuse', code: 403, retryAfter: false }, 'res_pjsip_registrar: 403 beyond max_contacts (code)'],
  removalScope: ['ownContact', 'only the named Contact; an unknown one is forgiven (code)'],
  minimumExpires: [{ ms: 60_000, answer: 'raise' }, 'aor minimum_expiration, default 60 s, silently raised (code)'],
  maximumExpiresMs: [7_200_000, 'aor maximum_expiration, default 7200 s (code)'],
  onConnectionClosed: [
    'removesBinding',
    'res_pjsip_registrar: a contact over a reliable transport goes when that one shuts down, unless it outlives a restart (code)',
  ],
  probesContacts: [null, 'aor qualify_frequency, default 0: none'],
  keepsBindingsOnRestart: [true, 'sorcery keeps contacts in astdb by default (code, res_pjsip/location.c)'],
  fork: ['first', 'Dial(PJSIP/endpoint) takes the first reachable contact (code)'],
  withoutBinding: [{ do: 'reject', code: 480 }, 'hang-up cause 20, subscriber absent (code)'],
  ringback: ['ofPhone', 'Progress() or inband_progress=yes would send a 183; neither is the default (documentation)'],
  tellsReason: [
    true,
    'res_pjsip_rfc3326: Reason for hang-up cause ANSWERED_ELSEWHERE (code); that Dial sets that cause, assumed',
  ],
};

const source = 'Asterisk, res_pjsip_registrar read in code (commit f0c1c1a7), not run';
const onlyOne = [1, 'aor max_contacts=1'] as const;
const overwrites = 'aor remove_existing=yes: with one contact the newest wins (code)';

/** Asterisk (chan_pjsip) in the configurations that a hand-over tells apart. */
export const asterisk = {
  'asterisk-unset': {
    name: 'asterisk-unset',
    title: 'Asterisk whose aor sets no max_contacts',
    source,
    axes: { ...axes, capacity: [0, 'aor max_contacts, default 0: no registration at all, 403 always (code)'] },
  },
  asterisk: { name: 'asterisk', title: 'Asterisk with max_contacts=2 and Dial(PJSIP/endpoint)', source, axes },
  'asterisk-all': {
    name: 'asterisk-all',
    title: 'Asterisk with max_contacts=2 and PJSIP_DIAL_CONTACTS',
    source,
    axes: { ...axes, fork: ['all', 'PJSIP_DIAL_CONTACTS names every contact (code)'] },
  },
  'asterisk-evict': {
    name: 'asterisk-evict',
    title: 'Asterisk with max_contacts=2 and remove_existing=yes',
    source,
    axes: {
      ...axes,
      whenFull: [
        { do: 'evictSoonestToExpire' },
        'aor remove_existing=yes: the soonest to expire goes, not the oldest (code)',
      ],
    },
  },
  'asterisk-qualify': {
    name: 'asterisk-qualify',
    title: 'Asterisk with max_contacts=2 and qualify_frequency=60',
    source,
    axes: {
      ...axes,
      probesContacts: [
        { intervalMs: 60_000, timeoutMs: 3_000, onFailure: 'skip' },
        'aor qualify_frequency=60, qualify_timeout 3.0 by default; Dial takes the first reachable contact (code)',
      ],
    },
  },
  'asterisk-single': {
    name: 'asterisk-single',
    title: 'Asterisk with max_contacts=1 and remove_existing=yes',
    source,
    axes: { ...axes, capacity: onlyOne, whenFull: [{ do: 'overwrite' }, overwrites] },
  },
  'asterisk-refuse': {
    name: 'asterisk-refuse',
    title: 'Asterisk with max_contacts=1 alone',
    source,
    axes: { ...axes, capacity: onlyOne },
  },
} as const satisfies Record<string, ServerSheet>;
