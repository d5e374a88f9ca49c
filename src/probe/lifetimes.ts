import { axisTable } from '../profiles/serverAxes.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { type Conclusion, experiment, unknown } from './experiment.ts';
import { bind, isGranted, type Laboratory, type RegisterOutcome, unbind } from './laboratory.ts';

interface Observation {
  /** The answer to a wish for one second. */
  readonly brief: RegisterOutcome;
  /** The shortest of some lifetimes that was granted, where 423 names none (against RFC 3261 10.3 step 7). */
  readonly accepted: RegisterOutcome | null;
  /** The answer to a wish for a day. */
  readonly long: RegisterOutcome;
}

const briefSeconds = 1;
const daySeconds = 86_400;
/** Usual minima, tried in turn where a 423 does not say. */
const ladderSeconds = [60, 120, 300, 600, 1_800, 3_600];

async function climb(lab: Laboratory): Promise<RegisterOutcome | null> {
  for (const seconds of ladderSeconds) {
    const outcome = await bind(lab, 0, seconds);
    if (isGranted(outcome)) return { grantedSeconds: seconds, ...outcome };
    if (outcome.status !== 423) return null;
  }
  return null;
}

function shortest({ brief, accepted }: Observation): Conclusion {
  const topic = axisTable.minimumExpires.title;
  const tooBrief = (seconds: number, remark?: string): Conclusion => ({
    topic,
    axes: { minimumExpires: { ms: seconds * 1_000, answer: 'intervalTooBrief' } },
    says: `${formatDuration(seconds * 1_000)}, less is refused with 423`,
    ...(remark && { remark }),
  });
  if (brief.status === 423) {
    if (brief.minExpiresSeconds !== undefined) return tooBrief(brief.minExpiresSeconds);
    const seconds = accepted?.grantedSeconds;
    if (seconds === undefined) return unknown(topic, 'the 423 names no Min-Expires, and an hour was refused too');
    return tooBrief(seconds, 'the 423 names no Min-Expires; the shortest of some that was granted');
  }
  if (!isGranted(brief)) return unknown(topic, `a REGISTER for ${briefSeconds} s was not granted`);
  if (brief.grantedSeconds === undefined) return unknown(topic, 'the 200 does not say for how long');
  const ms = brief.grantedSeconds * 1_000;
  const says = ms > briefSeconds * 1_000 ? `${formatDuration(ms)}, less is raised` : 'none: 1 s is granted';
  return { topic, axes: { minimumExpires: { ms, answer: 'raise' } }, says };
}

function longest({ long }: Observation): Conclusion {
  const topic = axisTable.maximumExpiresMs.title;
  if (!isGranted(long)) return unknown(topic, 'a REGISTER for a day was not granted');
  if (long.grantedSeconds === undefined) return unknown(topic, 'the 200 does not say for how long');
  const ms = long.grantedSeconds * 1_000;
  const isLimit = long.grantedSeconds < daySeconds;
  return {
    topic,
    axes: { maximumExpiresMs: ms },
    says: isLimit ? `${formatDuration(ms)}, more is lowered` : 'a day at least',
  };
}

/** How long a binding may live. */
export const lifetimes = experiment<Observation>({
  does: 'asks for bindings of 1 s and of a day, and removes them',
  asks: ['minimumExpires', 'maximumExpiresMs'],
  needsCalls: false,
  requests: () => 3 + ladderSeconds.length,
  async observe(lab) {
    const brief = await bind(lab, 0, briefSeconds);
    const accepted = brief.status === 423 && brief.minExpiresSeconds === undefined ? await climb(lab) : null;
    const long = await bind(lab, 0, daySeconds);
    await unbind(lab, 0);
    return { brief, accepted, long };
  },
  deduce: (observation) => [shortest(observation), longest(observation)],
});

/** Two lifetimes that the server takes and, if it can, tells apart: as short as may be, should the probe be killed. */
export function usableLifetimes(minimumMs = 0, maximumMs = Number.POSITIVE_INFINITY) {
  const [minimum, maximum] = [Math.ceil(minimumMs / 1_000), Math.floor(maximumMs / 1_000)];
  const clamp = (seconds: number) => Math.max(1, Math.min(Math.max(seconds, minimum), maximum));
  const shortSeconds = clamp(120);
  return { shortSeconds, longSeconds: clamp(shortSeconds * 3) };
}
