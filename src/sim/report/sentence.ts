import { type Call, type Contact, calls, ownerOf, type PartyName, type Role } from '../../machines/messages.ts';
import type { PhoneEnd } from '../../machines/observations.ts';
import { phoneOf, roleOf } from '../../machines/phones.ts';
import type { TraceBody, Verdict } from '../trace/trace.ts';
import { banWords } from './bans.ts';
import type { Unheard } from './callFacts.ts';
import { partsOfCall } from './callParts.ts';
import { type CallStory, callStories, isLost } from './callStory.ts';
import { type DialogFacts, dialogFactsOf } from './dialogFacts.ts';
import { isOfSystem } from './lanes.ts';
import { systemSentences } from './systemRows.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** How the caller noticed that nothing came of the call, and which timer was behind it. */
function ending({ end, facts: { endTimer } }: CallStory): string {
  if (end === null) return 'it had no end by the end of the run';
  const timer = endTimer === null ? '' : ` (${endTimer.name} of the ${partyNamed(endTimer.party)})`;
  if (end.how === 'failed') return `the caller got ${end.code} at ${seconds(end.atMs)}${timer}`;
  if (end.how === 'abandoned') return `the caller gave up at ${seconds(end.atMs)}${timer}`;
  if (end.contact === 'voicemail') return `the voice mailbox took it at ${seconds(end.atMs)}`;
  return `the caller was connected with ${end.contact} at ${seconds(end.atMs)}`;
}

const roleNamed: Readonly<Record<Role, string>> = {
  caller: 'caller',
  sipServer: 'SIP server',
  pushServer: 'push server',
  notificationService: 'push service',
  app: 'app',
};

const partyNamed = (party: PartyName): string => {
  const phone = phoneOf(party) ?? 1;
  return `${roleNamed[roleOf(party)]}${phone === 1 ? '' : ` of phone ${phone}`}`;
};

/** An app that is told so long before the end has had its chance. */
const wakingMs = 5_000;

const unheardWords: Readonly<Record<Unheard, string>> = {
  nobodyThere: 'nobody listened there any more',
  addressLeft: 'the phone had left that address',
  waits: 'the INVITE waited there in the buffer of the suspended app',
  bufferFull: 'the buffer of the suspended app was full there',
  lost: 'the INVITE to it was lost',
  banned: 'the firewall dropped it',
  refused: 'the server had no connection to it',
  notSent: 'the server sent no INVITE to it',
};

/** What became of the INVITE on its way to the app. */
function atApp({ bindings, facts, end }: CallStory): string {
  const reached = facts.inviteReachedAppMs;
  if (reached !== null) {
    const isLate = end !== null && reached >= end.atMs;
    return `the INVITE reached the app ${isLate ? 'only ' : ''}at ${seconds(reached)}`;
  }
  const called = facts.branches.filter((contact) => ownerOf(contact as Contact) === 'app');
  const asked = called.length > 0 ? called : bindings.filter((contact) => ownerOf(contact) === 'app');
  const why = new Set(asked.map((contact) => unheardWords[facts.unheard[contact] ?? 'notSent']));
  return [...why].join(', ');
}

/** Why nobody was alerted although the push server was registered. */
function pushCause(story: CallStory): string {
  const { facts, inviteAtServerMs, pushSentMs, pushArrivedMs, pushLost, end } = story;
  const taken = facts.inviteReachedPushServerMs;
  if (taken === null) {
    const others = facts.branches.filter((contact) => ownerOf(contact as Contact) !== 'pushServer');
    return others.length === facts.branches.length && others.length > 0
      ? `the server called ${others.join(', ')} and not the push server, and ${atApp(story)}`
      : 'the push server was registered but never took the INVITE';
  }
  const late = taken - (inviteAtServerMs ?? taken);
  if (late > wakingMs) return `the push server took the INVITE only ${seconds(late)} after it had come`;
  if (pushSentMs !== null && pushSentMs - taken > wakingMs) {
    return `the push reached the push service only ${seconds(pushSentMs - taken)} after the push server had the INVITE`;
  }
  if (pushSentMs !== null && pushArrivedMs !== null) {
    const took = seconds(pushArrivedMs - pushSentMs);
    const inTime = end !== null && end.atMs - pushArrivedMs > wakingMs;
    if (!inTime) return `the push took ${took}, too long for this call`;
    return facts.inviteReachedAppMs === null
      ? `the push arrived after ${took}, but the INVITE never reached the app`
      : `the push arrived after ${took}, and ${atApp(story)}, but the user was not alerted`;
  }
  if (pushSentMs === null) return 'the push server held the INVITE, but its push never got to the push service';
  return pushLost
    ? 'the push server held the INVITE, but its push was lost'
    : 'the push server held the INVITE, but its push never woke the phone';
}

/** Why nobody was alerted, as far as the trace shows it. */
function cause(story: CallStory): string {
  const { nobody, bindings, inviteAtServerMs, otherDevice, facts } = story;
  if (inviteAtServerMs === null) return 'the INVITE never reached the SIP server';
  if (facts.refusal !== null) return `the app refused it with ${facts.refusal.code} at ${seconds(facts.refusal.atMs)}`;
  if (otherDevice === 'calledAlone') return "the server calls one contact only, and that was the other device's";
  const nobodyWas = otherDevice === 'none' ? 'nobody was' : 'neither app nor push server was';
  if (nobody !== null) {
    const stretch =
      nobody.untilMs === null
        ? `${nobodyWas} registered from ${seconds(nobody.fromMs)} on`
        : `${nobodyWas} registered for ${seconds(nobody.untilMs - nobody.fromMs)}`;
    return `${stretch}, and the INVITE came ${seconds(inviteAtServerMs - nobody.fromMs)} into it`;
  }
  if (bindings.some((contact) => ownerOf(contact) === 'pushServer')) return pushCause(story);
  return `only the app was registered (${bindings.join(', ')}), and ${atApp(story)}`;
}

