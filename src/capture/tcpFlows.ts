import { TcpFlow } from './tcpFlow.ts';
import type { TcpSegment } from './tcpSegment.ts';

/** What all connections may hold together, and how many directions of them are remembered. */
const mostBytes = 64 << 20;
const mostFlows = 50_000;

/** RFC 3261 18: the default port of SIP over TLS. Other TLS in a capture is somebody's web traffic. */
const isSips = ({ sourcePort, destinationPort }: TcpSegment): boolean =>
  sourcePort === 5061 || destinationPort === 5061;

/** All TCP connections of a capture, each direction a flow. The one that was quiet longest goes where too much is held. */
export class TcpFlows {
  readonly #flows = new Map<string, TcpFlow>();
  #held = 0;
  /** Flows with SIP of which bytes are missing. */
  incomplete = 0;
  /** Directions of connections to or from the port of SIP over TLS that are TLS. */
  tls = 0;

  /** @param key what tells the flow from all others, in this direction */
  add(key: string, segment: TcpSegment): Buffer[] {
    const known = this.#flows.get(key);
    if (known === undefined && segment.payload.length === 0 && !segment.isSyn) return [];
    const flow = known ?? new TcpFlow();
    this.#flows.delete(key);
    this.#flows.set(key, flow);
    const [before, wasTls] = [flow.held, flow.isTls];
    const messages = flow.add(segment);
    this.#held += flow.held - before;
    if (flow.isTls && !wasTls && isSips(segment)) this.tls++;
    // What was under way when an end overtook it still comes: only a flow with nothing open is over.
    if (segment.isEnd && flow.held === 0) this.#forget(key, flow);
    this.#forgetQuietest();
    return messages;
  }

  /** What can still be read of the streams when no more segments come, by flow. */
  *flush(): Iterable<readonly [key: string, messages: Buffer[]]> {
    for (const [key, flow] of this.#flows) {
      const messages = flow.flush();
      if (messages.length > 0) yield [key, messages];
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
  }
}
