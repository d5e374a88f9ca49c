import { axisTable } from '../profiles/serverAxes.ts';
import { experiment } from './experiment.ts';
import { bind, type RegisterOutcome, unbind } from './laboratory.ts';

/** Whether and how the server asks for credentials. */
export const digest = experiment<RegisterOutcome>({
  does: 'registers A for two minutes and removes it',
  asks: ['digest'],
  needsCalls: false,
  requests: () => 2,
  async observe(lab) {
    const outcome = await bind(lab, 0, 120);
    await unbind(lab, 0);
    return outcome;
  },
  deduce({ challenge }) {
    const topic = axisTable.digest.title;
    if (challenge === undefined) return [{ topic, axes: { digest: false }, says: 'no: whoever comes may register' }];
    const { realm, algorithm, qop } = challenge;
    const says = `yes: realm "${realm}", algorithm ${algorithm}, qop ${qop.length === 0 ? 'none' : qop.join(' or ')}`;
    return [{ topic, axes: { digest: true }, says }];
  },
});
