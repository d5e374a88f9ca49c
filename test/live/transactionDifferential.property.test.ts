import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyActor, type AnyStateMachine, createActor, SimulatedClock } from 'xstate';
import type { Emitted, MachineEvent } from '../../src/machines/messages.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/schema.ts';
import { cseqOf } from '../../src/sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { TransactionLayer } from '../../src/sip/transactions/transactionLayer.ts';
import type { Remote } from '../../src/sip/transports/transport.ts';
import { prepareActors } from '../support/actorOracle.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { scenarioOf } from '../support/scenarios.ts';
import '../support/seed.ts';
import { countingIdentifiers, newRequest } from '../sip/transactions/requests.ts';

/**
 * The machines of the simulation say in one chart what transactions and their user do. Here they are held to the transaction
 * machines that speak on real sockets: on the same deliveries both send the same at the same dates, copies included.
 */

/** What left one side, as `date word`. */
type Log = string[];

const remote: Remote = { transport: 'UDP', host: 'server', port: 5060 };

/** A party of the simulation as an actor in virtual time. */
class Simulated {
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

  pass(ms: number): void {
    for (let step = 0; step < ms; step += 50) this.#clock.increment(Math.min(50, ms - step));
  }
}

/** The transaction layer in virtual time, with its user. */
class Layered {
  readonly log: Log = [];
  readonly clock = new SimulatedClock();
  readonly sent: (SipRequest | SipResponse)[] = [];
  readonly layer: TransactionLayer;

  constructor() {
    this.layer = new TransactionLayer({ clock: this.clock as never, identifiers: countingIdentifiers('x') });
    const send = (bytes: Uint8Array) => {
      const message = parseMessage(bytes);
      if (message.kind === 'malformed') throw new Error('the layer has sent what is no SIP');
      this.sent.push(message);
      const word = message.kind === 'request' ? message.method : `${message.status} ${cseqOf(message)?.method}`;
      this.log.push(`${this.clock.now()} ${word}`);
      return Promise.resolve(undefined);
    };
    this.layer.use([{ name: 'UDP', local: { host: 'own', port: 5060 }, send, close: () => Promise.resolve() }]);
  }

  /** The latest request of a method that was sent. */
  request(method: string): SipRequest | undefined {
    return this.sent.findLast((one): one is SipRequest => one.kind === 'request' && one.method === method);
  }

  receive(message: SipRequest | SipResponse): void {
    this.layer.receive(message, { ...remote, local: { host: 'own', port: 5060 } });
  }

  pass(ms: number): void {
    for (let step = 0; step < ms; step += 50) this.clock.increment(Math.min(50, ms - step));
  }
}

const steps = [{ at: '0s', do: 'dial', call: 1 }] as const satisfies ScenarioDocument['steps'];

/** A delivery, or what the user does, so long after the one before. */
interface Drawn<Word extends string> {
  readonly afterMs: number;
  readonly word: Word;
}

/** Up to twelve of them within 29 s: before any transaction gives up. */
const drawnOf = <const Word extends string>(...words: Word[]): fc.Arbitrary<Drawn<Word>[]> =>
  fc.array(fc.record({ afterMs: fc.constantFrom(0, 50, 450, 700, 1_250, 2_350), word: fc.constantFrom(...words) }), {
    maxLength: 12,
  });

