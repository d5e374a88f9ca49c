import { ForwardingLaboratory } from './forwardingLaboratory.ts';
import { isGranted, type RegisterOutcome, type RegisterWish } from './laboratory.ts';

/** Pauses before a REGISTER is sent again, in milliseconds: a limit of requests a second is over after the longer one. */
const pausesMs = [400, 1_500] as const;

/** Answers that a server which is only busy gives as well (RFC 3261 21.4.18, 21.5; RFC 6585 4). */
const mayPass = ({ status }: RegisterOutcome): boolean =>
  status === null || status === 408 || status === 429 || status === 480 || (status >= 500 && status < 600);

const answerText = ({ status, reason }: RegisterOutcome): string =>
  status === null ? 'not answered' : `answered ${status} ${reason}`.trim();

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
    let outcome = await this.behind.register(wish);
    // Silence is an answer to an outdated REGISTER; one with several Contacts may have been carried out in part.
    if (wish.outdated !== undefined || (wish.contacts !== 'every' && wish.contacts.length > 1)) return outcome;
    for (const pauseMs of pausesMs) {
      if (!mayPass(outcome)) return outcome;
      await this.behind.pause(pauseMs);
      // A server that answers somebody else is silent on purpose; the limit of silence in a row ends a dead one.
      if (outcome.status === null) await this.behind.listed((wish.from + 1) % this.agents);
      const again = await this.behind.register(wish);
      if (isGranted(again)) this.#passing.push(`a REGISTER was ${answerText(outcome)} and, sent again, granted`);
      outcome = again;
    }
    return outcome;
  }
}
