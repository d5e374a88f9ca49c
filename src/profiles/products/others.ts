import { assumed, type ServerSheet } from '../serverSheet.ts';

const flexisipAxes: ServerSheet['axes'] = {
  ...assumed,
  matchesBindingBy: [
    'instance',
    'unique-id-parameters: +sip.instance, pn-tok, line; else URI with the CSeq rule (code)',
  ],
  capacity: [12, 'module::Registrar max-contacts-by-aor, default 12 (code)'],
  whenFull: [{ do: 'evictOldest' }, 'the least recently registered goes (code)'],
  removalScope: ['ownContact', 'only the named Contact (code)'],
  minimumExpires: [
    { ms: 60_000, answer: 'raise' },
    'module::Registrar min-expires 60 (code); raised, not 423, assumed',
  ],
  maximumExpiresMs: [86_400_000, 'module::Registrar max-expires 86400 (code)'],
  tellsReason: [true, 'ForkCallContext: Reason SIP;cause=200 where another branch has accepted (code)'],
  noAnswerMs: [90_000, 'module::Router call-fork-timeout, default 90 s (code)'],
  wakes: [
    {
      ...{ when: 'alongside', waitMs: 0, goesTo: 'itsContact', tells: 'pushSent', skipsForMs: null, endsPush: false },
      ...{ refreshBeforeMs: null, refreshesBy: 'ownPush', tokenLives: 'binding' },
      ...{ announces: false, unsupported: 'registered' },
    },
    'module::PushNotification timeout 0: the push leaves with the INVITE; 110 Push sent to the caller (permit-self-generated-provisional-response, default true), and 180 where the phone has no token but for remote pushes; register-wakeup-interval 0: none to refresh, else of type background; without fork-late no branch for a later REGISTER; neither sip.pns nor 555 (code)',
  ],
};

const flexisip = 'Flexisip, read in code (commit b3cf98c0), not run';

/** Further products, and hosted services known from reports. */
export const others = {
  flexisip: { name: 'flexisip', title: 'Flexisip by default', source: flexisip, axes: flexisipAxes },
  'flexisip-fork-late': {
    name: 'flexisip-fork-late',
    title: 'Flexisip with fork-late',
    source: flexisip,
    axes: {
      ...flexisipAxes,
      withoutBinding: [{ do: 'hold', ms: 90_000 }, 'module::Router fork-late=true, until call-fork-timeout (code)'],
      forksToLateBindings: [true, 'module::Router fork-late=true, default false (code)'],
      wakes: [
        { ...flexisipAxes.wakes[0], waitMs: 90_000 },
        'as without fork-late, but the call waits for a REGISTER until call-fork-timeout; each device gets a branch as it registers, unless it has answered already (Fork::shouldDispatch); a branch that fails does not end it (code)',
      ],
    },
  },
  kazoo: {
    name: 'kazoo',
    title: 'Kazoo with its pusher role',
    source: '2600hz kazoo-configs-kamailio, pusher-role.cfg (commit 6eb3cfc), not run; its registrar is Kamailio',
    axes: {
      ...assumed,
      branchTimeoutMs: [
        2_000,
        'KZ_PUSHER_INITIAL_INVITE_NO_RESPONSE_TIMER 2000 ms, of a contact that it pushes to (code)',
      ],
      fork: ['first', 'reg_fetch_contacts: one contact is called; that of the REGISTER that answers the push (code)'],
      wakes: [
        {
          ...{
            when: 'unreachable',
            waitMs: 20_000,
            goesTo: 'newest',
            tells: 'queued',
            skipsForMs: null,
            endsPush: false,
          },
          ...{ refreshBeforeMs: null, refreshesBy: 'callPush', tokenLives: 'account' },
          ...{ announces: false, unsupported: 'registered' },
        },
        'failure route PUSHER_EXTERNAL_FAULT: any failure but 486, 487, 603 pushes once; KZ_PUSHER_PUSH_NO_RESPONSE_TIMER 20000 ms; 182 sending push notification; PUSHER_DELIVER_CALL: the last contact of the address of record, with its first REGISTER; the token comes with the call (code)',
      ],
    },
  },
  ringcentral: {
    name: 'ringcentral',
    title: 'RingCentral with every place taken',
    source: 'ringcentral-web-phone issue 374; nothing else is known of it',
    axes: {
      ...assumed,
      matchesBindingBy: ['instance', 'the same instance-id keeps its place (ringcentral-web-phone issue 374)'],
      capacity: [1, 'the limit is not stated: one place left to this user agent assumed'],
      whenFull: [
        { do: 'refuse', code: 603, retryAfter: false },
        '603 Too Many Contacts until old ones expire, against RFC 3261 10.3 (ringcentral-web-phone issue 374)',
      ],
    },
  },
  broadworks: {
    name: 'broadworks',
    title: 'BroadWorks, app and push server on one line/port',
    source:
      'vendors of phones on Shared Call Appearance (htekdesk.atlassian.net, AudioCodes LTRT-10632); the rest assumed',
    axes: {
      ...assumed,
      capacity: [
        1,
        'each device that shares a line registers an address of its own (Shared Call Appearance, htekdesk.atlassian.net): one binding per line/port assumed',
      ],
      whenFull: [{ do: 'overwrite' }, 'unknown; that the newest wins on a line/port, assumed'],
    },
  },
  'address-bound': {
    name: 'address-bound',
    title: 'a hosted PBX that knows its users by their addresses',
    source: 'support.truecom.com.au on extensions tied to an IP address',
    axes: { ...assumed, admits: ['appOnly', 'any other address is refused with 403 (support.truecom.com.au)'] },
  },
} as const satisfies Record<string, ServerSheet>;