const isWithPhone = (end: CallStory['end']): boolean =>
  end?.how === 'connected' && end.contact !== 'voicemail' && end.contact !== 'otherDevice';

function callSentence(story: CallStory, trace: TraceBody): string {
  const name = `Call ${story.call}${story.isOneOfMany ? `, dialled at ${seconds(story.placedAtMs)},` : ''}`;
  const banned = banWords(trace, story.end?.atMs ?? Number.POSITIVE_INFINITY);
  if (isLost(story)) return `${name} was lost: ${cause(story)}; ${ending(story)}${banned}.`;
  if (story.alertedMs === null && story.takenMs !== null)
    return `${name} was answered on another device ${seconds(story.takenMs - story.placedAtMs)} after it was dialled.`;
  if (story.alertedMs === null) return `${name} is still open at the end of the run.`;
  const alerted = `${name} alerted the user ${seconds(story.alertedMs - story.placedAtMs)} after it was dialled`;
  if (story.answeredMs !== null) {
    return isWithPhone(story.end)
      ? `${alerted} and was answered.`
      : `${alerted}, who answered, but the caller was never connected with the phone: ${ending(story)}${banned}.`;
  }
  if (story.takenMs !== null) return `${alerted}; it was answered on another device.`;
  return `${alerted}; ${ending(story)}.`;
}

/** How far the 200 of the phone came. */
function answerWords({ okSentMs, okAtServerMs, okAtCallerMs }: DialogFacts): string {
  if (okAtCallerMs !== null) return `the 200 reached the caller at ${seconds(okAtCallerMs)}`;
  if (okAtServerMs !== null) return `the 200 reached the SIP server at ${seconds(okAtServerMs)}, but never the caller`;
  if (okSentMs !== null) return `the app sent a 200 at ${seconds(okSentMs)} that never reached the SIP server`;
  return 'the app never sent a 200';
}

const endWords: Readonly<Record<PhoneEnd, string>> = {
  hungUp: 'hung up',
  told: 'was told that it was over',
  noAck: 'gave up without an ACK',
  noInvite: 'gave up without an INVITE',
  noAnswer: 'gave up without an answer to its re-INVITE',
  expired: 'ended a session that was not refreshed',
};

const endsWords = ({ ends }: DialogFacts): string[] =>
  ends.map(({ who, why, atMs }) => `the ${who} ${endWords[why]} at ${seconds(atMs)}`);

/** Why a property about answered calls is violated by a call; nothing for other properties. */
function whyViolated({ property, step }: Verdict, call: Call, trace: TraceBody): string {
  if (!['answeredConnects', 'callSurvives', 'endsAgree'].includes(property)) return '';
  const own = partsOfCall(trace, call).findLast(({ records }) => Number(records[0]?.step) <= (step ?? Infinity));
  const facts = dialogFactsOf(own ?? trace, call);
  const clauses = [...(property === 'answeredConnects' ? [answerWords(facts)] : []), ...endsWords(facts)];
  return clauses.length === 0 ? '' : `; call ${call}: ${clauses.join(', ')}`;
}

function violationSentence(verdict: Verdict, trace: TraceBody): string {
  const { property, violation, atMs } = verdict;
  const why = calls
    .filter((call) => violation?.calls.includes(call))
    .map((call) => whyViolated(verdict, call, trace))
    .join('');
  return `${property} is violated: ${violation?.what}${atMs === null ? '' : ` (at ${seconds(atMs)})`}${why}.`;
}

/**
 * The verdict of a run in sentences: what was lost first, then what else is wrong, then what went well.
 *
 * @example
 * ```ts
 * import { defineScenario, simulate, verdictSentences } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * console.log(verdictSentences(simulate(scenario, 7)).join('\n'));
 * ```
 */
export function verdictSentences(trace: TraceBody): string[] {
  if (isOfSystem(trace)) return systemSentences(trace);
  const stories = callStories(trace);
  const lost = stories.filter(isLost);
  const told = (story: CallStory) => callSentence(story, trace);
  const violated = trace.verdicts.filter(
    ({ property, verdict }) => verdict === 'violated' && property !== 'noInviteLost',
  );
  return [
    ...lost.map(told),
    ...violated.map((verdict) => violationSentence(verdict, trace)),
    // Of a day the other calls would be a list.
    ...(stories.some(({ isOneOfMany }) => isOneOfMany)
      ? [`${lost.length} of ${stories.length} calls lost.`]
      : stories.filter((story) => !lost.includes(story)).map(told)),
    ...(stories.length + violated.length === 0 ? ['Every property holds; the scenario has no call to the user.'] : []),
  ];
}

/** The sentence of a run that speaks of one violated property. */
export function sentenceAbout(property: string, trace: TraceBody): string {
  const sentences = verdictSentences(trace);
  const marker = property === 'noInviteLost' ? ' was lost: ' : `${property} is violated: `;
  return sentences.find((sentence) => sentence.includes(marker)) ?? `${property} is violated.`;
}
