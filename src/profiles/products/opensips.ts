import type { Waking } from '../../machines/serverProfile.ts';
import { assumed, type ServerSheet } from '../serverSheet.ts';

const axes: ServerSheet['axes'] = {
  ...assumed,
  absorbsCopies: [false, 'assumed: as Kamailio, with which it shares its origin'],
  severalContacts: ['sequential', 'registrar: a removal does not lower the count that follows it (code, not run)'],
  capacity: [null, 'registrar save() without max-contacts: no limit (code; opensips issue 2727)'],
  removalScope: ['ownContact', 'only the named Contact (code)'],
  probesContacts: [null, 'nathelper natping_interval, default 0; remove_on_timeout_bflag removes (documentation)'],
  withoutBinding: [{ do: 'reject', code: 404 }, 'lookup() = -1, 404 by the default script (assumed)'],
  tellsReason: [true, 'tm, revision 5617 (2009): RFC 3326 Reason to the other branches of a fork'],
  branchTimeoutMs: [30_000, 'assumed: as Kamailio tm, with which it shares its origin'],
  noAnswerMs: [120_000, 'assumed: as Kamailio tm, with which it shares its origin'],
};

const source = 'OpenSIPS, registrar read in code (commit 8f4f1e1b), not run';
const onlyOne = [1, 'registrar save() flag max-contacts=1'] as const;

const pushing = {
  ...{ when: 'always', waitMs: 6_000, goesTo: 'itsContact', tells: 'trying', skipsForMs: null, endsPush: false },
  ...{ refreshBeforeMs: 120_000, refreshesBy: 'callPush', tokenLives: 'binding' },
  ...{ announces: true, unsupported: 'refused' },
} as const satisfies Waking;

/** OpenSIPS in the configurations that a hand-over tells apart. */
export const opensips = {
  opensips: { name: 'opensips', title: 'OpenSIPS without a limit', source, axes },
  'opensips-single': {
    name: 'opensips-single',
    title: 'OpenSIPS with max-contacts=1',
    source,
    axes: {
      ...axes,
      capacity: onlyOne,
      whenFull: [{ do: 'refuse', code: 503, retryAfter: false }, 'registrar: 503; Retry-After is not known (code)'],
    },
  },
  'opensips-overwrite': {
    name: 'opensips-overwrite',
    title: 'OpenSIPS with max-contacts=1,force-registration',
    source,
    axes: {
      ...axes,
      capacity: onlyOne,
      whenFull: [{ do: 'evictOldest' }, 'registrar save() flag force-registration: the last in the list goes (code)'],
    },
  },
  'opensips-push': {
    name: 'opensips-push',
    title: 'OpenSIPS with pn_enable (RFC 8599)',
    source,
    axes: {
      ...axes,
      wakes: [
        pushing,
        'registrar pn_enable: lookup() pushes for each contact with a token and adds a branch for the REGISTER that follows within pn_refresh_timeout, default 6 s, of the contact with the same pn-provider, pn-prid and pn-param (pn.c); pn_skip_pn_interval 0; pn_trigger_interval 120 s raises E_UL_CONTACT_REFRESH, whose push is up to the script: of the one token, so of its kind (assumed); Feature-Caps with +sip.pns, and 555 to a pn-provider that is not in pn_providers (code)',
      ],
    },
  },
  'opensips-push-skip': {
    name: 'opensips-push-skip',
    title: 'OpenSIPS with pn_enable and pn_skip_pn_interval=60',
    source,
    axes: {
      ...axes,
      wakes: [
        { ...pushing, skipsForMs: 60_000 },
        'as opensips-push; a contact that has registered within pn_skip_pn_interval is taken for reachable, and gets the INVITE at once (push_branch(), code); the 60 s assumed',
      ],
    },
  },
  'opensips-event-routing': {
    name: 'opensips-event-routing',
    title: 'OpenSIPS whose script pushes and forks to new contacts (event_routing), with usrloc db_mode 3',
    source,
    axes: {
      ...axes,
      forksToLateBindings: [true, 't_inject_branches() for each contact of the user that registers (documentation)'],
      wakes: [
        {
          ...{ when: 'alongside', waitMs: 20_000, goesTo: 'allEachTime', tells: 'trying', skipsForMs: null },
          ...{ endsPush: false, refreshBeforeMs: null, refreshesBy: 'callPush', tokenLives: 'account' },
          ...{ announces: false, unsupported: 'registered' },
        },
        'event_routing 1.6.1: lookup() and t_relay() at once, t_wait_for_new_branches(), notify_on_event("E_UL_CONTACT_INSERT") with the user as filter, for 20 s; where locations are in the database only, the event is raised for all contacts of the user with each REGISTER (documentation; opensips issues 1573, 2617); who pushes, and its tokens, are the script\'s',
      ],
    },
  },
} as const satisfies Record<string, ServerSheet>;
