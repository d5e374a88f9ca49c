import { axisTable } from '../profiles/serverAxes.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { type Conclusion, type Known, moot, unknown } from './experiment.ts';
import type { Filling, Hunt } from './filling.ts';
import { agentNames } from './transcript.ts';

const topic = axisTable.fork.title;

/** Who rang only after a while, or only when the others had declined: the server calls one after the other. */
function oneByOne({ soon, late, declined }: Hunt): string | null {
  const lateOnes = late.rang.slice(soon.rang.length);
  const lateMs = late.rangAtMs[soon.rang.length];
  if (lateMs !== undefined) {
    return `one after the other: ${agentNames(soon.rang)}, and after ${formatDuration(Math.round(lateMs / 100) * 100)} ${agentNames(lateOnes)}`;
  }
  const next = declined.rang.slice(late.rang.length);
  return next.length === 0
    ? null
    : `one after the other: ${agentNames(late.rang)}, and ${agentNames(next)} only when that has declined`;
}

/** Whom an INVITE reaches where several are bound. */
export function forkOf({ checks, hunt }: Filling, { callsFail, ringWaitMs }: Known): Conclusion {
  if (callsFail !== null) return unknown(topic, callsFail);
  const telling = checks.find(({ bound }) => bound === null || bound.length > 1);
  if (telling === undefined) {
    return moot(topic, 'never more than one binding, so there is nothing to fork to');
  }
  const { rang, bound } = telling;
  if (bound === null) return unknown(topic, `${agentNames(rang)} alone rings, and who else is bound cannot be seen`);
  if (rang.length === bound.length) {
    const against = telling.isUnsteady ? { against: ['in one of two calls not all of them rang'] } : {};
    const partly = checks.find((check) => check.rang.length < (check.bound?.length ?? 0));
    const remark = partly && { remark: `with ${partly.bound?.length} bound only ${partly.rang.length} of them rang` };
    return { topic, axes: { fork: 'all' }, says: 'every binding', ...remark, ...against };
  }
  const hunted = hunt === null ? null : oneByOne(hunt);
  if (hunted !== null) return unknown(topic, `${hunted}: a profile has no word for it`);
  const said = `of ${agentNames(bound)} it calls ${agentNames(rang)}`;
  if (hunt === null || rang.length !== 1) return unknown(topic, `${said}, for which a profile has no word`);
  if (rang[0] === bound[0]) {
    const remark = `nobody else within ${formatDuration(ringWaitMs)}, nor when it declined`;
    return { topic, axes: { fork: 'first' }, says: 'the one registered first, no other', remark };
  }
  return unknown(
    topic,
    `${said}, ${rang[0] === bound.at(-1) ? 'the newest only' : 'one of them'}: a profile has no word for it`,
  );
}
