import type { Moment, StreamItem } from './streamReader.ts';
import { TcpFlow } from './tcpFlow.ts';
import type { TcpSegment } from './tcpSegment.ts';

/** What all connections may hold together, and how many directions of them are remembered. */
const mostBytes = 64 << 20;
const mostFlows = 50_000;

/** RFC 3261 18: the ports of SIP and of SIP over TLS. What is not SIP there may be SIP that cannot be read. */
export const isSipPort = (port: number): boolean => port === 5060 || port === 5061;

/** A direction of a connection to or from a port of SIP in which there was no SIP, nor anything else that is known. */
export interface Stranger {
  readonly key: string;
  readonly packets: number;
  readonly bytes: number;
}

/** More of them than that say no more. */
const mostStrangers = 1_000;

/** All TCP connections of a capture, each direction a flow. The one that was quiet longest goes where too much is held. */
export class TcpFlows {
  readonly #flows = new Map<string, TcpFlow>();
  #held = 0;
  /** Flows with SIP of which bytes are missing. */
  incomplete = 0;
  readonly strangers: Stranger[] = [];

  /**
   * @param key what tells the flow from all others, in this direction
   * @param at the packet that the segment is in
   */
  add(
    key: string,
    segment: TcpSegment,
    at: Moment,
  ): { readonly items: StreamItem[]; readonly unreadable: string | null } {
    const known = this.#flows.get(key);
    if (known === undefined && segment.payload.length === 0 && !segment.isSyn) return { items: [], unreadable: null };
    const flow = known ?? new TcpFlow(isSipPort(segment.sourcePort) || isSipPort(segment.destinationPort));
    this.#flows.delete(key);
    this.#flows.set(key, flow);
    const before = flow.held;
    const items = flow.add(segment, at);
    this.#held += flow.held - before;
    const { unreadable } = flow;
    // What was under way when an end overtook it still comes: only a flow with nothing open is over.
    if (segment.isEnd && flow.held === 0) this.#forget(key, flow);
    this.#forgetQuietest();
    return { items, unreadable };
  }

  /** Messages of that flow came decrypted: where bytes of it are missing, some of them may be. */
  decrypted(key: string): void {
    const flow = this.#flows.get(key);
    if (flow !== undefined) flow.hasSip = true;
  }

  /** What waited in a flow for more, and was answered without it. */
  answered(key: string, response: Buffer): StreamItem[] {
    const flow = this.#flows.get(key);
    if (flow === undefined || flow.held === 0) return [];
    const before = flow.held;
    const items = flow.answered(response);
    this.#held += flow.held - before;
    return items;
  }

  /** What can still be read of the streams when no more segments come, by flow. */
  *flush(): Iterable<readonly [key: string, items: StreamItem[]]> {
    for (const [key, flow] of this.#flows) {
      const items = flow.flush();
      if (items.length > 0) yield [key, items];
      this.#forget(key, flow);
    }
  }

  #forgetQuietest(): void {
    for (const [key, flow] of this.#flows) {
      if (this.#held <= mostBytes && this.#flows.size <= mostFlows) return;
      this.#forget(key, flow);
    }
  }

  #forget(key: string, flow: TcpFlow): void {
    this.#flows.delete(key);
    this.#held -= flow.held;
    if (flow.isIncomplete) this.incomplete++;
    const isStrange = flow.isOnSipPort && flow.hasContent && !flow.hasSip && flow.unreadable === null;
    if (!isStrange || this.strangers.length >= mostStrangers) return;
    this.strangers.push({ key, packets: flow.segments, bytes: flow.bytes });
  }
}
