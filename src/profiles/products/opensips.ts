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
        {
          ...{ when: 'always', waitMs: 6_000, ringsEarly: false, endsPush: false },
          ...{ refreshBeforeMs: 120_000, tokenLives: 'binding', announces: true, unsupported: 'refused' },
        },
        'registrar pn_enable: lookup() pushes for each contact with a token and adds a branch for the REGISTER that follows within pn_refresh_timeout, default 6 s; pn_trigger_interval 120 s; Feature-Caps with +sip.pns, and 555 to a pn-provider that is not in pn_providers (code)',
      ],
    },
  },
} as const satisfies Record<string, ServerSheet>;