describe('a call, from the side that makes it', () => {
  const isOfTransaction = ({ type }: { type: string }) => ['INVITE', 'ACK', 'CANCEL', 'BYE'].includes(type);
  const word = (one: Emitted) => (one.type === 'send' && isOfTransaction(one.message) ? one.message.type : null);
  const caller = { ...exactTiming.caller, talk: '2s', patience: '100s' } as const;
  const { machines } = prepareActors(scenarioOf({ steps, timing: { ...exactTiming, caller } }));

  function simulated(draws: readonly Drawn<CallWord>[], final: 200 | 486): Log {
    const party = new Simulated(machines.caller, word);
    party.hear({ type: 'call.dial', call: 1 });
    const to = { call: 1, contact: 'addressOfRecord' } as const;
    for (const { afterMs, word } of draws) {
      party.pass(afterMs);
      if (word === 'hangUp') party.hear({ type: 'call.hangUp', call: 1 });
      else if (word === '100') party.hear({ type: 'INVITE.100', ...to });
      else if (word === '180') party.hear({ type: 'INVITE.180', call: 1, contact: 'app@wifi' });
      else if (word === '200 CANCEL') party.hear({ type: 'CANCEL.200', ...to });
      else if (word === '200 BYE') party.hear({ type: 'BYE.200', call: 1, contact: 'app@wifi' });
      else if (final === 200) party.hear({ type: 'INVITE.200', call: 1, contact: 'app@wifi' });
      else party.hear({ type: 'INVITE.failed', ...to, code: final });
    }
    party.pass(1_000);
    return party.log;
  }

  function layered(draws: readonly Drawn<CallWord>[], final: 200 | 486): Log {
    const own = new Layered();
    let hasHungUp = false;
    let isAnswered = false;
    const bye = () => own.layer.request(newRequest('BYE', { number: 2 }), remote, () => {});
    const transaction = own.layer.request(newRequest('INVITE'), remote, (report) => {
      if (report.type !== 'final' || report.response.status >= 300) return;
      own.layer.acknowledge(newRequest('ACK'), remote);
      // RFC 3261 13.2.2.4: the copies of the 200 are acknowledged and do nothing else, also when the dialog has ended.
      if (isAnswered) return;
      isAnswered = true;
      if (hasHungUp) bye();
      else own.clock.setTimeout(bye, 2_000);
    });
    for (const { afterMs, word } of draws) {
      own.pass(afterMs);
      if (word === 'hangUp') {
        hasHungUp = true;
        transaction.cancel();
        continue;
      }
      const about = word.endsWith('CANCEL') ? 'CANCEL' : word.endsWith('BYE') ? 'BYE' : 'INVITE';
      const request = own.request(about);
      const status = word === 'final' ? final : Number.parseInt(word, 10);
      if (request !== undefined) own.receive(responseTo(request, status, { toTag: 'b' }));
    }
    own.pass(1_000);
    return own.log;
  }

  const callWords = ['100', '180', 'final', '200 CANCEL', '200 BYE', 'hangUp'] as const;
  type CallWord = (typeof callWords)[number];
  const isFinal = ({ word }: Drawn<CallWord>) => word === 'final';
  const dateOf = (draws: readonly Drawn<CallWord>[], index: number) =>
    draws.slice(0, index + 1).reduce((sum, { afterMs }) => sum + afterMs, 0);

  /**
   * What the caller of the simulation leaves out once a hang-up and the final answer have crossed: its CANCEL is then sent
   * no more, as the INVITE that it is about has ended.
   */
  function withoutLeftOut(log: Log, draws: readonly Drawn<CallWord>[]): Log {
    const [hungUp, final] = [draws.findIndex(({ word }) => word === 'hangUp'), draws.findIndex(isFinal)];
    if (hungUp < 0 || final < 0) return log;
    const bothMs = dateOf(draws, Math.max(hungUp, final));
    return log.filter((line) => {
      const [dateMs = '', method = ''] = line.split(' ');
      return Number(dateMs) < bothMs || method !== 'CANCEL';
    });
  }

  test.each([200, 486] as const)('ends with %d', (final) => {
    fc.assert(
      fc.property(drawnOf(...callWords), (draws) => {
        const [simulation, layer] = [simulated(draws, final), layered(draws, final)];
        expect(withoutLeftOut(simulation, draws)).toEqual(withoutLeftOut(layer, draws));
      }),
    );
  });
});

