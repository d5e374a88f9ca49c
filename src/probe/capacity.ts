import type { ServerAxes } from '../machines/serverProfile.ts';
import { axisTable } from '../profiles/serverAxes.ts';
import { type Conclusion, experiment, type Known, moot, unknown } from './experiment.ts';
import { type Check, enough, Filler, type Filling, type Refusal } from './filling.ts';
import { forkOf } from './forking.ts';
import { type Agent, agentName, isGranted } from './laboratory.ts';
import { agentNames } from './transcript.ts';

const title = axisTable.capacity.title;
const fullTitle = axisTable.whenFull.title;

type Eviction = Exclude<ServerAxes['whenFull']['do'], 'refuse'>;

const evictionWords: Readonly<Record<Eviction, string>> = {
  overwrite: 'replaces the others',
  evictOldest: 'evicts the one registered longest ago',
  evictSoonestToExpire: 'evicts the one that is soonest to expire',
};

/** Who had to go for the newest one. */
const goneFrom = ({ granted, bound }: Check): readonly Agent[] =>
  granted.filter((agent) => !(bound ?? granted).includes(agent));

/**
 * By which rule somebody goes. Once B is soonest to expire and once A, the one registered longest ago: who goes in the
 * first round may be the newest of the old ones as well, and in the second the oldest.
 */
function ruleOf(
  first: readonly Agent[],
  second: readonly Agent[],
  count: number,
  { longSeconds, shortSeconds }: Known,
) {
  if (first.length === count && second.length === count) return 'overwrite';
  // Granted the same lifetime, the one registered first is also the one that is soonest to expire.
  if (first.length !== 1 || second.length !== 1 || longSeconds === shortSeconds) return undefined;
  if (first[0] === 0 && second[0] === 0) return 'evictOldest';
  return first[0] === 1 && second[0] === 0 ? 'evictSoonestToExpire' : undefined;
}

const whatElse = (first: readonly Agent[], second: readonly Agent[], before: readonly Agent[]): string => {
  const isNewest = [first, second].every((gone) => gone.length === 1 && gone[0] === before.at(-1));
  if (isNewest) return 'evicts the newest of the others, for which a profile has no word';
  const rounds = `${agentNames(first)} of ${agentNames(before)} had to go, and then ${agentNames(second)}`;
  return `${rounds}: no rule that a profile has a word for`;
};

function unlimited(count: number, known: Known): Conclusion[] {
  if (known.callsFail !== null) {
    return [unknown(title, `${count} were granted, but ${known.callsFail}`), unknown(fullTitle, known.callsFail)];
  }
  const says = `${count} at least: no limit was met`;
  const remark = count < enough ? { remark: 'no more were tried' } : {};
  return [{ topic: title, axes: { capacity: null }, says, ...remark }, moot(fullTitle, 'it was never full')];
}

function refused({ outcome, alone, agent }: Refusal, count: number, known: Known): Conclusion[] {
  const { status, retryAfterSeconds } = outcome;
  if (alone !== null && !isGranted(alone)) {
    const why = `${agentName(agent)} is refused with nobody else registered too, so not for want of room`;
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  const against = known.callsFail === null ? {} : { against: [`nobody was seen to ring: ${known.callsFail}`] };
  const barred = count === 0 ? { remark: 'not even one: the account may be barred from registering' } : {};
  const retryAfter = retryAfterSeconds !== undefined;
  const answer =
    status === null
      ? { says: 'is not answered at all', remark: 'a profile says 408 for silence (RFC 3261 8.1.3.1)' }
      : { says: `is refused with ${status}${retryAfter ? ` and Retry-After: ${retryAfterSeconds}` : ''}` };
  return [
    { topic: title, axes: { capacity: count }, says: String(count), ...barred, ...against },
    { topic: fullTitle, axes: { whenFull: { do: 'refuse', code: status ?? 408, retryAfter } }, ...answer, ...against },
  ];
}

function evicted(last: Check, again: Check | null, before: readonly Agent[], known: Known): Conclusion[] {
  const newest = last.granted.at(-1) ?? 0;
  const capacity = { topic: title, axes: { capacity: before.length }, says: String(before.length) };
  if (!last.bound?.includes(newest)) {
    const why = `${agentName(newest)} is answered 200 and not bound`;
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  if (again?.granted.length !== last.granted.length || again.bound === null)
    return [capacity, unknown(fullTitle, 'what was seen once could not be seen again')];
  const [first, second] = [goneFrom(last), goneFrom(again)];
  if (second.length === 0) {
    const why = `${agentNames(first)} had to go the first time, and nobody the second`;
    return [unknown(title, why), unknown(fullTitle, why)];
  }
  const rule = ruleOf(first, second, before.length, known);
  if (rule === undefined) return [capacity, unknown(fullTitle, whatElse(first, second, before))];
  return [capacity, { topic: fullTitle, axes: { whenFull: { do: rule } }, says: evictionWords[rule] }];
}

function capacityOf({ checks, refusal, again }: Filling, known: Known): readonly Conclusion[] {
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
  return evicted(last, again, last.granted.slice(0, -1), known);
}

/** How many bindings the account may have, what one too many meets, and whom a call reaches. */
export const capacity = experiment<Filling>({
  does: `registers up to ${enough} contacts one after the other, and calls the account now and then; twice if one has to go`,
  asks: ['capacity', 'whenFull', 'fork'],
  needsCalls: false,
  requests: (agents) => 20 * Math.min(agents, enough),
  observe: (lab, known) => new Filler(lab, known).fill(),
  deduce: (filling, known) => [...capacityOf(filling, known), forkOf(filling, known)],
});
