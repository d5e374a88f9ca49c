import type { ServerAxes, ServerAxis, ServerProfile } from '../machines/serverProfile.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { type AxisTable, choice, duration, flag, row, type SchemaKit } from './axisRow.ts';

const refusalCode = (z: SchemaKit['z']) => {
  const error = 'expected a final status from 300 to 699, such as 403 or 503';
  return z.int({ error }).min(300, { error }).max(699, { error });
};

/** How many: at least one, and no more than are worth telling apart. */
const several = (z: SchemaKit['z']) => {
  const error = 'expected a whole number from 1 to 20';
  return z.int({ error }).min(1, { error }).max(20, { error });
};

const unlessNone = (ms: number | null): string => (ms === null ? 'none' : formatDuration(ms));

/**
 * The axes in the order in which a registration meets them. From a row follow the schema of users' own files with its
 * messages, what the probe writes into such a file, the pages and `ringproof profiles`, and what products leave unsaid.
 */
export const axisTable: AxisTable<ServerAxes> = {
  sbc: row({
    title: 'session border controller in front',
    assumed: [null, 'none assumed'],
    inWords: (sbc) => {
      if (sbc === null) return 'none';
      const traits = [
        ...(sbc.rewritesContacts ? ['rewrites Contacts'] : []),
        ...(sbc.cacheMs === null ? [] : [`answers for the registrar for ${formatDuration(sbc.cacheMs)}`]),
        ...(sbc.alertMs === null ? [] : [`waits ${formatDuration(sbc.alertMs)} for a ringing phone`]),
        ...(sbc.natExpiresMs === null ? [] : [`tells lifetimes of ${formatDuration(sbc.natExpiresMs)}`]),
        ...(sbc.flowMs === null ? [] : [`forgets a flow after ${formatDuration(sbc.flowMs)}`]),
      ];
      const to = sbc.comparesVia ? ' (to those behind a NAT)' : '';
      return traits.length === 0 ? 'transparent' : `${traits.join(', ')}${to}`;
    },
    schema: ({ z, duration, none }) => {
      const parts = {
        rewritesContacts: z.boolean().default(false),
        cache: z.union([duration, none]).default(null),
        flow: z.union([duration, none]).default(null),
        comparesVia: z.boolean().default(false),
        natExpires: z.union([duration, none]).default(null),
        alert: z.union([duration, none]).default(null),
      };
      const controller = z
        .strictObject(parts)
        .transform(({ rewritesContacts, cache, flow, comparesVia, natExpires, alert }) => ({
          rewritesContacts,
          cacheMs: cache,
          flowMs: flow,
          comparesVia,
          natExpiresMs: natExpires,
          alertMs: alert,
        }));
      return z.union([none, controller], { error: `expected none, or { ${Object.keys(parts).join(', ')} }` });
    },
    write: (sbc) =>
      sbc === null
        ? 'none'
        : {
            rewritesContacts: sbc.rewritesContacts,
            cache: unlessNone(sbc.cacheMs),
            flow: unlessNone(sbc.flowMs),
            comparesVia: sbc.comparesVia,
            natExpires: unlessNone(sbc.natExpiresMs),
            alert: unlessNone(sbc.alertMs),
          },
  }),
  admits: choice('who may register', ['everybody', 'RFC 3261 10.3 step 4 assumed'], {
    everybody: 'app and push server',
    appOnly: 'the app only',
  }),
  limitsRegisters: row({
    title: 'REGISTERs of one address at most',
    assumed: [null, 'none assumed'],
    inWords: (limit) =>
      limit === null
        ? 'no limit'
        : `${limit.registers} within ${formatDuration(limit.withinMs)}, else 503${limit.retryAfter ? ' and Retry-After' : ''}`,
    schema: ({ z, duration, none }) => {
      const parts = { registers: several(z), within: duration, retryAfter: z.boolean().default(false) };
      const limit = z.strictObject(parts).transform(({ within, ...rest }) => ({ ...rest, withinMs: within }));
      return z.union([none, limit], { error: `expected none, or { ${Object.keys(parts).join(', ')} }` });
    },
    write: (limit) =>
      limit === null
        ? 'none'
        : { registers: limit.registers, within: formatDuration(limit.withinMs), retryAfter: limit.retryAfter },
  }),
  bans: row({
    title: 'bans an address',
    assumed: [null, 'none assumed'],
    inWords: (ban) => {
      if (ban === null) return 'never';
      const counted = {
        requests: 'REGISTERs',
        challenges: 'challenged REGISTERs',
        failures: 'REGISTERs with wrong credentials',
      }[ban.counts];
      return `after ${ban.after} ${counted} within ${formatDuration(ban.withinMs)}, for ${formatDuration(ban.forMs)}: what it sends is dropped`;
    },
    schema: ({ z, duration, none }) => {
      const parts = {
        counts: z.enum(['requests', 'challenges', 'failures']),
        after: several(z),
        within: duration,
        for: duration,
      };
      const ban = z
        .strictObject(parts)
        .transform(({ counts, after, within, for: lasting }) => ({ counts, after, withinMs: within, forMs: lasting }));
      return z.union([none, ban], { error: `expected none, or { ${Object.keys(parts).join(', ')} }` });
    },
    write: (ban) =>
      ban === null
        ? 'none'
        : {
            counts: ban.counts,
            after: ban.after,
            within: formatDuration(ban.withinMs),
            for: formatDuration(ban.forMs),
          },
  }),
  digest: flag('asks for digest credentials', [true, 'RFC 3261 22 assumed']),
  saysStale: flag('says that a nonce has expired', [true, 'RFC 3261 22.4 assumed']),
  checksSequence: flag('rejects an outdated CSeq', [true, 'RFC 3261 10.3 step 7 assumed']),
  absorbsCopies: flag('absorbs copies of a REGISTER', [true, 'RFC 3261 17.2.2 assumed']),
  matchesBindingBy: choice('recognises a binding by', ['contact', 'RFC 3261 10.3 step 7 assumed'], {
    contact: 'its Contact',
    instance: 'instance-id, else Contact',
    user: 'the user',
    callId: 'Contact and Call-ID',
  }),
  severalContacts: choice('several Contacts in one REGISTER', ['atomic', 'RFC 3261 10.3 assumed'], {
    atomic: 'all or nothing',
    sequential: 'one after the other',
  }),
  capacity: row({
    title: 'bindings at most',
    assumed: [null, 'unknown; no limit assumed'],
    inWords: (capacity) => (capacity === null ? 'no limit' : String(capacity)),
    schema: ({ z }) => {
      const error = 'expected a whole number from 0, or unlimited';
      return z
        .union([z.int().min(0, { error }), z.literal('unlimited')], { error })
        .transform((value) => (value === 'unlimited' ? null : value));
    },
    write: (capacity) => capacity ?? 'unlimited',
  }),
  whenFull: row({
    title: 'one binding too many',
    assumed: [{ do: 'overwrite' }, 'without a limit it is never full'],
    inWords: (rule, { capacity }) => {
      if (capacity === null) return 'never happens';
      if (rule.do === 'refuse') return `is refused with ${rule.code}${rule.retryAfter ? ' and Retry-After' : ''}`;
      return {
        overwrite: 'replaces the others',
        evictOldest: 'evicts the one registered longest ago',
        evictSoonestToExpire: 'evicts the one that is soonest to expire',
      }[rule.do];
    },
    schema: ({ z }) =>
      z.discriminatedUnion('do', [
        z.strictObject({ do: z.enum(['overwrite', 'evictOldest', 'evictSoonestToExpire']) }),
        z.strictObject({
          do: z.literal('refuse'),
          code: refusalCode(z),
          retryAfter: z.boolean().default(false),
        }),
      ]),
    write: (rule) => rule,
  }),
  removalScope: choice('an un-REGISTER removes', ['ownContact', 'RFC 3261 10.3 step 7 assumed'], {
    ownContact: 'the contact it names',
    allOfUser: 'all of the user',
  }),
  minimumExpires: row({
    title: 'shortest lifetime',
    assumed: [{ ms: 60_000, answer: 'raise' }, 'unknown; as Kamailio and Asterisk'],
    inWords: ({ ms, answer }) => `${formatDuration(ms)}, else ${answer === 'raise' ? 'raised' : '423'}`,
    schema: ({ z, duration }) =>
      z
        .strictObject({ lifetime: duration, answer: z.enum(['intervalTooBrief', 'raise']) })
        .transform(({ lifetime, answer }) => ({ ms: lifetime, answer })),
    write: ({ ms, answer }) => ({ lifetime: formatDuration(ms), answer }),
  }),
  onConnectionClosed: choice("when a contact's connection closes", ['keepsBinding', 'unknown; kept assumed'], {
    keepsBinding: 'the binding stays until it expires',
    removesBinding: 'the binding goes with it',
  }),
  probesContacts: row({
    title: 'asks contacts with OPTIONS',
    assumed: [null, 'unknown; none assumed'],
    inWords: (probes) => {
      if (probes === null) return 'never';
      const { intervalMs, timeoutMs, onFailure } = probes;
      const then = onFailure === 'skip' ? 'calls skip it' : 'the binding goes';
      return `every ${formatDuration(intervalMs)}; without an answer in ${formatDuration(timeoutMs)} ${then}`;
    },
    schema: ({ z, duration, none }) => {
      const parts = { interval: duration, timeout: duration, onFailure: z.enum(['skip', 'remove']) };
      const probes = z.strictObject(parts).transform(({ interval, timeout, onFailure }) => ({
        intervalMs: interval,
        timeoutMs: timeout,
        onFailure,
      }));
      return z.union([none, probes], { error: `expected none, or { ${Object.keys(parts).join(', ')} }` });
    },
    write: (probes) =>
      probes === null
        ? 'none'
        : {
            interval: formatDuration(probes.intervalMs),
            timeout: formatDuration(probes.timeoutMs),
            onFailure: probes.onFailure,
          },
  }),
  maximumExpiresMs: duration('longest lifetime', [3_600_000, 'unknown; an hour assumed']),
  keepsBindingsOnRestart: flag('bindings survive a restart', [true, 'unknown; kept assumed']),
  fork: choice('an INVITE goes to', ['all', 'RFC 3261 16.5 assumed'], {
    all: 'every binding',
    first: 'the first binding only',
  }),
  forksToLateBindings: flag('a pending INVITE also goes to new bindings', [
    false,
    'RFC 3261 16.5: the target set is computed once',
  ]),
  withoutBinding: row({
    title: 'an INVITE with nobody registered',
    assumed: [{ do: 'reject', code: 480 }, 'RFC 3261 21.4.18 assumed'],
    inWords: (rule) => {
      if (rule.do === 'voicemail') return 'goes to the voice mailbox';
      if (rule.do === 'hold') return `is held for ${formatDuration(rule.ms)}, then 480`;
      return `is answered ${rule.code}`;
    },
    schema: ({ z, duration }) =>
      z.discriminatedUnion('do', [
        z.strictObject({
          do: z.literal('reject'),
          code: z.union([z.literal(404), z.literal(480)], { error: 'expected 404 or 480' }),
        }),
        z.strictObject({ do: z.literal('voicemail') }),
        z
          .strictObject({ do: z.literal('hold'), for: duration })
          .transform(({ for: held }) => ({ do: 'hold' as const, ms: held })),
      ]),
    write: (rule) => (rule.do === 'hold' ? { do: 'hold' as const, for: formatDuration(rule.ms) } : rule),
  }),
  wakes: row({
    title: 'where the SIP server pushes, it wakes the phone',
    assumed: [
      {
        ...{ when: 'always', waitMs: 15_000, goesTo: 'itsContact', tells: 'trying', skipsForMs: null, endsPush: false },
        ...{ refreshBeforeMs: 120_000, refreshesBy: 'callPush', tokenLives: 'binding' },
        ...{ announces: true, unsupported: 'refused' },
      },
      'RFC 8599 5.3, 5.5, 5.6, 8.1; 15 s assumed',
    ],
    inWords: ({ when, waitMs, refreshBeforeMs, refreshesBy, ...wakes }) =>
      [
        {
          always: 'for each call',
          alongside: 'for each call, with the INVITE on its way to the bindings at once',
          unbound: 'where it has no binding',
          unreachable: 'where it has no binding or does not answer',
        }[when],
        waitMs === 0
          ? 'and waits for no REGISTER'
          : `and waits ${formatDuration(waitMs)} for ${
              {
                itsContact: 'its REGISTER',
                newest: 'a REGISTER of the account, whose contact alone is called',
                all: 'a REGISTER of the account, with which all bindings are called',
                allEachTime: 'REGISTERs of the account, with each of which all bindings are called',
              }[wakes.goesTo]
            }`,
        {
          trying: 'tells the caller 100',
          pushSent: 'tells the caller 110 Push sent',
          queued: 'tells the caller 182',
          ringing: 'tells the caller 180 at once',
        }[wakes.tells],
        ...(wakes.skipsForMs === null ? [] : [`no push within ${formatDuration(wakes.skipsForMs)} of a REGISTER`]),
        ...(wakes.endsPush ? ['with a push for the end'] : []),
        ...(refreshBeforeMs === null
          ? []
          : [
              `pushes ${formatDuration(refreshBeforeMs)} before its binding ends, ${refreshesBy === 'callPush' ? 'as for a call' : 'by a push of another kind'}`,
            ]),
        wakes.tokenLives === 'binding' ? 'with a token as long as its binding' : 'with a token until the log-out',
        wakes.announces ? 'says +sip.pns in the 200' : 'says nothing of it in the 200',
        wakes.unsupported === 'refused' ? '555 to other push services' : 'takes other push services without a word',
      ].join(', '),
    schema: ({ z, duration, none }) =>
      z
        .strictObject({
          when: z.enum(['always', 'alongside', 'unbound', 'unreachable']),
          wait: duration,
          goesTo: z.enum(['itsContact', 'newest', 'all', 'allEachTime']).default('itsContact'),
          tells: z.enum(['trying', 'pushSent', 'queued', 'ringing']).default('trying'),
          skipsFor: z.union([duration, none]).default(null),
          endsPush: z.boolean().default(false),
          refreshBefore: z
            .union([duration, none])
            .refine((ms) => ms === null || ms > 0, { error: 'expected some time before the end, or none' })
            .default(120_000),
          refreshesBy: z.enum(['callPush', 'ownPush']).default('callPush'),
          tokenLives: z.enum(['binding', 'account']).default('binding'),
          announces: z.boolean().default(true),
          unsupported: z.enum(['refused', 'registered']).default('refused'),
        })
        .refine(({ when, skipsFor }) => skipsFor === null || when === 'always' || when === 'alongside', {
          path: ['skipsFor'],
          error: 'expected none, or `when: always` or `alongside`: elsewhere no phone that is bound is pushed',
        })
        .refine(({ wait, goesTo }) => wait > 0 || goesTo === 'itsContact', {
          path: ['goesTo'],
          error: 'expected itsContact, or a `wait`: without one nothing is left to go anywhere',
        })
        .transform(({ wait, refreshBefore, skipsFor, ...rest }) => ({
          ...rest,
          waitMs: wait,
          refreshBeforeMs: refreshBefore,
          skipsForMs: skipsFor,
        })),
    write: ({ waitMs, refreshBeforeMs, skipsForMs, ...rest }) => ({
      ...rest,
      skipsFor: unlessNone(skipsForMs),
      wait: formatDuration(waitMs),
      refreshBefore: unlessNone(refreshBeforeMs),
    }),
  }),
  tellsReason: flag('a lost branch is told that the call was completed elsewhere', [
    false,
    'unknown; not told assumed, the worse case',
  ]),
  ringback: choice('until a phone rings the caller hears', ['ofPhone', 'unknown; nothing assumed'], {
    ofPhone: 'nothing',
    earlyMedia: 'early media of the server (183)',
  }),
  admitsCalls: choice('takes the calls of', ['everybody', 'RFC 3261 22.3 assumed: credentials, and no registration'], {
    everybody: 'everybody with credentials',
    registered: 'registered contacts',
  }),
  branchTimeoutMs: duration('a silent branch fails after', [32_000, 'RFC 3261 17.1.1.2 Timer B assumed']),
  ringingRestartsNoAnswer: flag('each 18x makes that time begin anew', [false, 'unknown; not assumed']),
  onGlobalFailure: choice('a 6xx from one phone', ['cancelsBranches', 'RFC 3261 16.7 step 5 assumed'], {
    cancelsBranches: 'cancels the branches to the others',
    waitsForBranches: 'lets the others ring on',
  }),
  unreachableCode: row({
    title: 'a branch that cannot be reached counts as',
    assumed: [503, 'RFC 3261 16.9 assumed'],
    inWords: (code) => String(code),
    schema: ({ z }) => z.union([z.literal(477), z.literal(480), z.literal(503)], { error: 'expected 477, 480 or 503' }),
    write: (code) => code,
  }),
  mailboxTakes: choice('a voice mailbox takes', ['none', 'unknown; none assumed'], {
    none: 'only calls for nobody, if any',
    noAnswer: 'calls that nobody answers too',
    noAnswerOrBusy: 'calls that nobody answers, and busy ones, too',
  }),
  noAnswerMs: duration('ringing ends after', [60_000, 'unknown; a minute assumed']),
};

/** The names of the axes, in the order of the table. */
export const serverAxes = Object.keys(axisTable) as ServerAxis[];

/** The key of an axis in a user's own file, where a duration has its unit in the value. */
export const fileKey = (axis: string): string => axis.replace(/Ms$/, '');

/** What a server does on one axis, in a few words. */
export function axisText<Axis extends ServerAxis>(profile: ServerProfile, axis: Axis): string {
  const { inWords }: AxisTable<ServerAxes>[Axis] = axisTable[axis];
  return inWords((profile[axis] ?? axisTable[axis].assumed[0]) as never, profile);
}