describe('a call, from the side that is called', () => {
  const words: Readonly<Partial<Record<string, (message: never) => string>>> = {
    'INVITE.180': () => '180 INVITE',
    'INVITE.200': () => '200 INVITE',
    'INVITE.failed': ({ code }: { code: number }) => `${code} INVITE`,
    'CANCEL.200': () => '200 CANCEL',
    'BYE.200': () => '200 BYE',
  };
  const word = (one: Emitted) =>
    one.type === 'send' ? (words[one.message.type]?.(one.message as never) ?? null) : null;
  const requestWords = ['INVITE', 'CANCEL', 'ACK', 'BYE'] as const;
  type RequestWord = (typeof requestWords)[number];
  const reactionMs = 3_000;

  const machines = Object.fromEntries(
    (['answers', 'declines'] as const).map((user) => [
      user,
      prepareActors(scenarioOf({ steps, timing: exactTiming, user, declinesWith: 486 })).machines.app,
    ]),
  );

  /** The phone of the simulation, running, when the first INVITE comes. */
  function simulated(user: 'answers' | 'declines', draws: readonly Drawn<RequestWord>[]): Log {
    const phone = new Simulated(machines[user] as AnyStateMachine, word);
    phone.hear({ type: 'user.open' });
    phone.pass(1_500);
    const to = { call: 1, contact: 'app@wifi' } as const;
    phone.hear({ type: 'INVITE', ...to });
    for (const { afterMs, word } of draws) {
      phone.pass(afterMs);
      phone.hear({ type: word, ...to });
    }
    phone.pass(1_000);
    return phone.log.map((line) => line.replace(/^\d+/, (date) => String(Number(date) - 1_500)));
  }

  /** A user of the transaction layer that does the same. */
  function layered(user: 'answers' | 'declines', draws: readonly Drawn<RequestWord>[]): Log {
    const own = new Layered();
    own.layer.onRequest((transaction) => {
      const { request } = transaction;
      let isOver = false;
      const respond = (status: number) => transaction.respond(responseTo(request, status, { toTag: 'own' }));
      const end = (status: number) => {
        if (!isOver) respond(status);
        isOver = true;
      };
      if (request.method !== 'INVITE') return respond(200);
      respond(180);
      transaction.onReport(({ type }) => type === 'cancelled' && end(487));
      own.clock.setTimeout(() => end(user === 'answers' ? 200 : 486), reactionMs);
    });
    own.receive(fromServer('INVITE', 'i', 1));
    for (const { afterMs, word } of draws) {
      own.pass(afterMs);
      // RFC 3261 17.1.1.3, 13.2.2.4: the ACK of a failure belongs to the INVITE, that of a 2xx to the dialog.
      const isOfDialog = word === 'BYE' || (word === 'ACK' && own.log.some((line) => line.endsWith('200 INVITE')));
      own.receive(fromServer(word, isOfDialog ? word : 'i', word === 'BYE' ? 2 : 1, isOfDialog));
    }
    own.pass(1_000);
    return own.log;
  }

  const fromServer = (method: string, branch: string, number: number, hasTag = false): SipRequest => {
    const request = newRequest(method, { number, to: `<sip:bob@127.0.0.1>${hasTag ? ';tag=own' : ''}` });
    const via = { name: 'Via', value: `SIP/2.0/UDP server:5060;branch=z9hG4bK${branch}` };
    return { ...request, headers: [via, ...request.headers] };
  };

  /**
   * What a server may send: an ACK after a final answer, a BYE after the ACK. Copies of an INVITE whose call is over are left
   * out: the phone of the simulation has forgotten its path, and takes them for the same call over another one (482).
   */
  function isPossible(draws: readonly Drawn<RequestWord>[], log: Log): boolean {
    let nowMs = 0;
    let isAcknowledged = false;
    let isOver = false;
    return draws.every(({ afterMs, word }) => {
      nowMs += afterMs;
      const final = log.find((line) => /[2-6]\d\d INVITE$/.test(line) && Number.parseInt(line, 10) <= nowMs);
      const isAnswered = final?.endsWith('200 INVITE') ?? false;
      if (word === 'ACK') isAcknowledged = final !== undefined;
      if (word === 'BYE' && isAcknowledged && isAnswered) isOver = true;
      if (word === 'ACK') return isAcknowledged;
      if (word === 'INVITE') return !isOver && (isAnswered || !isAcknowledged);
      return word !== 'BYE' || (isAcknowledged && isAnswered);
    });
  }

  test.each(['answers', 'declines'] as const)('whose user %s', (user) => {
    fc.assert(
      fc.property(drawnOf(...requestWords), (draws) => {
        const layer = layered(user, draws);
        fc.pre(isPossible(draws, layer));
        expect(simulated(user, draws)).toEqual(layer);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a REGISTER, from the side that sends it', () => {
  const word = (one: Emitted) => (one.type === 'send' && one.message.type === 'REGISTER' ? 'REGISTER' : null);
  const { machines } = prepareActors(scenarioOf({ steps, timing: exactTiming }));
  /** Answers to the first one, and to the second one, which has credentials. */
  const answerWords = ['401 first', '200 first', '503 first', '401 second', '200 second', '503 second'] as const;
  type AnswerWord = (typeof answerWords)[number];
  const partsOf = (word: AnswerWord) => ({ status: word.slice(0, 3), isFirst: word.endsWith('first') });

  function simulated(draws: readonly Drawn<AnswerWord>[]): Log {
    const app = new Simulated(machines.app, word);
    app.hear({ type: 'user.open' });
    app.pass(1_500);
    app.hear({ type: 'control.enabled' });
    for (const { afterMs, word } of draws) {
      app.pass(afterMs);
      const { status, isFirst } = partsOf(word);
      const transaction = { contact: 'app@wifi', expires: 'asked', authorization: !isFirst } as const;
      if (status === '200') app.hear({ type: 'REGISTER.200', ...transaction, contacts: ['app@wifi'] });
      else if (status === '401') app.hear({ type: 'REGISTER.401', ...transaction, stale: false });
      else app.hear({ type: 'REGISTER.refused', ...transaction, code: 503, retryAfter: false });
    }
    app.pass(1_000);
    return app.log.map((line) => line.replace(/^\d+/, (date) => String(Number(date) - 1_500)));
  }

  function layered(draws: readonly Drawn<AnswerWord>[]): Log {
    const own = new Layered();
    const requests: SipRequest[] = [];
    const register = () => {
      const { request } = own.layer.request(
        newRequest('REGISTER', { number: requests.length + 1 }),
        remote,
        (report) => {
          // RFC 3261 22.2: once more with credentials; who has been asked for them twice gives up.
          if (report.type === 'final' && report.response.status === 401 && requests.length === 1) register();
        },
      );
      requests.push(request);
    };
    register();
    for (const { afterMs, word } of draws) {
      own.pass(afterMs);
      const { status, isFirst } = partsOf(word);
      const request = requests[isFirst ? 0 : 1];
      if (request !== undefined) own.receive(responseTo(request, Number(status), { toTag: 'b' }));
    }
    own.pass(1_000);
    return own.log;
  }

  test('and answers of every kind, copied and out of order', () => {
    fc.assert(
      fc.property(drawnOf(...answerWords), (draws) => {
        expect(simulated(draws)).toEqual(layered(draws));
      }),
      { numRuns: 300 },
    );
  });
});
