import { SimulatedClock } from 'xstate';
import { parseMessage } from '../../../src/sip/message/parse.ts';
import { TransactionLayer } from '../../../src/sip/transactions/transactionLayer.ts';
import type { Remote, Transport, TransportName } from '../../../src/sip/transports/transport.ts';
import { countingIdentifiers } from './requests.ts';

/** A clock that knows how many timers wait. */
class CountedClock {
  readonly #clock = new SimulatedClock();
  readonly waiting = new Set<unknown>();

  setTimeout(act: () => void, ms: number): unknown {
    const timer = this.#clock.setTimeout(() => {
      this.waiting.delete(timer);
      act();
    }, ms);
    this.waiting.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.waiting.delete(timer);
    this.#clock.clearTimeout(timer as number);
  }

  now(): number {
    return this.#clock.now();
  }

  pass(ms: number): void {
    for (let step = 0; step < ms; step += 5) this.#clock.increment(Math.min(5, ms - step));
  }
}

const latencyMs = 5;

/** Layers that reach each other in virtual time, 5 ms away, with everything that was sent as `date from: start line`. */
export class MemoryNetwork {
  readonly clock = new CountedClock();
  readonly log: string[] = [];
  /** Messages for which this is true are lost. */
  loses: (startLine: string, count: number) => boolean = () => false;
  /** Sending fails for this reason. */
  failure: string | undefined;
  readonly #layers = new Map<string, TransactionLayer>();

  /** A layer at that host, port 5060. */
  join(host: string, transport: TransportName = 'UDP'): TransactionLayer {
    const layer = new TransactionLayer({ clock: this.clock, identifiers: countingIdentifiers(host) });
    layer.use([this.#transport(host, transport)]);
    this.#layers.set(host, layer);
    return layer;
  }

  /** What a host receives from somewhere. */
  deliver(bytes: Uint8Array, from: string, to: string, transport: TransportName = 'UDP'): void {
    const local = { host: to, port: 5060 };
    this.#layers.get(to)?.receive(parseMessage(bytes), { transport, host: from, port: 5060, local });
  }

  /** Lets time pass, and promises settle. */
  async pass(ms: number): Promise<void> {
    this.clock.pass(ms);
    await new Promise(setImmediate);
    this.clock.pass(0);
  }

  /** The log since the last call. */
  take(): string[] {
    return this.log.splice(0);
  }

  #transport(host: string, name: TransportName): Transport {
    return {
      name,
      local: { host, port: 5060 },
      send: (bytes, remote) => this.#send(bytes, host, remote),
      close: () => Promise.resolve(),
    };
  }

  #send(bytes: Uint8Array, from: string, remote: Remote) {
    if (this.failure !== undefined) return Promise.resolve({ reason: this.failure });
    const [startLine = ''] = Buffer.from(bytes).toString().split('\r\n');
    const word = startLine.startsWith('SIP/') ? startLine.slice('SIP/2.0 '.length) : (startLine.split(' ')[0] ?? '');
    this.log.push(`${this.clock.now()} ${from}: ${word}`);
    const count = this.log.length;
    if (!this.loses(word, count)) {
      this.clock.setTimeout(() => this.deliver(bytes, from, remote.host, remote.transport), latencyMs);
    }
    return Promise.resolve(undefined);
  }
}
