import fc from 'fast-check';
import { type AnyActor, type AnyStateMachine, createActor, SimulatedClock } from 'xstate';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { Emitted } from '../../src/machines/observations.ts';
import { cseqOf } from '../../src/sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { TransactionLayer } from '../../src/sip/transactions/transactionLayer.ts';
import type { Remote, Source } from '../../src/sip/transports/transport.ts';
import { countingIdentifiers, newRequest } from '../sip/transactions/requests.ts';

/**
 * The machines of the simulation say in one chart what transactions and their user do. Here one of them and the transaction
 * machines that speak on real sockets hear the same at the same dates in virtual time, to be compared by what they send.
 */

/** What left one side, as `date word`. */
export type Log = string[];

/** The two kinds of transport: with the timers of RFC 3261 17 for copies, and without. */
export const transportsOfTest = ['UDP', 'TCP'] as const;
export type TransportOfTest = (typeof transportsOfTest)[number];

const stepMs = 50;

/** A party of the simulation as an actor. */
export class Simulated {
  readonly log: Log = [];
  readonly #clock = new SimulatedClock();
  readonly #actor: AnyActor;

  constructor(machine: AnyStateMachine, wordOf: (emitted: Emitted) => string | null) {
    this.#actor = createActor(machine, { clock: this.#clock }) as AnyActor;
    this.#actor.on('*', (emitted: unknown) => {
      const word = wordOf(emitted as Emitted);
      if (word !== null) this.log.push(`${this.#clock.now()} ${word}`);
    });
    this.#actor.start();
  }

  hear(event: MachineEvent): void {
    this.#actor.send(event);
  }

  /** What the machine remembers. */
  get context(): unknown {
    return this.#actor.getSnapshot().context;
  }

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += stepMs) this.#clock.increment(Math.min(stepMs, ms - passed));
  }

  /** What was sent since that date, as if the date were zero. */
  logSince(beginMs: number): Log {
    return since(this.log, beginMs);
  }
}

const since = (log: Log, beginMs: number): Log =>
  log.flatMap((line) => {
    const dateMs = Number.parseInt(line, 10) - beginMs;
    return dateMs < 0 ? [] : [line.replace(/^\d+/, String(dateMs))];
  });

/** The transaction layer, with what the test says of its user. */
export class Layered {
  readonly log: Log = [];
  readonly clock = new SimulatedClock();
  readonly sent: { readonly message: SipRequest | SipResponse; readonly host: string }[] = [];
  readonly layer: TransactionLayer;
  readonly #saysWhere: boolean;

  /** `saysWhere`: each word of the log is followed by the host that it goes to. */
  constructor({ saysWhere = false } = {}) {
    this.#saysWhere = saysWhere;
    this.layer = new TransactionLayer({ clock: this.clock as never, identifiers: countingIdentifiers('x') });
    this.layer.use(
      transportsOfTest.map((name) => ({
        name,
        local: { host: 'own', port: 5060 },
        send: (bytes, to) => {
          this.#note(bytes, to);
          return Promise.resolve(undefined);
        },
        close: () => Promise.resolve(),
      })),
    );
  }

  #note(bytes: Uint8Array, { host }: Remote): void {
    const message = parseMessage(bytes);
    if (message.kind === 'malformed') throw new Error('the layer has sent what is no SIP');
    this.sent.push({ message, host });
    const word = message.kind === 'request' ? message.method : `${message.status} ${cseqOf(message)?.method}`;
    this.log.push(`${this.clock.now()} ${word}${this.#saysWhere ? ` ${host}` : ''}`);
  }

  /** The latest request of a method that was sent, to that host where one is given. */
  request(method: string, host?: string): SipRequest | undefined {
    const latest = this.sent.findLast(
      ({ message, ...one }) =>
        message.kind === 'request' && message.method === method && (host === undefined || one.host === host),
    );
    return latest?.message as SipRequest | undefined;
  }

  receive(message: SipRequest | SipResponse, from: Remote): void {
    this.layer.receive(message, sourceAt(from));
  }

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += stepMs) this.clock.increment(Math.min(stepMs, ms - passed));
  }
}

const sourceAt = (remote: Remote): Source => ({ ...remote, local: { host: 'own', port: 5060 } });

/** The other end. */
export const remoteAt = (transport: TransportOfTest, host = 'server'): Remote => ({ transport, host, port: 5060 });

/** A request to alice's phone or proxy, with the Via of the host that it comes from; `hasTag`: within the dialog. */
export function requestFrom(
  { transport, host }: Remote,
  method: string,
  { branch, number, hasTag = false }: { branch: string; number: number; hasTag?: boolean },
): SipRequest {
  const request = newRequest(method, { number, to: `<sip:bob@127.0.0.1>${hasTag ? ';tag=own' : ''}` });
  const via = { name: 'Via', value: `SIP/2.0/${transport} ${host}:5060;branch=z9hG4bK${branch}` };
  return { ...request, headers: [via, ...request.headers] };
}

/** A delivery, or what the user does, so long after the one before. */
export interface Drawn<Word extends string> {
  readonly afterMs: number;
  readonly word: Word;
}

/** Up to twelve of them within 29 s: before any transaction gives up. */
export const drawnOf = <const Word extends string>(...words: Word[]): fc.Arbitrary<Drawn<Word>[]> =>
  fc.array(fc.record({ afterMs: fc.constantFrom(0, 50, 450, 700, 1_250, 2_350), word: fc.constantFrom(...words) }), {
    maxLength: 12,
  });

/** The date of one of the drawn deliveries. */
export const dateOf = (draws: readonly Drawn<string>[], index: number): number =>
  draws.slice(0, index + 1).reduce((sum, { afterMs }) => sum + afterMs, 0);

/** Those that can come after the ones before them; they keep their dates. */
export function possible<Word extends string>(
  draws: readonly Drawn<Word>[],
  canCome: (word: Word, before: readonly Word[]) => boolean,
): Drawn<Word>[] {
  const kept: Drawn<Word>[] = [];
  let sinceKeptMs = 0;
  for (const { afterMs, word } of draws) {
    sinceKeptMs += afterMs;
    const before = kept.map((one) => one.word);
    if (!canCome(word, before)) continue;
    kept.push({ afterMs: sinceKeptMs, word });
    sinceKeptMs = 0;
  }
  return kept;
}

/** The same without the copies of these words, which no reliable transport delivers. */
export const withoutCopies = <Word extends string>(
  draws: readonly Drawn<Word>[],
  words: readonly Word[],
): Drawn<Word>[] => possible(draws, (word, before) => !words.includes(word) || !before.includes(word));

/** What leaves at the same date has no order. */
export const sorted = (log: Log): Log =>
  log.toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10) || (one < other ? -1 : 1));
