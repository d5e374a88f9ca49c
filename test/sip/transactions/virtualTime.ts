import { type AnyStateMachine, createActor, SimulatedClock } from 'xstate';
import type { SipRequest, SipResponse } from '../../../src/sip/message/message.ts';
import { parseMessage } from '../../../src/sip/message/parse.ts';
import { responseTo } from '../../../src/sip/message/response.ts';
import { rfcTiming } from '../../../src/sip/transactions/timing.ts';
import type { ClientEvent, ServerEvent, TransactionEmitted } from '../../../src/sip/transactions/transactionEvents.ts';

/** A request as a transaction gets it. */
export function requestOf(method: string): SipRequest {
  const lines = [
    `${method} sip:bob@192.0.2.4 SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK776asdhds',
    'Max-Forwards: 69',
    'Route: <sip:p1;lr>',
    'Route: <sip:p2;lr>',
    'From: Alice <sip:alice@atlanta.com>;tag=1928301774',
    'To: Bob <sip:bob@biloxi.com>',
    'Call-ID: a84b4c76e66710',
    `CSeq: 314159 ${method}`,
    'Contact: <sip:alice@192.0.2.1>',
    'Content-Type: text/plain',
    '',
    'body',
  ];
  const request = parseMessage(Buffer.from(lines.join('\r\n')));
  if (request.kind !== 'request') throw new Error('the test has a malformed request');
  return request;
}

/** A response to it with the callee's tag. */
export const responseOf = (request: SipRequest, status: number): SipResponse =>
  responseTo(request, status, { toTag: 'a6c85cf' });

/** Short words for what leaves a machine. */
const shown = (emitted: TransactionEmitted): string => {
  if (emitted.type === 'send') {
    const { message } = emitted;
    return `send ${message.kind === 'request' ? message.method : message.status}`;
  }
  const { report } = emitted;
  return 'response' in report ? `tell ${report.type} ${report.response.status}` : `tell ${report.type}`;
};

/** Ids of all states in which a machine of this file has been. */
export const reached = new Set<string>();

/** A machine in virtual time, with everything that left it as `date: what`. */
export class InVirtualTime {
  readonly log: string[] = [];
  readonly emitted: TransactionEmitted[] = [];
  readonly #clock = new SimulatedClock();
  readonly #actor;

  constructor(machine: AnyStateMachine, input: Record<string, unknown>) {
    this.#actor = createActor(machine, { clock: this.#clock, input: { timing: rfcTiming, ...input } });
    this.#actor.on('*', (event) => {
      const emitted = event as unknown as TransactionEmitted;
      this.emitted.push(emitted);
      this.log.push(`${this.#clock.now()}: ${shown(emitted)}`);
    });
    this.#actor.subscribe(({ _nodes }) => {
      for (const { id } of _nodes) reached.add(id);
    });
    this.#actor.start();
  }

  /** The state now; nested ones with a dot. */
  get state(): string {
    const { value } = this.#actor.getSnapshot();
    return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
  }

  /** Lets time pass, timer by timer. */
  pass(ms: number): this {
    for (let step = 0; step < ms; step += 100) this.#clock.increment(Math.min(100, ms - step));
    return this;
  }

  hear(event: ClientEvent | ServerEvent): this {
    this.#actor.send(event);
    return this;
  }

  /** The log since the last call. */
  take(): string[] {
    return this.log.splice(0);
  }
}
