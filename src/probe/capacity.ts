import type { ServerAxes } from '../machines/serverProfile.ts';
import { axisTable } from '../profiles/serverAxes.ts';
import { type Conclusion, experiment, type Known, moot, unknown, unsayable } from './experiment.ts';
import { type Check, enough, Filler, type Filling, type Refusal } from './filling.ts';
import { forkOf } from './forking.ts';
import { type Agent, agentName, isGranted, type RegisterOutcome } from './laboratory.ts';
import { agentNames } from './transcript.ts';

const title = axisTable.capacity.title;
const fullTitle = axisTable.whenFull.title;

type Eviction = Exclude<ServerAxes['whenFull']['do'], 'refuse'>;

const evictionWords: Readonly<Record<Eviction, string>> = {
  overwrite: 'replaces the others',
  evictOldest: 'evicts the one registered longest ago',
  evictSoonestToExpire: 'evicts the one that is soonest to expire',
};

const statusText = ({ status }: RegisterOutcome): string => (status === null ? 'with nothing' : String(status));

/** Who had to go for the newest one. */
const goneFrom = ({ granted, bound }: Check): readonly Agent[] =>
  granted.filter((agent) => !(bound ?? granted).includes(agent));

/**
 * By which rule somebody goes, each having lost in one of at least three rounds. In the first B is soonest to expire, in the
 * second A, the one registered longest ago; in the third the last one, and A has registered once more. Then as in the second
 * and the third again.
 */
function ruleOf(lost: readonly (readonly Agent[])[], count: number, known: Known): Eviction | undefined {
  if (lost.every(({ length }) => length === count)) return 'overwrite';
  // Granted the same lifetime, the one registered first is also the one that is soonest to expire.
  if (lost.length < 3 || lost.some(({ length }) => length !== 1) || known.longSeconds === known.shortSeconds)
    return undefined;
  const isInTurn = (...[first, second, third]: [Agent, Agent, Agent]) =>
    lost.flat().every((gone, round) => gone === (round === 0 ? first : round % 2 === 1 ? second : third));
  if (isInTurn(0, 0, 1)) return 'evictOldest';
  return isInTurn(1, 0, count - 1) ? 'evictSoonestToExpire' : undefined;
}

function whatElse(lost: readonly (readonly Agent[])[], before: readonly Agent[]): Conclusion {
  const isAlways = (gone: Agent | undefined) => lost.every((one) => one.length === 1 && one[0] === gone);
  const [first, second] = lost;
  const newest = before.at(-1);
  if (before.length > 1 && isAlways(0))
    return unsayable(
      fullTitle,
      'evicts the one registered first, though it is refreshed',
      `it was so in ${lost.length} rounds`,
    );
  const isNewest = [first, second].every((gone) => gone?.length === 1 && gone[0] === newest);
  if (isNewest) return unsayable(fullTitle, 'evicts the newest of the others', `of ${agentNames(before)}`);
  const rounds = lost.map((gone) => agentNames(gone)).join(', then ');
  return unknown(fullTitle, `of ${agentNames(before)} had to go ${rounds}: no rule that a profile has a word for`);
}

function unlimited(count: number, known: Known): Conclusion[] {
  if (known.callsFail !== null) {
    return [unknown(title, `${count} were granted, but ${known.callsFail}`), unknown(fullTitle, known.callsFail)];
  }
  const says = `more than ${count - 1}: no limit was met`;
  const remark = count < enough ? { remark: 'no more were tried' } : {};
  return [{ topic: title, axes: { capacity: null }, says, ...remark }, moot(fullTitle, 'it was never full')];
}

/** Why a refusal is not one for want of room; null where it is. */
function otherRefusal({ outcome, refreshed, again, alone, agent }: Refusal): string | null {
  const name = agentName(agent);
  if (refreshed !== null && !isGranted(refreshed))
    return `${name} is refused, and so is one that is registered: it may be the server that is busy`;
  const hasPassed = (one: RegisterOutcome | null) => one?.passed !== undefined && one.passed === outcome.status;
  if (hasPassed(refreshed) || hasPassed(alone))
    return `${name} is answered ${statusText(outcome)}, as are others for whom that passes: it may be the server that is busy`;
  if (again !== null && again.status !== outcome.status)
    return `${name} is answered ${statusText(outcome)}, and then ${statusText(again)}`;
  return alone === null || isGranted(alone)
    ? null
    : `${name} is refused with nobody else registered too, so not for want of room`;
}

