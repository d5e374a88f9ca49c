import { assumed, type ServerSheet } from '../serverSheet.ts';

const transparent = {
  rewritesContacts: false,
  cacheMs: null,
  flowMs: null,
  comparesVia: false,
  natExpiresMs: null,
  alertMs: null,
} as const;
const single: ServerSheet['axes'] = {
  ...assumed,
  capacity: [1, 'the registrar behind it: one binding'],
  whenFull: [{ do: 'overwrite' }, 'the registrar behind it: the newest wins'],
};

/** What session border controllers make of a registrar that works. To put one in front of your own, extend yours. */
export const borderControllers = {
  'sbc-rewriting': {
    name: 'sbc-rewriting',
    title: 'an SBC that rewrites Contacts, in front of a registrar with one binding',
    source: 'AudioCodes SBC manual, SBCKeepContactUserinRegister; RFC 5853 3.3',
    axes: {
      ...assumed,
      sbc: [
        { ...transparent, rewritesContacts: true },
        'AudioCodes gives each registration a Contact user of its own, unless SBCKeepContactUserinRegister',
      ],
      capacity: [1, 'the registrar behind it: one binding'],
      whenFull: [{ do: 'refuse', code: 503, retryAfter: true }, 'the registrar behind it: a second is refused'],
    },
  },
  'sbc-caching': {
    name: 'sbc-caching',
    title: 'an SBC that caches registrations, in front of a registrar where the newest wins',
    source: 'Oracle ESBC, registration caching and hosted NAT traversal',
    axes: {
      ...single,
      sbc: [
        { ...transparent, rewritesContacts: true, cacheMs: 300_000 },
        'Oracle ESBC answers refreshes itself; how long depends on its configuration, 5 min assumed',
      ],
    },
  },
  'sbc-nat': {
    name: 'sbc-nat',
    title: 'an SBC that reaches user agents over their flows only',
    source: 'Oracle ESBC hosted NAT traversal; snom 4S NAT filter manual',
    axes: {
      ...assumed,
      sbc: [
        { ...transparent, rewritesContacts: true, flowMs: 60_000 },
        'Oracle: most NAT bindings are gone after about a minute without traffic',
      ],
    },
  },
  'sbc-short-expires': {
    name: 'sbc-short-expires',
    title: 'an SBC that keeps flows open by short lifetimes',
    source: 'Oracle ESBC hosted NAT traversal; snom 4S NAT filter manual',
    axes: {
      ...assumed,
      sbc: [
        { ...transparent, rewritesContacts: true, flowMs: 60_000 },
        'Oracle: most NAT bindings are gone after about a minute without traffic',
      ],
      minimumExpires: [{ ms: 30_000, answer: 'raise' }, 'Oracle nat-interval, to those behind a NAT; 30 s assumed'],
      maximumExpiresMs: [60_000, 'Oracle: short lifetimes to those behind a NAT, long ones at the registrar'],
    },
  },
  'sbc-compares-via': {
    name: 'sbc-compares-via',
    title: 'an SBC that treats only those behind a NAT, whose Via differs from their address',
    source: 'snom 4S NAT filter manual, pages 15 and 16; Oracle ESBC hosted NAT traversal',
    axes: {
      ...single,
      sbc: [
        {
          ...transparent,
          rewritesContacts: true,
          cacheMs: 300_000,
          flowMs: 60_000,
          comparesVia: true,
          natExpiresMs: 60_000,
        },
        'snom: compares Via with the source address, then rewrites Contact, caches and shortens; the times as for the others',
      ],
    },
  },
  'sbc-registered-only': {
    name: 'sbc-registered-only',
    title: 'an SBC that takes calls of registered contacts only',
    source: 'Oracle ESBC, SIP admission control (allow-anonymous registered)',
    axes: {
      ...assumed,
      sbc: [transparent, 'nothing but admission control assumed'],
      admitsCalls: [
        'registered',
        'Oracle ESBC sip-port allow-anonymous=registered: 403 to whoever is not registered (docs.oracle.com, E80921)',
      ],
    },
  },
  'sbc-registered-single': {
    name: 'sbc-registered-single',
    title: 'the same SBC in front of a registrar with one binding, where the newest wins',
    source: 'Oracle ESBC, SIP admission control (allow-anonymous registered)',
    axes: {
      ...single,
      sbc: [transparent, 'nothing but admission control assumed'],
      admitsCalls: [
        'registered',
        'Oracle ESBC sip-port allow-anonymous=registered: 403 to whoever is not registered (docs.oracle.com, E80921)',
      ],
    },
  },
  'sbc-one-port': {
    name: 'sbc-one-port',
    title: 'an SBC that takes two devices behind one NAT port for one',
    source: 'Ribbon SBC: endpoints by AoR, source address, port and zone (publicdoc.rbbn.com)',
    axes: {
      ...single,
      whenFull: [{ do: 'overwrite' }, 'the second device behind the same port replaces the first (publicdoc.rbbn.com)'],
      sbc: [{ ...transparent, rewritesContacts: true }, 'publicdoc.rbbn.com'],
    },
  },
  'sbc-alert-timeout': {
    name: 'sbc-alert-timeout',
    title: 'an SBC that waits 10 s for a ringing phone',
    source: 'AudioCodes SBC manual, SBCAlertTimeout',
    axes: {
      ...assumed,
      sbc: [
        { ...transparent, rewritesContacts: true, alertMs: 10_000 },
        'AudioCodes SBCAlertTimeout runs from the INVITE if no 18x comes; 10 s assumed',
      ],
    },
  },
} as const satisfies Record<string, ServerSheet>;
