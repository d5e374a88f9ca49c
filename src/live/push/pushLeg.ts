import type { Call, OwnToken, PushMessage, Token } from '../../machines/messages.ts';
import type { Identifiers } from '../../sip/transactions/identifiers.ts';
import type { AskedPush, PushStandIn } from './pushStandIn.ts';

/** What the SIP server asks a push service for. */
export type PushAsked = Extract<PushMessage, { type: 'push' | 'push.refresh' }>;

const keyOf = (asked: PushAsked): string => `${asked.type} ${'call' in asked ? asked.call : ''} ${asked.token}`;

/** The pushes of one run: the tokens of its phone, what the SIP server asks the push service for, and the answers. */
export class PushLeg {
  readonly #standIn: PushStandIn;
  readonly #tokens: Readonly<Record<OwnToken, string>>;
  /** Requests that wait for their answers, by what they ask for. */
  readonly #waiting = new Map<string, AskedPush[]>();
  #ends: (() => void)[] = [];

  constructor(standIn: PushStandIn, identifiers: Identifiers) {
    const token = () => `${identifiers.callId()}${identifiers.callId()}`;
    this.#standIn = standIn;
    this.#tokens = { first: token(), second: token() };
  }

  /** What the Contact of the app says (RFC 8599 4.1); a live run has one phone. */
  uriParameters(token: Token): string {
    const { service, parameter } = this.#standIn;
    return `;pn-provider=${service};pn-param=${parameter};pn-prid=${this.#tokens[token as OwnToken]}`;
  }

  /** Tells of each push from now on. `callOf` knows the calls of the run; a push for another one is accepted, and nothing here. */
  listen(callOf: (callId: string) => Call | null, receiver: (asked: PushAsked) => void): void {
    for (const token of ['first', 'second'] as const) {
      const end = this.#standIn.device(this.#tokens[token], (push) => {
        const call = push.callId === null ? null : callOf(push.callId);
        if (push.callId !== null && call === null) {
          push.answer('accepted');
          return;
        }
        const asked: PushAsked = call === null ? { type: 'push.refresh', token } : { type: 'push', call, token };
        this.#waiting.set(keyOf(asked), [...(this.#waiting.get(keyOf(asked)) ?? []), push]);
        receiver(asked);
      });
      this.#ends.push(end);
    }
  }

  /** The push service of the model has taken a push, or knows that its token is dead. */
  answer(asked: PushAsked, outcome: 'accepted' | 'unregistered'): void {
    this.#waiting.get(keyOf(asked))?.shift()?.answer(outcome);
  }

  /** The run is over: nobody waits for an answer any more, and the tokens are nobody's. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const push of [...this.#waiting.values()].flat()) push.answer('accepted');
  }
}
