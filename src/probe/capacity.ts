import type { ServerAxes } from '../machines/serverProfile.ts';
import { axisTable } from '../profiles/serverAxes.ts';
import { type Conclusion, experiment, type Known, unknown } from './experiment.ts';
import {
  type Agent,
  agentName,
  bind,
  isGranted,
  type Laboratory,
  type RegisterOutcome,
  ringing,
  unbind,
  unbindAll,
} from './laboratory.ts';
import { agentNames } from './transcript.ts';

/** What was seen after one agent more had registered. */
interface Admission {
  readonly agent: Agent;
  readonly outcome: RegisterOutcome;
  /** Who rang. */
  readonly rang: readonly Agent[];
  /** Who was bound, whether it rang or not; null where that cannot be seen. */
  readonly present: readonly Agent[] | null;
}

interface Observation {
  readonly admissions: readonly Admission[];
  /** What the one that was refused got with nobody else registered; null where nobody was refused but the first. */
  readonly alone: RegisterOutcome | null;
}

/** Bindings that were tried at most, should the server have room for more. */
const enough = 5;

/** The second one is bound for a shorter time: that tells the oldest from the one that is soonest to expire. */
const lifetimeOf = (agent: Agent, { longSeconds, shortSeconds }: Known) => (agent === 1 ? shortSeconds : longSeconds);

/**
 * Who is bound besides those who rang: one who rings is removed, and the account called again, until nobody rings.
 * It ends at the first whom it meets again: with a server that does not remove, it would never end.
 */
async function peel(lab: Laboratory, rang: readonly Agent[]): Promise<readonly Agent[]> {
  const found = [...rang];
  let ringers = rang;
  while (ringers.length > 0) {
    await unbindAll(lab, ringers);
    const next = await ringing(lab);
    if (next.some((agent) => found.includes(agent))) break;
    found.push(...next);
    ringers = next;
  }
  return found.sort();
}

/** Who is bound when only some ring. */
function whoIsThere(lab: Laboratory, rang: readonly Agent[], newest: Agent, { axes }: Known) {
  if (axes.removalScope !== 'allOfUser') return peel(lab, rang);
  // Removing one would remove all. If it is the newest who rings, the others had to go.
  return rang.includes(newest) || rang.length === 0 ? rang : null;
}

/** One agent after the other registers, until one is refused or one is gone. */
async function fill(lab: Laboratory, known: Known): Promise<readonly Admission[]> {
  const admissions: Admission[] = [];
  for (let agent = 0; agent < Math.min(lab.agents, enough); agent++) {
    const outcome = await bind(lab, agent, lifetimeOf(agent, known));
    const before = admissions.at(-1)?.present ?? [];
    if (!isGranted(outcome)) return [...admissions, { agent, outcome, rang: [], present: before }];
    const rang = await ringing(lab);
    const everybody = [...before, agent];
    if (rang.length === everybody.length) {
      admissions.push({ agent, outcome, rang, present: everybody });
      continue;
    }
    const present = await whoIsThere(lab, rang, agent, known);
    admissions.push({ agent, outcome, rang, present });
    if (present === null || present.length < everybody.length) return admissions;
    // The server calls only some of them. Peeling has taken all away: once more, to go on.
    for (const one of everybody) await bind(lab, one, lifetimeOf(one, known));
  }
  return admissions;
}

function forkOf({ admissions }: Observation): Conclusion {
  const topic = axisTable.fork.title;
  const telling = admissions.find(({ present }) => present === null || present.length > 1);
  if (telling === undefined) return unknown(topic, 'never more than one binding, so there is nothing to fork to');
  const { rang, agent } = telling;
  const present = telling.present ?? admissions.slice(0, agent + 1).map((admission) => admission.agent);
  if (rang.length === present.length) return { topic, axes: { fork: 'all' }, says: 'every binding' };
  if (rang.length === 1 && rang[0] === present[0]) {
    return { topic, axes: { fork: 'first' }, says: 'the one registered first, no other' };
  }
  return unknown(topic, `of ${agentNames(present)} it called ${agentNames(rang)}, for which a profile has no word`);
}

type Eviction = Exclude<ServerAxes['whenFull']['do'], 'refuse'>;