/** Why A, refused with nobody registered, does not mean that there is room for nobody; null where it does. */
function passingRefusal({ status }: RegisterOutcome, { axes }: Known): string | null {
  if (axes.minimumExpires !== undefined || axes.maximumExpiresMs !== undefined)
    return 'A is refused with nobody registered, and was granted a binding before';
  const isBusy = status === null || status === 429 || (status >= 500 && status < 600);
  return isBusy
    ? `A is answered ${status ?? 'with nothing'} with nobody registered: it may be the server that is busy`
    : null;
}

/** A binding that nobody sees takes a place; whether there is one, a call with nobody of the probe registered may tell. */
function unseen({ emptied }: Filling): Pick<Conclusion, 'against'> {
  if (emptied === null || (emptied.status !== null && emptied.status >= 300 && !emptied.isAlerted)) return {};
  return { against: ['somebody else may be registered, whom the server does not list, and take a place'] };
}

function refused(refusal: Refusal, count: number, known: Known): Conclusion[] {
  const { status, retryAfterSeconds, isMixed } = refusal.outcome;
  const why = count === 0 ? passingRefusal(refusal.outcome, known) : otherRefusal(refusal);
  if (why !== null) return [unknown(title, why), unknown(fullTitle, why)];
  const against = known.callsFail === null ? {} : { against: [`nobody was seen to ring: ${known.callsFail}`] };
  const barred = count === 0 ? { remark: 'not even one: the account may be barred from registering' } : {};
  const retryAfter = retryAfterSeconds !== undefined;
  const capacity = { topic: title, axes: { capacity: count }, says: String(count), ...barred, ...against };
  if (isMixed)
    return [capacity, unknown(fullTitle, `is refused in different ways, once ${statusText(refusal.outcome)}`)];
  const answer =
    status === null
      ? { says: 'is not answered at all', remark: 'a profile says 408 for silence (RFC 3261 8.1.3.1)' }
      : { says: `is refused with ${status}${retryAfter ? ` and Retry-After: ${retryAfterSeconds}` : ''}` };
  return [
    capacity,
    { topic: fullTitle, axes: { whenFull: { do: 'refuse', code: status ?? 408, retryAfter } }, ...answer, ...against },
  ];
}

function evicted(last: Check, rounds: readonly Check[], before: readonly Agent[], known: Known): Conclusion[] {
  const newest = last.granted.at(-1) ?? 0;
  const capacity = { topic: title, axes: { capacity: before.length }, says: String(before.length) };
  if (!last.bound?.includes(newest)) {
    const why = `${agentName(newest)} is answered 200 and not bound`;
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  const all = [last, ...rounds];
  if (rounds.length === 0 || all.some((one) => one.granted.length !== last.granted.length || one.bound === null)) {
    const why = 'what was seen once could not be seen again';
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  const lost = all.map(goneFrom);
  if (lost.some(({ length }) => length === 0)) {
    const why = `${lost.map((gone) => agentNames(gone)).join(', then ')} had to go`;
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  const rule = ruleOf(lost, before.length, known);
  if (rule === undefined) return [capacity, whatElse(lost, before)];
  const says = evictionWords[rule];
  return [capacity, { topic: fullTitle, axes: { whenFull: { do: rule } }, says, needsRepetition: true }];
}

function capacityOf(filling: Filling, known: Known): readonly Conclusion[] {
  const { checks, refusal, rounds } = filling;
  const last = checks.at(-1);
  if (last?.bound === null) {
    const why = `${agentNames(last.rang)} alone rings, and an un-REGISTER that would show who else is there removes all`;
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  const count = last?.bound?.length ?? 0;
  if (last !== undefined && count === 0) {
    const why = 'a REGISTER is granted, but no call reaches the contact';
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  if (refusal !== null && last?.rang.includes(refusal.agent)) {
    const why = `${agentName(refusal.agent)} is refused, and rings all the same`;
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  if (refusal !== null && count === (last?.granted.length ?? 0)) return refused(refusal, count, known);
  if (last === undefined) return [];
  if (count === last.granted.length) return unlimited(count, known);
  return evicted(last, rounds, last.granted.slice(0, -1), known);
}

/** How many bindings the account may have, what one too many meets, and whom a call reaches. */
export const capacity = experiment<Filling>({
  does: `registers up to ${enough} contacts one after the other, and calls the account now and then; three to five times if one has to go`,
  asks: ['capacity', 'whenFull', 'fork'],
  needsCalls: false,
  requests: (agents) => 32 * Math.min(agents, enough),
  observe: (lab, known) => new Filler(lab, known).fill(),
  deduce: (filling, known) => [
    ...capacityOf(filling, known).map((one) => (one.axes.capacity == null ? one : { ...unseen(filling), ...one })),
    forkOf(filling, known),
  ],
});
