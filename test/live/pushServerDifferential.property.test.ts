import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { Emitted } from '../../src/machines/observations.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import type { ClientTransaction, ServerTransaction } from '../../src/sip/transactions/transactionLayer.ts';
import { newRequest } from '../sip/transactions/requests.ts';
import { prepareActors } from '../support/actorOracle.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { scenarioOf } from '../support/scenarios.ts';
import {
  type Drawn,
  drawnOf,
  Layered,
  type Log,
  possible,
  remoteAt,
  requestFrom,
  Simulated,
  sorted,
  type TransportOfTest,
  transportsOfTest,
} from '../support/transactionPairs.ts';

/** The push server of the simulation, held to a B2BUA on the transaction machines: on the same deliveries both send the same. */

const words = [
  'INVITE server',
  'CANCEL server',
  'ACK server',
  'BYE server',
  '200 BYE server',
  '180 app',
  'final app',
  'BYE app',
  '200 BYE app',
] as const;
type Word = (typeof words)[number];
type Final = 200 | 486;

describe('a call that the push server passes to the running app', () => {
  const machineOver = (transport: TransportOfTest) => {
    const pushServerSip = { transport: transport === 'UDP' ? 'udp' : 'tcp' } as const;
    const steps = [{ at: '0s', do: 'dial' as const, call: 1 as const }];
    return prepareActors(scenarioOf({ steps, timing: exactTiming, links: { pushServerSip } })).machines.pushServer;
  };

  /** What leaves the push server, as it is compared: no push, and nothing of the control channel. */
  function wordOf(one: Emitted): string | null {
    if (one.type !== 'send' || (one.to !== 'app' && one.to !== 'sipServer')) return null;
    const { message } = one;
    const to = one.to === 'app' ? 'app' : 'server';
    if (['INVITE', 'ACK', 'CANCEL', 'BYE'].includes(message.type)) return `${message.type} ${to}`;
    if (message.type === 'INVITE.failed') return `${message.code} INVITE ${to}`;
    const answer = /^(INVITE|BYE|CANCEL)\.(\d+)$/.exec(message.type);
    return answer === null ? null : `${answer[2]} ${answer[1]} ${to}`;
  }

  function simulated(machine: AnyStateMachine, draws: readonly Drawn<Word>[], final: Final): Log {
    const pushServer = new Simulated(machine, wordOf);
    pushServer.hear({ type: 'control.enable', token: 'first' });
    const ofServer = { call: 1, contact: 'pushServer' } as const;
    const ofApp = { call: 1, contact: 'connection' } as const;
    const events: Readonly<Record<Word, MachineEvent>> = {
      'INVITE server': { type: 'INVITE', ...ofServer },
      'CANCEL server': { type: 'CANCEL', ...ofServer },
      'ACK server': { type: 'ACK', ...ofServer },
      'BYE server': { type: 'BYE', ...ofServer },
      '200 BYE server': { type: 'BYE.200', ...ofServer, by: 'callee' },
      '180 app': { type: 'INVITE.180', ...ofApp },
      'final app': final === 200 ? { type: 'INVITE.200', ...ofApp } : { type: 'INVITE.failed', ...ofApp, code: final },
      'BYE app': { type: 'BYE', ...ofApp, by: 'callee' },
      '200 BYE app': { type: 'BYE.200', ...ofApp },
    };
    pushServer.hear(events['INVITE server']);
    for (const { afterMs, word } of draws) {
      pushServer.pass(afterMs);
      pushServer.hear(events[word]);
    }
    pushServer.pass(1_000);
    return pushServer.log;
  }

  /** RFC 7092: a user agent server towards the SIP server, and a client over the connection of the app. */
  class BackToBack {
    readonly own = new Layered({ saysWhere: true });
    readonly #server;
    readonly #app = remoteAt('TCP', 'app');
    #inviting: ServerTransaction | undefined;
    #offer: ClientTransaction | undefined;
    #state: 'early' | 'answered' | 'connected' | 'over' = 'early';

    constructor(transport: TransportOfTest) {
      this.#server = remoteAt(transport);
      this.own.layer.onRequest((transaction) => {
        if (transaction.request.method === 'INVITE') this.#begin(transaction);
        else this.#bye(transaction);
      });
    }

    #begin(transaction: ServerTransaction): void {
      this.#inviting = transaction;
      this.#respond(100);
      transaction.onReport(({ type }) => {
        if (type === 'acknowledged' && (this.#state === 'answered' || this.#state === 'connected')) this.#connect();
        if (type === 'cancelled' && this.#state === 'early') this.#cancel();
      });
      this.#offer = this.own.layer.request(newRequest('INVITE'), this.#app, (report) => {
        if (report.type === 'provisional') this.#respond(report.response.status);
        if (report.type === 'final') this.#answeredBy(report.response.status);
      });
    }

    #respond(status: number): void {
      const { request } = this.#inviting as ServerTransaction;
      this.#inviting?.respond(responseTo(request, status, { toTag: 'own' }));
    }

    #connect(): void {
      this.#state = 'connected';
      this.own.layer.acknowledge(newRequest('ACK'), this.#app);
    }

    #cancel(): void {
      this.#state = 'over';
      this.#respond(487);
      this.#offer?.cancel();
    }

    #answeredBy(status: number): void {
      if (this.#state === 'early') {
        this.#state = status === 200 ? 'answered' : 'over';
        this.#respond(status);
      } else if (status === 200 && this.#state !== 'answered') {
        this.own.layer.acknowledge(newRequest('ACK'), this.#app);
        // RFC 3261 13.2.2.4: what the app answers too late is ended; a copy of the 200 is acknowledged only.
        if (this.#state === 'over' && !this.#hasSentBye('app')) this.#sendBye('app');
      }
    }

    #bye(transaction: ServerTransaction): void {
      transaction.respond(responseTo(transaction.request, 200, { toTag: 'own' }));
      if (this.#state !== 'answered' && this.#state !== 'connected') return;
      this.#state = 'over';
      this.#sendBye(transaction.source.host === 'app' ? 'server' : 'app');
    }

    #hasSentBye(to: 'server' | 'app'): boolean {
      return this.own.request('BYE', to) !== undefined;
    }

    #sendBye(to: 'server' | 'app'): void {
      this.own.layer.request(newRequest('BYE', { number: 2 }), to === 'app' ? this.#app : this.#server, () => {});
    }

    hear(word: Word, final: Final): void {
      if (word === 'final app') this.#hearAnswer('INVITE', 'app', final);
      else if (word === '180 app') this.#hearAnswer('INVITE', 'app', 180);
      else if (word === '200 BYE app') this.#hearAnswer('BYE', 'app', 200);
      else if (word === '200 BYE server') this.#hearAnswer('BYE', 'server', 200);
      else this.#hearRequest(word);
    }

    #hearAnswer(method: string, host: 'app' | 'server', status: number): void {
      const request = this.own.request(method, host);
      const from = host === 'app' ? this.#app : this.#server;
      if (request !== undefined) this.own.receive(responseTo(request, status, { toTag: 'b' }), from);
    }

    #hearRequest(word: Word): void {
      const [method = '', host] = word.split(' ');
      const isOfDialog = method === 'BYE' || (method === 'ACK' && this.#state !== 'early' && this.#isAnswered());
      const from = host === 'app' ? this.#app : this.#server;
      const branch = isOfDialog ? `${method} ${host}`.replace(' ', '') : 'i';
      this.own.receive(
        requestFrom(from, method, { branch, number: method === 'BYE' ? 2 : 1, hasTag: isOfDialog }),
        from,
      );
    }

    #isAnswered(): boolean {
      return this.own.log.some((line) => line.endsWith(' 200 INVITE server'));
    }
  }

  function layered(transport: TransportOfTest, draws: readonly Drawn<Word>[], final: Final): Log {
    const pushServer = new BackToBack(transport);
    pushServer.hear('INVITE server', final);
    for (const { afterMs, word } of draws) {
      pushServer.own.pass(afterMs);
      pushServer.hear(word, final);
    }
    pushServer.own.pass(1_000);
    return pushServer.own.log;
  }

  test.each(transportsOfTest.flatMap((transport) => ([200, 486] as const).map((final) => ({ transport, final }))))(
    'over $transport, which it answers by $final',
    ({ transport, final }) => {
      const machine = machineOver(transport);
      fc.assert(
        fc.property(drawnOf(...words), (all) => {
          const draws = possible(all, (word, before) => canCome(transport, final, word, before));
          const [simulation, layer] = [simulated(machine, draws, final), layered(transport, draws, final)];
          const compared = (log: Log) => sorted(isCancelledEarly(draws) ? without(log, 'CANCEL app') : log);
          expect(compared(withoutCopiesOfBye(simulation))).toEqual(compared(layer));
        }),
        { numRuns: 300 },
      );
    },
  );

  /**
   * Whether the CANCEL comes before the app has answered anything. The simulation passes it on at once, as the connection
   * keeps the order; by RFC 3261 9.1 it waits for a provisional answer.
   */
  function isCancelledEarly(draws: readonly Drawn<Word>[]): boolean {
    const [cancel, ringing] = [wordAt(draws, 'CANCEL server'), wordAt(draws, '180 app')];
    return cancel >= 0 && (ringing < 0 || cancel < ringing);
  }

  const wordAt = (draws: readonly Drawn<Word>[], word: Word) => draws.findIndex((one) => one.word === word);
  const without = (log: Log, word: string): Log => log.filter((line) => !line.endsWith(` ${word}`));

  /** The simulation ends each copy of a 200 that comes too late by another BYE, where 13.2.2.4 asks for the ACK alone. */
  const withoutCopiesOfBye = (log: Log): Log => {
    const isBye = (line: string) => /^\d+ BYE app$/.test(line);
    const first = log.findIndex(isBye);
    return log.filter((line, index) => !isBye(line) || index === first);
  };

  /** What the two ends may send, and their transports deliver: over the app's connection nothing comes twice. */
  function canCome(transport: TransportOfTest, final: Final, word: Word, before: readonly Word[]): boolean {
    const has = (...some: Word[]) => some.some((one) => before.includes(one));
    const isCopy = has(word) && !(word === 'final app' && final === 200);
    if (isCopy && (word.endsWith('app') || transport === 'TCP')) return false;
    switch (word) {
      case 'INVITE server':
        // Timer I is over five seconds after the ACK of a failure: the copy would be another call.
        return transport === 'UDP' && (final === 200 || !has('ACK server')) && !has('CANCEL server');
      case 'CANCEL server':
        // RFC 3261 9.1: a client sends none after a final answer, but a datagram may come late.
        return !has('ACK server') || (transport === 'UDP' && final === 200);
      case 'ACK server':
        return has('final app', 'CANCEL server');
      case 'BYE server':
        return final === 200 && has('ACK server');
      case '180 app':
      case 'final app':
        // The app repeats its 200 until the ACK, and sends its BYE after that.
        return word === 'final app' ? !has('BYE app') : !has('final app');
      case 'BYE app':
        // RFC 3261 15: the side that is called sends none before the ACK has come.
        return final === 200 && has('final app') && has('ACK server');
      default:
        return true;
    }
  }
});