function evictionOf(gone: readonly Agent[], before: readonly Agent[], { longSeconds, shortSeconds }: Known) {
  if (gone.length === before.length) return { rule: 'overwrite', says: 'replaces the others' } as const;
  const rules: Partial<Record<Agent, { readonly rule: Eviction; readonly says: string }>> = {
    0: { rule: 'evictOldest', says: 'evicts the one registered longest ago' },
    1: { rule: 'evictSoonestToExpire', says: 'evicts the one that is soonest to expire' },
  };
  // Granted the same lifetime, the one registered first is also the one that is soonest to expire.
  if (gone.length !== 1 || longSeconds === shortSeconds) return undefined;
  return rules[gone[0] ?? -1];
}

function unlimited(count: number): Conclusion[] {
  return [
    {
      topic: axisTable.capacity.title,
      axes: { capacity: null },
      says: `${count} at least: no limit was met`,
      ...(count < enough && { remark: 'there were no more user agents to try' }),
    },
    unknown(axisTable.whenFull.title, 'it was never full'),
  ];
}

function refused({ outcome }: Admission, present: readonly Agent[]): Conclusion[] {
  const { status, retryAfterSeconds } = outcome;
  const capacity: Conclusion = {
    topic: axisTable.capacity.title,
    axes: { capacity: present.length },
    says: String(present.length),
    ...(present.length === 0 && { remark: 'not even one: the account may be barred from registering' }),
  };
  const topic = axisTable.whenFull.title;
  if (status !== 403 && status !== 503 && status !== 603) {
    const found = status === null ? 'not answered' : `answered ${status}`;
    return [capacity, unknown(topic, `one more is ${found}, for which a profile has no word`)];
  }
  const retryAfter = retryAfterSeconds !== undefined;
  return [
    capacity,
    {
      topic,
      axes: { whenFull: { do: 'refuse', code: status, retryAfter } },
      says: `is refused with ${status}${retryAfter ? ` and Retry-After: ${retryAfterSeconds}` : ''}`,
    },
  ];
}

function evicted(
  admission: Admission,
  present: readonly Agent[],
  before: readonly Agent[],
  known: Known,
): Conclusion[] {
  const gone = before.filter((agent) => !present.includes(agent));
  const capacity: Conclusion = {
    topic: axisTable.capacity.title,
    axes: { capacity: before.length },
    says: String(before.length),
  };
  const topic = axisTable.whenFull.title;
  if (!present.includes(admission.agent)) {
    return [
      capacity,
      unknown(topic, `${agentName(admission.agent)} is answered ${admission.outcome.status} and not bound`),
    ];
  }
  const eviction = evictionOf(gone, before, known);
  if (eviction === undefined)
    return [capacity, unknown(topic, `${agentNames(gone)} of ${agentNames(before)} had to go`)];
  return [capacity, { topic, axes: { whenFull: { do: eviction.rule } }, says: eviction.says }];
}

function capacityOf({ admissions, alone }: Observation, known: Known): readonly Conclusion[] {
  const last = admissions.at(-1);
  if (last === undefined) return [];
  if (alone !== null && !isGranted(alone)) {
    const name = agentName(last.agent);
    return [
      unknown(axisTable.capacity.title, `${name} is refused with nobody else registered too, so not for want of room`),
    ];
  }
  const before = admissions.at(-2)?.present ?? [];
  if (!isGranted(last.outcome)) return refused(last, before);
  if (last.present === null) {
    const why = `${agentNames(last.rang)} alone rings, and an un-REGISTER that would show who else is there removes all`;
    return [unknown(axisTable.capacity.title, why)];
  }
  if (last.present.length === 0) {
    return [unknown(axisTable.capacity.title, 'a REGISTER is granted, but no call reaches the contact')];
  }
  return last.present.length > before.length
    ? unlimited(last.present.length)
    : evicted(last, last.present, before, known);
}

/** How many bindings the account may have, what one too many meets, and whom a call reaches. */
export const capacity = experiment<Observation>({
  does: `registers up to ${enough} contacts one after the other, and calls the account after each`,
  requests: (agents) => 4 * Math.min(agents, enough) ** 2,
  async observe(lab, known) {
    const admissions = await fill(lab, known);
    await unbindAll(
      lab,
      admissions.map(({ agent }) => agent),
    );
    const last = admissions.at(-1);
    if (last === undefined || last.agent === 0 || isGranted(last.outcome)) return { admissions, alone: null };
    const alone = await bind(lab, last.agent, known.longSeconds);
    await unbind(lab, last.agent);
    return { admissions, alone };
  },
  deduce: (observation, known) => [...capacityOf(observation, known), forkOf(observation)],
});
