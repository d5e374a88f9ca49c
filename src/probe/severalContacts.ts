import { axisTable } from '../profiles/serverAxes.ts';
import { experiment, type Known, unknown } from './experiment.ts';
import {
  type Agent,
  bind,
  isGranted,
  type Laboratory,
  type RegisterOutcome,
  ringing,
  unbindAll,
} from './laboratory.ts';
import { agentNames } from './transcript.ts';

interface Observation {
  /** Who was bound before. */
  readonly before: readonly Agent[];
  /** Whom the one REGISTER removes. */
  readonly old: Agent;
  /** Whom it adds. */
  readonly new: Agent;
  readonly outcome: RegisterOutcome;
  readonly present: readonly Agent[];
}

/** Who is bound, where the server may call the first of them only: then each is called alone. */
async function bound(lab: Laboratory, { axes }: Known): Promise<readonly Agent[]> {
  const found: Agent[] = [];
  for (let rang = await ringing(lab); rang.length > 0; rang = await ringing(lab)) {
    found.push(...rang);
    if (axes.fork !== 'first' || rang.some((agent) => found.indexOf(agent) !== found.lastIndexOf(agent))) break;
    await unbindAll(lab, rang);
  }
  return [...new Set(found)].sort();
}

/**
 * A swap in one REGISTER: it removes the newest binding of a full server and adds another one. All or nothing, there is
 * room; Contact by Contact there is none, and somebody pays for it.
 */
export const severalContacts = experiment<Observation>({
  does: 'fills the account, then sends one REGISTER that removes one contact and adds another, and calls the account',
  requests: (agents) => 4 * agents + 2,
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
    const present = await bound(lab, known);
    await unbindAll(lab, [...before, added]);
    return { before, old, new: added, outcome, present };
  },
  deduce({ before, old, new: added, outcome, present }, { axes }) {
    const topic = axisTable.severalContacts.title;
    const behindBorder = axisTable.sbc.title;
    const limit = axes.capacity;
    if (limit === 0 || limit === undefined) return [unknown(topic, 'it is not known when the account is full')];
    const isOldThere = present.includes(old);
    const rest = before.filter((agent) => agent !== old);
    const isOutcomeAsked = present.includes(added) && rest.every((agent) => present.includes(agent));
    const cannotName = {
      topic: behindBorder,
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
    };
    if (isOldThere) return [cannotName, unknown(topic, 'the contact to be removed was not recognised')];
    const atomic = {
      topic,
      axes: { severalContacts: 'atomic' },
      says: 'all or nothing: a swap succeeds on a full account',
    } as const;
    const sequential = { topic, axes: { severalContacts: 'sequential' } } as const;
    if (!isGranted(outcome)) {
      return [
        { ...sequential, says: `one after the other: ${agentNames([old])} is gone although the REGISTER was refused` },
      ];
    }
    if (limit === null || limit > before.length)
      return [unknown(topic, 'a swap succeeds; on an account without limit it would either way')];
    if (!isOutcomeAsked)
      return [{ ...sequential, says: 'one after the other: another binding had to make room all the same' }];
    if (axes.whenFull?.do === 'overwrite' && limit === 1)
      return [unknown(topic, 'the newest binding replaces the others either way')];
    return [atomic];
  },
});
