import { callIdOf, cseqOf, toOf } from '../sip/message/headers.ts';
import { calledBy, hostOf } from './addresses.ts';
import type { ObservedMessage } from './observedMessage.ts';
import { textHash } from './textHash.ts';

/** A call that failed, of which the capture has no INVITE. */
export interface HeadlessCall {
  /** For whom it was, as its To says; null where that says nothing. */
  readonly aor: string | null;
  /** Host that got the answer. */
  readonly caller: string;
  readonly callId: string;
  readonly atMs: number;
}

/** INVITEs that are remembered: a busy server has as many in some minutes, and no call waits longer for its answer. */
const mostInvites = 100_000;
/** More of such calls say no more. */
const mostCalls = 1_000;

/** Finds calls that failed and whose INVITE is missing: the capture begins in their midst, or has lost packets. */
export class HeadlessCalls {
  /** Hashes of Call-IDs, the latest last. */
  readonly #invited = new Set<number>();
  readonly #failed = new Map<number, HeadlessCall>();

  /** @param observed an INVITE or an answer to one */
  observe({ message, destination, atMs }: ObservedMessage): void {
    const callId = callIdOf(message);
    if (callId === undefined) return;
    const key = textHash(callId);
    if (message.kind === 'request') this.#remember(key);
    else if (cseqOf(message)?.method === 'INVITE' && isFailure(message.status) && !this.#invited.has(key)) {
      if (this.#failed.has(key) || this.#failed.size >= mostCalls) return;
      this.#failed.set(key, { aor: calledBy(toOf(message)?.uri), caller: hostOf(destination), callId, atMs });
    }
  }

  /** What was found, in words. */
  said(isOfInterest: (call: HeadlessCall) => boolean): string[] {
    const count = [...this.#failed.values()].filter(isOfInterest).length;
    if (count === 0) return [];
    const several = count >= mostCalls ? `at least ${count}` : `${count}`;
    return [
      `${several} call${count === 1 ? '' : 's'} failed of which the INVITE is not in the capture: it begins in the midst of them, or lacks packets`,
    ];
  }

  #remember(key: number): void {
    this.#invited.delete(key);
    this.#invited.add(key);
    if (this.#invited.size > mostInvites) this.#invited.delete(this.#invited.values().next().value as number);
  }
}

/** A challenge and a redirection are none: the caller's next INVITE shows what becomes of it. */
const isFailure = (status: number): boolean => status >= 400 && status !== 401 && status !== 407;
