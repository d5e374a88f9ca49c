import { ownerOf } from '../../machines/messages.ts';
import type { Trace, Verdict } from '../trace/trace.ts';
import { type CallStory, callStories } from './callStory.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** How the caller noticed that nothing came of the call. */
function ending({ end }: CallStory): string {
  if (end === null) return 'it had no end by the end of the run';
  if (end.how === 'failed') return `the caller got ${end.code} at ${seconds(end.atMs)}`;
  return `${end.how === 'abandoned' ? 'the caller gave up' : 'the voice mailbox took it'} at ${seconds(end.atMs)}`;
}

/** An app that is told so long before the end has had its chance. */
const wakingMs = 5_000;

/** Why nobody was alerted, as far as the trace shows it. */
function cause(story: CallStory): string {
  const { nobody, bindings, inviteAtServerMs, otherDevice, pushSentMs, pushArrivedMs, pushLost } = story;
  if (inviteAtServerMs === null) return 'the INVITE never reached the SIP server';
  if (otherDevice === 'calledAlone') return "the server calls one contact only, and that was the other device's";
  const nobodyWas = otherDevice === 'none' ? 'nobody was' : 'neither app nor push server was';
  if (nobody !== null) {
    const stretch =
      nobody.untilMs === null
        ? `${nobodyWas} registered from ${seconds(nobody.fromMs)} on`
        : `${nobodyWas} registered for ${seconds(nobody.untilMs - nobody.fromMs)}`;
    return `${stretch}, and the INVITE came ${seconds(inviteAtServerMs - nobody.fromMs)} into it`;
  }
  const owners = new Set(bindings.map(ownerOf));
  if (!owners.has('pushServer')) {
    return `only the app was registered (${bindings.join(', ')}), and nobody listened there any more`;
  }
  if (pushSentMs === null) return 'the push server was registered but never took the INVITE';
  if (pushSentMs - inviteAtServerMs > wakingMs) {
    return `the push server took the INVITE only ${seconds(pushSentMs - inviteAtServerMs)} after it had come`;
  }
  if (pushArrivedMs !== null) {
    const took = seconds(pushArrivedMs - pushSentMs);
    const inTime = story.end !== null && story.end.atMs - pushArrivedMs > wakingMs;
    return inTime
      ? `the push arrived after ${took}, but the INVITE never reached the app`
      : `the push took ${took}, too long for this call`;
  }
  return pushLost
    ? 'the push server held the INVITE, but its push was lost'
    : 'the push server held the INVITE, but its push never woke the phone';
}

function callSentence(story: CallStory, trace: Trace): string {
  const name = `Call ${story.call}`;
  const lost = trace.verdicts.some(
    ({ property, violation }) => property === 'noInviteLost' && violation?.calls.includes(story.call),
  );
  if (lost) return `${name} was lost: ${cause(story)}; ${ending(story)}.`;
  if (story.alertedMs === null && story.takenMs !== null)
    return `${name} was answered on another device ${seconds(story.takenMs - story.placedAtMs)} after it was dialled.`;
  if (story.alertedMs === null) return `${name} is still open at the end of the run.`;
  const alerted = `${name} alerted the user ${seconds(story.alertedMs - story.placedAtMs)} after it was dialled`;
  if (story.answeredMs !== null) return `${alerted} and was answered.`;
  if (story.takenMs !== null) return `${alerted}; it was answered on another device.`;
  return `${alerted}; ${ending(story)}.`;
}

const violationSentence = ({ property, violation, atMs }: Verdict): string =>
  `${property} is violated: ${violation?.what}${atMs === null ? '' : ` (at ${seconds(atMs)})`}.`;

/** The verdict of a run in sentences: what was lost first, then what else is wrong, then what went well. */
export function verdictSentences(trace: Trace): string[] {
  const stories = callStories(trace).map((story) => callSentence(story, trace));
  const lost = stories.filter((sentence) => sentence.includes(' was lost: '));
  const others = trace.verdicts.filter(
    ({ property, verdict }) => verdict === 'violated' && property !== 'noInviteLost',
  );
  return [
    ...lost,
    ...others.map(violationSentence),
    ...stories.filter((sentence) => !lost.includes(sentence)),
    ...(stories.length === 0 && others.length === 0
      ? ['Every property holds; the scenario has no call to the user.']
      : []),
  ];
}

/** The sentence of a run that speaks of one violated property. */
export function sentenceAbout(property: string, trace: Trace): string {
  const sentences = verdictSentences(trace);
  const marker = property === 'noInviteLost' ? ' was lost: ' : `${property} is violated: `;
  return sentences.find((sentence) => sentence.includes(marker)) ?? sentences[0] ?? '';
}
