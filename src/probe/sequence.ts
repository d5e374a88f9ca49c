import { axisTable } from '../profiles/serverAxes.ts';
import { experiment, unknown } from './experiment.ts';
import { type Agent, bind, isGranted, type RegisterOutcome, ringing, unbind } from './laboratory.ts';

interface Observation {
  readonly bound: RegisterOutcome;
  readonly outdated: RegisterOutcome;
  /** Who rang after that. */
  readonly rang: readonly Agent[];
}

/** Whether a REGISTER that was overtaken by a newer one does harm (RFC 3261 10.3 step 7). */
export const sequence = experiment<Observation>({
  does: 'registers A, un-registers it with a CSeq that is too low, and calls the account',
  requests: () => 5,
  async observe(lab, { longSeconds }) {
    const bound = await bind(lab, 0, longSeconds);
    const outdated = await unbind(lab, 0, { isOutdated: true });
    const rang = await ringing(lab);
    await unbind(lab, 0);
    return { bound, outdated, rang };
  },
  deduce({ bound, outdated, rang }) {
    const topic = axisTable.checksSequence.title;
    if (!isGranted(bound)) return [unknown(topic, 'nobody could be registered')];
    if (!rang.includes(0)) return [{ topic, axes: { checksSequence: false }, says: 'no: it was carried out' }];
    const answer = outdated.status === null ? 'no answer' : String(outdated.status);
    return [{ topic, axes: { checksSequence: true }, says: `yes: ${answer}, and the binding stays` }];
  },
});
