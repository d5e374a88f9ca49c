import { axisTable } from '../profiles/serverAxes.ts';
import { experiment, type Known, unknown } from './experiment.ts';
import { bind, isGranted, type Laboratory, type RegisterOutcome, ringing, unbind } from './laboratory.ts';

/** An un-REGISTER with an outdated CSeq, and whether A rang after it. */
interface Late {
  readonly bound: RegisterOutcome;
  readonly answer: RegisterOutcome;
  readonly rings: boolean;
}

interface Observation {
  /** With a CSeq that the server has not seen: a request that was overtaken on its way. */
  readonly skipped: Late;
  /** With one that it has seen. */
  readonly used: Late;
}

async function late(lab: Laboratory, { longSeconds }: Known, outdated: 'skipped' | 'used'): Promise<Late> {
  // Twice, so that there is an older REGISTER of this binding, and numbers between the two.
  await bind(lab, 0, longSeconds);
  const bound = await bind(lab, 0, longSeconds);
  const answer = await unbind(lab, 0, { outdated });
  const rings = (await ringing(lab, [0])).includes(0);
  await unbind(lab, 0);
  return { bound, answer, rings };
}

const outcome = ({ answer: { status }, rings }: Late): string =>
  `${status ?? 'no answer'}, and the binding ${rings ? 'stays' : 'goes'}`;

/** Whether a REGISTER that was overtaken by a newer one does harm (RFC 3261 10.3 step 7). */
export const sequence = experiment<Observation>({
  does: 'registers A twice, un-registers it with a CSeq that is too low, and calls the account',
  asks: ['checksSequence'],
  needsCalls: true,
  requests: () => 12,
  async observe(lab, known) {
    const skipped = await late(lab, known, 'skipped');
    return { skipped, used: await late(lab, known, 'used') };
  },
  deduce({ skipped, used }) {
    const topic = axisTable.checksSequence.title;
    if (!isGranted(skipped.bound) || !isGranted(used.bound)) return [unknown(topic, 'nobody could be registered')];
    const differ = skipped.rings !== used.rings;
    const against = differ ? { against: [`with a CSeq that was used before: ${outcome(used)}`] } : {};
    if (!skipped.rings) {
      const says = 'no: it was carried out';
      return [{ topic, axes: { checksSequence: false }, says, needsRepetition: true, ...against }];
    }
    const isOdd = differ || skipped.answer.status === null;
    const repeated = isOdd ? { needsRepetition: true as const } : {};
    return [{ topic, axes: { checksSequence: true }, says: `yes: ${outcome(skipped)}`, ...repeated, ...against }];
  },
});
