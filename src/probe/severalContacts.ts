import { axisTable } from '../profiles/serverAxes.ts';
import { type Conclusion, experiment, type Known, moot, unknown } from './experiment.ts';
import { type Agent, bind, isGranted, type Laboratory, type RegisterOutcome, unbindAll } from './laboratory.ts';
import { whoIsBound } from './presence.ts';
import { agentNames } from './transcript.ts';

interface Observation {
  /** Who was bound before. */
  readonly before: readonly Agent[];
  /** Whom the one REGISTER removes. */
  readonly old: Agent;
  /** Whom it adds. */
  readonly added: Agent;
  readonly outcome: RegisterOutcome;
  /** Who was bound after it; null where that cannot be seen. */
  readonly present: readonly Agent[] | null;
  /** Where the old one was still there: whether a REGISTER about nothing else removes it. Null where that is not known. */
  readonly isRemovedAlone: boolean | null;
}

const topic = axisTable.severalContacts.title;

/** Whether the contact of another agent can be removed by its name. */
async function removesAlone(lab: Laboratory, old: Agent, by: Agent, known: Known): Promise<boolean | null> {
  await unbindAll(lab, [by]);
  await bind(lab, old, known.longSeconds);
  const outcome = await lab.register({ from: by, contacts: [{ agent: old, expiresSeconds: 0 }] });
  if (!isGranted(outcome)) return null;
  const { bound } = await whoIsBound(lab, [old], known);
  return bound === null ? null : !bound.includes(old);
}

const cannotName = {
  topic: axisTable.sbc.title,
  axes: {
    sbc: {
      rewritesContacts: true,
      cacheMs: null,
      flowMs: null,
      comparesVia: false,
      natExpiresMs: null,
      alertMs: null,
    },
  },
  says: 'nobody can name the contact of another, as behind an SBC that rewrites Contacts',
  needsRepetition: true,
} as const satisfies Conclusion;

/** The one to be removed is still there. */
function stillThere(
  { outcome, isRemovedAlone, old, added, present }: Observation,
  known: Known,
): readonly Conclusion[] {
  if (known.axes.matchesBindingBy === 'callId') {
    return [unknown(topic, 'a Contact is found only under the Call-ID that has registered it')];
  }
  if (isRemovedAlone === false) return [cannotName, unknown(topic, 'the contact to be removed was not recognised')];
  if (!isGranted(outcome)) {
    const answer = outcome.status === null ? 'is not answered' : `is refused with ${outcome.status}`;
    return [{ ...unknown(topic, `a REGISTER with two Contacts ${answer} and changes nothing`), needsRepetition: true }];
  }
  const what = present?.includes(added) ? `${agentNames([added])} was added, and ` : 'nothing was carried out, ';
  return [unknown(topic, `${what}${agentNames([old])} was not removed although it is named`)];
}

/** The one to be removed is gone. */
function swapped({ before, old, added, outcome, present }: Observation, { axes }: Known): Conclusion {
  const limit = axes.capacity ?? null;
  const sequential = { topic, axes: { severalContacts: 'sequential' }, needsRepetition: true } as const;
  if (!isGranted(outcome)) {
    return {
      ...sequential,
      says: `one after the other: ${agentNames([old])} is gone although the REGISTER was refused`,
    };
  }
  if (!present?.includes(added)) {
    return unknown(topic, `of two Contacts only the first is carried out, although the answer is ${outcome.status}`);
  }
  if (limit === null || limit > before.length) {
    return moot(topic, 'a swap succeeds; on an account without limit it would either way');
  }
  if (!before.every((agent) => agent === old || present.includes(agent))) {
    return { ...sequential, says: 'one after the other: another binding had to make room all the same' };
  }
  if (axes.whenFull?.do === 'overwrite' && limit === 1) {
    return moot(topic, 'the newest binding replaces the others either way');
  }
  if (axes.whenFull === undefined) return unknown(topic, 'a swap succeeds; it is not known what a full account does');
  return { topic, axes: { severalContacts: 'atomic' }, says: 'all or nothing: a swap succeeds on a full account' };
}

/**
 * A swap in one REGISTER: it removes the newest binding of a full server and adds another one. All or nothing, there is
 * room; Contact by Contact there is none, and somebody pays for it.
 */
export const severalContacts = experiment<Observation>({
  does: 'fills the account, then sends one REGISTER that removes one contact and adds another, and calls the account',
  asks: ['severalContacts'],
  needsCalls: true,
  requests: (agents) => 5 * agents + 10,
  async observe(lab, known) {
    const count = Math.max(1, Math.min(known.axes.capacity ?? 1, lab.agents - 1));
    const before = Array.from({ length: count }, (_, agent) => agent);
    for (const agent of before) await bind(lab, agent, known.longSeconds);
    const [old, added] = [count - 1, count];
    const outcome = await lab.register({
      from: added,
      contacts: [
        { agent: old, expiresSeconds: 0 },
        { agent: added, expiresSeconds: known.longSeconds },
      ],
    });
    const expected = [...before.filter((agent) => agent !== old), added];
    const { bound: present } = await whoIsBound(lab, expected, known);
    await unbindAll(lab, [...before, added]);
    const isRemovedAlone = present?.includes(old) ? await removesAlone(lab, old, added, known) : null;
    await unbindAll(lab, [old]);
    return { before, old, added, outcome, present, isRemovedAlone };
  },
  deduce(observation, known) {
    const { capacity } = known.axes;
    if (capacity === 0) return [moot(topic, 'no binding is granted')];
    if (capacity === undefined) return [unknown(topic, 'it is not known when the account is full')];
    if (observation.present === null) return [unknown(topic, 'who is bound after a swap cannot be seen')];
    if (observation.present.includes(observation.old)) return stillThere(observation, known);
    return [swapped(observation, known)];
  },
});
