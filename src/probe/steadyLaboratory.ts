import { ForwardingLaboratory } from './forwardingLaboratory.ts';
import {
  type Agent,
  type CallSight,
  isRemoval,
  type PlacedCall,
  type RegisterOutcome,
  type RegisterWish,
} from './laboratory.ts';

/** Pauses before a request is sent again, in milliseconds: a limit of requests a second is over after the second one. */
const pausesMs = [400, 1_500] as const;
/** Nobody refuses for long what gives room: here the server has more time. */
const removalPausesMs = [...pausesMs, 4_000] as const;

/** Answers that a server which is only busy gives as well (RFC 3261 21.4.18, 21.5; RFC 6585 4). */
const mayPass = ({ status }: RegisterOutcome): boolean =>
  status === null || status === 408 || status === 429 || status === 480 || (status >= 500 && status < 600);

const answerText = ({ status, reason }: RegisterOutcome): string =>
  status === null ? 'not answered' : `answered ${status} ${reason}`.trim();

/** Of refusals that differ one is that of a busy server: the other one came more often. */
function mostFrequent(outcomes: readonly RegisterOutcome[]): RegisterOutcome {
  const times = ({ status }: RegisterOutcome) => outcomes.filter((one) => one.status === status).length;
  const best = outcomes.reduce((one, other) => (times(other) >= times(one) ? other : one));
  return times(best) === outcomes.length ? best : { ...best, isMixed: true };
}

/** The last one, with what came before it. */
function afterOthers(outcomes: readonly RegisterOutcome[]): RegisterOutcome {
  const [last, before] = [outcomes.at(-1), outcomes.at(-2)];
  if (last === undefined) throw new RangeError('nothing was sent');
  return before === undefined ? last : { ...last, passed: before.status };
}

/** What a busy server answers to a call; 480 and 408 are what a call for nobody meets anywhere. */
const isTurnedAway = ({ rang, status }: CallSight): boolean =>
  rang.length === 0 && status !== null && (status === 429 || (status >= 500 && status < 600));

/** A laboratory in which a refusal that may pass is believed only when it comes each time. */
export class SteadyLaboratory extends ForwardingLaboratory {
  #passing: string[] = [];

  /** Answers since it was last asked that were others when the request was sent again. */
  takePassing(): readonly string[] {
    const taken = this.#passing;
    this.#passing = [];
    return taken;
  }

  override async register(wish: RegisterWish): Promise<RegisterOutcome> {
    const first = await this.behind.register(wish);
    // One with several Contacts may have been carried out in part.
    if (wish.contacts !== 'every' && wish.contacts.length > 1) return first;
    const outcomes = [first];
    for (const pauseMs of isRemoval(wish) && wish.outdated === undefined ? removalPausesMs : pausesMs) {
      const last = outcomes.at(-1) ?? first;
      // Not to answer what is outdated is an answer.
      if (!mayPass(last) || (last.status === null && wish.outdated !== undefined)) return afterOthers(outcomes);
      await this.behind.pause(pauseMs);
      // A server that answers somebody else is silent on purpose; the limit of silence in a row ends a dead one.
      if (last.status === null) await this.behind.listed((wish.from + 1) % this.agents);
      const again = await this.behind.register(wish);
      if (again.status !== last.status)
        this.#passing.push(`a REGISTER was ${answerText(last)} and, sent again, ${answerText(again)}`);
      outcomes.push(again);
    }
    return mayPass(outcomes.at(-1) ?? first) ? mostFrequent(outcomes) : afterOthers(outcomes);
  }

  override async call(): Promise<PlacedCall> {
    let call = await this.behind.call();
    let isFirst = true;
    /** A server that turns a call away may be busy: then it is placed anew. */
    const steadily = async (look: () => Promise<CallSight>) => {
      let sight = await look();
      for (const pauseMs of isFirst ? pausesMs : []) {
        if (!isTurnedAway(sight)) break;
        const { status } = sight;
        await call.hangUp();
        await this.behind.pause(pauseMs);
        call = await this.behind.call();
        sight = await look();
        if (sight.status !== status) this.#passing.push(`a call was answered ${status} and, placed again, not`);
      }
      isFirst = false;
      return sight;
    };
    return {
      whoRings: (expected?: readonly Agent[]) => steadily(() => call.whoRings(expected)),
      outcome: (withinMs: number, expected?: readonly Agent[]) => steadily(() => call.outcome(withinMs, expected)),
      decline: () => call.decline(),
      answer: (agent: Agent) => call.answer(agent),
      hangUp: () => call.hangUp(),
    };
  }
}
