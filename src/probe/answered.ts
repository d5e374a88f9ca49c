import { axisTable } from '../profiles/serverAxes.ts';
import { type Conclusion, experiment, moot, unknown } from './experiment.ts';
import { type Agent, type Answered, bind, unbindAll } from './laboratory.ts';

interface Observation {
  readonly rang: readonly Agent[];
  /** Null where A did not ring. */
  readonly answered: Answered | null;
}

const connectTopic = 'a call that A answers';

/** RFC 3326 2: the cause of a branch that another one has outrun. */
const isElsewhere = (reason: string): boolean => /cause\s*=\s*200/i.test(reason) || /completed elsewhere/i.test(reason);

function tells({ rang, answered }: Observation): Conclusion {
  const topic = axisTable.tellsReason.title;
  if (answered === null || !rang.includes(1)) return moot(topic, 'never two branches at once');
  const reason = answered.cancelled.get(1);
  if (reason === undefined) return unknown(topic, 'B was not cancelled when A answered');
  if (reason !== null && isElsewhere(reason)) return { topic, axes: { tellsReason: true }, says: `yes: ${reason}` };
  const says = reason === null ? 'no: its CANCEL gives no reason' : `no: ${reason}`;
  return { topic, axes: { tellsReason: false }, says };
}

/** What becomes of a call that is answered; made only where the user allows it. */
export const answered = experiment<Observation>({
  does: 'registers A and B, calls the account, lets A answer, and ends the call',
  asks: ['tellsReason'],
  needsCalls: true,
  requests: () => 8,
  async observe(lab, { longSeconds }) {
    await bind(lab, 0, longSeconds);
    await bind(lab, 1, longSeconds);
    // Where there is room for one only, it is who rings that answers.
    const call = await lab.call();
    const { rang } = await call.whoRings([0, 1]);
    const [first] = rang.includes(0) ? [0] : rang;
    const heard = first === undefined ? null : await call.answer(first);
    await call.hangUp();
    await unbindAll(lab, [0, 1]);
    return { rang, answered: heard };
  },
  deduce(observation) {
    const { answered: heard } = observation;
    const connected: Conclusion =
      heard === null
        ? unknown(connectTopic, 'nobody rang')
        : {
            topic: connectTopic,
            axes: {},
            says: heard.isAcknowledged ? 'connects, and ends with a BYE' : 'does not connect: A got no ACK',
            ...(!heard.isAcknowledged && { needsRepetition: true }),
          };
    return [connected, tells(observation)];
  },
});
