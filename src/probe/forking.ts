import { axisTable } from '../profiles/serverAxes.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { type Conclusion, type Known, moot, unknown, unsayable } from './experiment.ts';
import type { Check, Filling, Hunt } from './filling.ts';
import type { Agent } from './laboratory.ts';
import { agentNames } from './transcript.ts';

const topic = axisTable.fork.title;

/** Who rang only after a while, or only when the others had declined: the server calls one after the other. */
function oneByOne({ soon, late, declined }: Hunt): string | null {
  const lateOnes = late.rang.slice(soon.rang.length);
  const lateMs = late.rangAtMs[soon.rang.length];
  if (lateMs !== undefined) {
    const after = formatDuration(Math.round(lateMs / 100) * 100);
    return `one after the other: ${agentNames(soon.rang)}, and after ${after} ${agentNames(lateOnes)}`;
  }
  const next = declined.rang.slice(late.rang.length);
  return next.length === 0
    ? null
    : `one after the other: ${agentNames(late.rang)}, and ${agentNames(next)} only when that has declined`;
}

const everybody = ({ calls, bound }: Check): Conclusion | null => {
  const isWhole = (rang: readonly Agent[]) => rang.length === (bound?.length ?? 0);
  if (!calls.some(isWhole)) return null;
  const against = calls.every(isWhole) ? {} : { against: ['in one of two calls not all of them rang'] };
  return { topic, axes: { fork: 'all' }, says: 'every binding', ...against };
};

/** With several bound: who rang in each call, and who had registered first and last of those bound. */
function singles(checks: readonly Check[], hunt: Hunt) {
  const several = checks.filter(({ bound }) => bound !== null && bound.length > 1);
  const hunted = [hunt.soon.rang, ...hunt.again].map((rang) => ({ rang, bound: hunt.expected }));
  return [...several.flatMap(({ calls, bound }) => calls.map((rang) => ({ rang, bound: bound ?? [] }))), ...hunted];
}

/** Which one it is that a server calls which calls one only. */
function theOne(checks: readonly Check[], hunt: Hunt, { ringWaitMs }: Known): Conclusion {
  const calls = singles(checks, hunt);
  const nobodyElse = `nobody else within ${formatDuration(ringWaitMs)}, nor when it declined`;
  const [refreshed] = hunt.refreshed;
  if (calls.every(({ rang, bound }) => rang[0] === bound[0])) {
    const first = { topic, axes: { fork: 'first' }, says: 'the one registered first, no other' } as const;
    if (refreshed === 1) return { ...first, remark: nobodyElse, needsRepetition: true };
    if (refreshed === 0) return unsayable(topic, 'the one registered first, though it is refreshed', nobodyElse);
  } else if (calls.every(({ rang, bound }) => rang[0] === bound.at(-1))) {
    const though = refreshed === 0 ? '' : ', whoever is refreshed';
    return unsayable(topic, `the newest only${though}`, nobodyElse);
  }
  return unsayable(topic, 'one of them, not always the same', nobodyElse);
}

/** Whom an INVITE reaches where several are bound. */
export function forkOf({ checks, hunt }: Filling, known: Known): Conclusion {
  if (known.callsFail !== null) return unknown(topic, known.callsFail);
  const telling = checks.find(({ bound }) => bound === null || bound.length > 1);
  if (telling === undefined) {
    return moot(topic, 'never more than one binding, so there is nothing to fork to');
  }
  const { rang, bound } = telling;
  if (bound === null) return unknown(topic, `${agentNames(rang)} alone rings, and who else is bound cannot be seen`);
  const all = everybody(telling);
  if (all !== null) {
    const partly = checks.find((check) => check.bound !== null && everybody(check) === null);
    const remark = partly && { remark: `with ${partly.bound?.length} bound only ${partly.rang.length} of them rang` };
    return { ...all, ...remark };
  }
  const said = `of ${agentNames(bound)} it calls ${agentNames(rang)}`;
  if (hunt === null) return unknown(topic, `${said}, for which a profile has no word`);
  const hunted = oneByOne(hunt);
  if (hunted !== null) return unsayable(topic, hunted, 'serial forking');
  if (singles(checks, hunt).some((call) => call.rang.length !== 1))
    return unknown(topic, `${said}, and others at other times`);
  return theOne(checks, hunt, known);
}
