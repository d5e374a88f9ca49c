import type { ServerProfile } from '../machines/serverProfile.ts';
import { formatDuration } from '../sim/data/duration.ts';
import type { ServerAxes, ServerAxis } from './serverSheet.ts';

const yesNo = (value: boolean) => (value ? 'yes' : 'no');

const fullTexts = {
  overwrite: () => 'replaces the others',
  evictOldest: () => 'evicts the one registered longest ago',
  evictSoonestToExpire: () => 'evicts the one that is soonest to expire',
} as const;

function whenFull({ capacity, whenFull: rule }: ServerAxes): string {
  if (capacity === null) return 'never happens';
  if (rule.do !== 'refuse') return fullTexts[rule.do]();
  return `is refused with ${rule.code}${rule.retryAfter ? ' and Retry-After' : ''}`;
}

function border({ sbc }: ServerAxes): string {
  if (sbc === null) return 'none';
  const traits = [
    ...(sbc.rewritesContacts ? ['rewrites Contacts'] : []),
    ...(sbc.cacheMs === null ? [] : [`answers for the registrar for ${formatDuration(sbc.cacheMs)}`]),
    ...(sbc.alertMs === null ? [] : [`waits ${formatDuration(sbc.alertMs)} for a ringing phone`]),
    ...(sbc.flowMs === null ? [] : [`forgets a flow after ${formatDuration(sbc.flowMs)}`]),
  ];
  return traits.length === 0 ? 'transparent' : traits.join(', ');
}

function nobody({ withoutBinding }: ServerAxes): string {
  if (withoutBinding.do === 'voicemail') return 'goes to the voice mailbox';
  if (withoutBinding.do === 'hold') return `is held for ${formatDuration(withoutBinding.ms)}, then 480`;
  return `is answered ${withoutBinding.code}`;
}

const texts: { readonly [Axis in ServerAxis]: (profile: ServerAxes) => string } = {
  sbc: border,
  admits: ({ admits }) => (admits === 'everybody' ? 'app and push server' : 'the app only'),
  digest: ({ digest }) => yesNo(digest),
  checksSequence: ({ checksSequence }) => yesNo(checksSequence),
  matchesBindingBy: ({ matchesBindingBy }) =>
    ({
      contact: 'its Contact',
      instance: 'instance-id, else Contact',
      user: 'the user',
      callId: 'Contact and Call-ID',
    })[matchesBindingBy],
  severalContacts: ({ severalContacts }) => (severalContacts === 'atomic' ? 'all or nothing' : 'one after the other'),
  capacity: ({ capacity }) => (capacity === null ? 'no limit' : String(capacity)),
  whenFull,
  removalScope: ({ removalScope }) => (removalScope === 'ownContact' ? 'the contact it names' : 'all of the user'),
  minimumExpires: ({ minimumExpires: { ms, answer } }) =>
    `${formatDuration(ms)}, else ${answer === 'raise' ? 'raised' : '423'}`,
  maximumExpiresMs: ({ maximumExpiresMs }) => formatDuration(maximumExpiresMs),
  keepsBindingsOnRestart: ({ keepsBindingsOnRestart }) => yesNo(keepsBindingsOnRestart),
  fork: ({ fork }) => (fork === 'all' ? 'every binding' : 'the first binding only'),
  forksToLateBindings: ({ forksToLateBindings }) => yesNo(forksToLateBindings),
  withoutBinding: nobody,
  tellsReason: ({ tellsReason }) => yesNo(tellsReason),
  admitsCalls: ({ admitsCalls }) =>
    admitsCalls === 'everybody' ? 'everybody with credentials' : 'registered contacts',
  branchTimeoutMs: ({ branchTimeoutMs }) => formatDuration(branchTimeoutMs),
  noAnswerMs: ({ noAnswerMs }) => formatDuration(noAnswerMs),
};

/** What a server does on one axis, in a few words. */
export const axisText = (profile: ServerProfile, axis: ServerAxis): string => texts[axis](profile);
