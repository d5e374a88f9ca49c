import { callIdOf, cseqOf } from '../sip/message/headers.ts';
import type { ObservedMessage } from './observedMessage.ts';
import { textHash } from './textHash.ts';

/** The highest CSeq of a Call-ID, in which file it was, and those that came last. */
interface Registering {
  highest: number;
  file: number;
  readonly recent: number[];
}

/** User agents that are remembered; the one that came first goes. */
const mostAgents = 20_000;
/** A message that was captured in two places comes again soon. */
const mostRecent = 8;

/**
 * Finds files whose clocks do not agree, or of which one was set back: a user agent counts its REGISTERs up (RFC 3261 10.2),
 * and one with a lower number comes later, from another file.
 */
export class ClockOrder {
  readonly #agents = new Map<number, Registering>();
  #first: { readonly before: number; readonly after: number } | null = null;
  #count = 0;

  observe({ message, file }: Pick<ObservedMessage, 'message' | 'file'>): void {
    if (message.kind !== 'request' || message.method !== 'REGISTER') return;
    const [callId, cseq] = [callIdOf(message), cseqOf(message)];
    if (callId === undefined || cseq === undefined) return;
    const agent = this.#agentOf(textHash(callId), cseq.number, file);
    if (agent.recent.includes(cseq.number)) return;
    agent.recent.push(cseq.number);
    if (agent.recent.length > mostRecent) agent.recent.shift();
    if (cseq.number > agent.highest) {
      agent.highest = cseq.number;
      agent.file = file;
    } else if (file !== agent.file && cseq.number < agent.highest) {
      this.#count++;
      this.#first ??= { before: agent.file, after: file };
    }
  }

  #agentOf(key: number, highest: number, file: number): Registering {
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const agent = { highest, file, recent: [] };
    this.#agents.set(key, agent);
    if (this.#agents.size > mostAgents) this.#agents.delete(this.#agents.keys().next().value as number);
    return agent;
  }

  /** What was found, in words. */
  said(files: readonly string[]): string[] {
    if (this.#first === null) return [];
    const { before, after } = this.#first;
    const count = `${this.#count} REGISTER${this.#count === 1 ? '' : 's'}`;
    return [
      `${count} with a lower CSeq than one before, first in ${files[after]} after ${files[before]}: the clocks of the files do not agree, or one was set back`,
    ];
  }
}
