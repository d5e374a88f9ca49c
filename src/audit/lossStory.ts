import { noAnswerAfterMs, type Outcome } from './call.ts';
import type { Ending, Loss } from './callLedger.ts';
import type { Gap, LossOfBinding } from './registrations.ts';
import { type Side, sideName, spoken } from './sides.ts';

/** How a call ended, as its caller got it. */
export function resultOf(end: Ending | null): string {
  if (end === null) return 'no answer';
  if (end.how === 'answered') return 'answered';
  return end.how === 'failed' ? `${end.status} ${end.reason}`.trimEnd() : 'the caller gave up';
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

const beginnings: Readonly<Record<LossOfBinding, (side: string) => string>> = {
  unregistered: (side) => `${side} had begun to un-REGISTER`,
  expired: (side) => `the registration of ${side} had expired`,
  replaced: (side) => `the registration of ${side} had been replaced`,
};

function inGap({ invitedAtMs }: Loss, { from, until, cause, before, after }: Gap): string {
  const beginning = `${beginnings[cause](spoken(sideName(before)))} ${seconds(invitedAtMs - from.requestMs)} before`;
  if (until === null || after === null) return `nobody was registered: ${beginning}, and nobody came after it`;
  const end = `the REGISTER of ${spoken(sideName(after))} was accepted ${seconds(until.replyMs - invitedAtMs)} after it`;
  const isCertain = invitedAtMs >= from.replyMs && invitedAtMs <= until.requestMs;
  return `nobody was registered${isCertain ? '' : ' or a REGISTER was just under way'}: ${beginning}, ${end}`;
}

/** What became of a call, in words that follow on its result. */
export const outcomeStories: Readonly<Record<Outcome, string>> = {
  answered: 'a device has answered',
  declined: 'declined after alerting',
  busy: 'refused by a busy device',
  unanswered: 'alerted and not answered',
  lost: 'lost',
  byServer: 'only the server was heard',
  redirected: 'redirected',
  unauthorised: 'the caller did not meet a challenge for credentials',
  open: 'under way at the end',
};

/** Why a call was lost, as far as the capture tells. */
export function lossStory(loss: Loss, gap: Gap | null, sides: readonly Side[]): string {
  if (gap !== null) return inGap(loss, gap);
  if (loss.boundThen === null) return 'who was registered is not known: no REGISTER before it is in the capture';
  const bound = sides.filter(({ id }) => loss.boundThen?.includes(id)).map((side) => spoken(sideName(side)));
  const who = bound.join(' and ');
  if (bound.length === 0) return 'nobody was registered';
  const [were, it] = bound.length > 1 ? ['were', 'them'] : ['was', 'it'];
  if (loss.called.length === 0) return `${who} ${were} registered, but the capture shows no INVITE to ${it}`;
  if (loss.ending === null)
    return `${who} ${were} registered and called, and within ${noAnswerAfterMs / 1000} s nothing came back`;
  const progress = loss.hasProgress ? ' (183 is an announcement or a tone)' : '';
  return `${who} ${were} registered and called, but did not alert${progress}`;
}
