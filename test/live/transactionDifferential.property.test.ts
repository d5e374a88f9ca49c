import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import type { Emitted } from '../../src/machines/observations.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import type { SipRequest } from '../../src/sip/message/message.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { newRequest } from '../sip/transactions/requests.ts';
import { prepareActors } from '../support/actorOracle.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { scenarioOf } from '../support/scenarios.ts';
import {
  type Drawn,
  dateOf,
  drawnOf,
  Layered,
  type Log,
  remoteAt,
  requestFrom,
  Simulated,
  type TransportOfTest,
  transportsOfTest,
  withoutCopies,
} from '../support/transactionPairs.ts';

/** The user agents of the simulation, held to the transaction machines: on the same deliveries both send the same. */

const steps = [{ at: '0s', do: 'dial', call: 1 }] as const satisfies ScenarioDocument['steps'];

/** A scenario in which all SIP goes over that transport. */
const over = (transport: TransportOfTest): Pick<ScenarioDocument, 'steps' | 'links'> => {
  const link = { transport: transport === 'UDP' ? 'udp' : 'tcp' } as const;
  return { steps, links: { callerSip: link, appSip: link, pushServerSip: link } };
};

describe('a call, from the side that makes it', () => {
  const isOfTransaction = ({ type }: { type: string }) => ['INVITE', 'ACK', 'CANCEL', 'BYE'].includes(type);
  const word = (one: Emitted) => (one.type === 'send' && isOfTransaction(one.message) ? one.message.type : null);
  const caller = { ...exactTiming.caller, talk: '2s', patience: '100s' } as const;
  const machineOver = (transport: TransportOfTest) =>
    prepareActors(scenarioOf({ ...over(transport), timing: { ...exactTiming, caller } })).machines.caller;

  function simulated(machine: AnyStateMachine, draws: readonly Drawn<CallWord>[], final: 200 | 486): Log {
    const party = new Simulated(machine, word);
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

  function layered(transport: TransportOfTest, draws: readonly Drawn<CallWord>[], final: 200 | 486): Log {
    const own = new Layered();
    const remote = remoteAt(transport);
    let hasHungUp = false;
    let isAnswered = false;
    const bye = () => {
      if (own.request('BYE') === undefined) own.layer.request(newRequest('BYE', { number: 2 }), remote, () => {});
    };
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
        if (isAnswered) bye();
        else transaction.cancel();
        continue;
      }
      const about = word.endsWith('CANCEL') ? 'CANCEL' : word.endsWith('BYE') ? 'BYE' : 'INVITE';
      const request = own.request(about);
      const status = word === 'final' ? final : Number.parseInt(word, 10);
      if (request !== undefined) own.receive(responseTo(request, status, { toTag: 'b' }), remote);
    }
    own.pass(1_000);
    return own.log;
  }

  const callWords = ['100', '180', 'final', '200 CANCEL', '200 BYE', 'hangUp'] as const;
  type CallWord = (typeof callWords)[number];
  const isFinal = ({ word }: Drawn<CallWord>) => word === 'final';
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

  const cases = transportsOfTest.flatMap((transport) => ([200, 486] as const).map((final) => ({ transport, final })));

  test.each(cases)('over $transport, ends with $final', ({ transport, final }) => {
    const machine = machineOver(transport);
    // RFC 3261 13.3.1.4: a 200 to an INVITE is repeated over every transport.
    const once: CallWord[] = ['100', '200 CANCEL', '200 BYE', ...(final === 200 ? [] : ['final' as const])];
    fc.assert(
      fc.property(drawnOf(...callWords), (all) => {
        const draws = transport === 'UDP' ? all : withoutCopies(all, once);
        const [simulation, layer] = [simulated(machine, draws, final), layered(transport, draws, final)];
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

  type User = 'answers' | 'declines';
  const phoneOver = (transport: TransportOfTest, user: User) =>
    prepareActors(
      scenarioOf({
        ...over(transport),
        timing: exactTiming,
        user,
        ...(user === 'declines' && { declinesWith: 486 }),
      }),
    ).machines.app;

  /** The phone of the simulation, running, when the first INVITE comes. */
  function simulated(machine: AnyStateMachine, draws: readonly Drawn<RequestWord>[]): Log {
    const phone = new Simulated(machine, word);
    phone.hear({ type: 'user.open' });
    phone.pass(1_500);
    const to = { call: 1, contact: 'app@wifi' } as const;
    phone.hear({ type: 'INVITE', ...to });
    for (const { afterMs, word } of draws) {
      phone.pass(afterMs);
      phone.hear({ type: word, ...to });
    }
    phone.pass(1_000);
    return phone.logSince(1_500);
  }

  /** A user of the transaction layer that does the same. */
  function layered(transport: TransportOfTest, user: User, draws: readonly Drawn<RequestWord>[]): Log {
    const own = new Layered();
    const server = remoteAt(transport);
    const fromServer = (...request: [method: string, branch: string, number: number, hasTag?: boolean]): SipRequest => {
      const [method, branch, number, hasTag = false] = request;
      return requestFrom(server, method, { branch, number, hasTag });
    };
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
    own.receive(fromServer('INVITE', 'i', 1), server);
    for (const { afterMs, word } of draws) {
      own.pass(afterMs);
      // RFC 3261 17.1.1.3, 13.2.2.4: the ACK of a failure belongs to the INVITE, that of a 2xx to the dialog.
      const isOfDialog = word === 'BYE' || (word === 'ACK' && own.log.some((line) => line.endsWith('200 INVITE')));
      own.receive(fromServer(word, isOfDialog ? word : 'i', word === 'BYE' ? 2 : 1, isOfDialog), server);
    }
    own.pass(1_000);
    return own.log;
  }

  /**
   * What a server may send: an ACK after a final answer, a BYE after the ACK. Copies of an INVITE whose call is over are left
   * out: the phone of the simulation has forgotten its path, and takes them for the same call over another one (482). So is
   * a CANCEL after the ACK where the transport keeps their order, for a client sends none any more (RFC 3261 9.1).
   */
  function isPossible(transport: TransportOfTest, draws: readonly Drawn<RequestWord>[], log: Log): boolean {
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
      if (word === 'CANCEL') return transport === 'UDP' || !isAcknowledged;
      if (word === 'INVITE') return !isOver && (isAnswered || !isAcknowledged);
      return word !== 'BYE' || (isAcknowledged && isAnswered);
    });
  }

  const cases = transportsOfTest.flatMap((transport) =>
    (['answers', 'declines'] as const).map((user) => ({ transport, user })),
  );

  test.each(cases)('over $transport, whose user $user', ({ transport, user }) => {
    const machine = phoneOver(transport, user);
    fc.assert(
      fc.property(drawnOf(...requestWords), (all) => {
        // Over a reliable transport the first INVITE is the only one, and nothing comes twice.
        const draws =
          transport === 'UDP' ? all : withoutCopies([{ afterMs: 0, word: 'INVITE' }, ...all], requestWords).slice(1);
        const layer = layered(transport, user, draws);
        fc.pre(isPossible(transport, draws, layer));
        expect(simulated(machine, draws)).toEqual(layer);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a REGISTER, from the side that sends it', () => {
  const word = (one: Emitted) => (one.type === 'send' && one.message.type === 'REGISTER' ? 'REGISTER' : null);
  const appOver = (transport: TransportOfTest) =>
    prepareActors(scenarioOf({ ...over(transport), timing: exactTiming })).machines.app;
  /** Answers to the first one, and to the second one, which has credentials. */
  const answerWords = ['401 first', '200 first', '503 first', '401 second', '200 second', '503 second'] as const;
  type AnswerWord = (typeof answerWords)[number];
  const partsOf = (word: AnswerWord) => ({ status: word.slice(0, 3), isFirst: word.endsWith('first') });

  function simulated(machine: AnyStateMachine, draws: readonly Drawn<AnswerWord>[]): Log {
    const app = new Simulated(machine, word);
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
    return app.logSince(1_500);
  }

  function layered(transport: TransportOfTest, draws: readonly Drawn<AnswerWord>[]): Log {
    const own = new Layered();
    const remote = remoteAt(transport);
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
      if (request !== undefined) own.receive(responseTo(request, Number(status), { toTag: 'b' }), remote);
    }
    own.pass(1_000);
    return own.log;
  }

  test.each(transportsOfTest)('and answers of every kind over %s, copied and out of order', (transport) => {
    const machine = appOver(transport);
    fc.assert(
      fc.property(drawnOf(...answerWords), (draws) => {
        expect(simulated(machine, draws)).toEqual(layered(transport, draws));
      }),
      { numRuns: 300 },
    );
  });
});
