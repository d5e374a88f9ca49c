import { describe, expect, it } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { headerValue, headerValues } from '../../../src/sip/message/headers.ts';
import { cancelFor } from '../../../src/sip/transactions/derivedRequests.ts';
import { inviteClient } from '../../../src/sip/transactions/inviteClient.ts';
import { inviteServer } from '../../../src/sip/transactions/inviteServer.ts';
import { nonInviteClient } from '../../../src/sip/transactions/nonInviteClient.ts';
import { nonInviteServer } from '../../../src/sip/transactions/nonInviteServer.ts';
import { successRepetition } from '../../../src/sip/transactions/successRepetition.ts';
import { responseClass } from '../../../src/sip/transactions/transactionEvents.ts';
import { InVirtualTime, reached, requestOf, responseOf } from './virtualTime.ts';

const invite = requestOf('INVITE');
const register = requestOf('REGISTER');
const failed = { type: 'transport.failed', reason: 'ECONNREFUSED' } as const;
const repeated = { type: 'request.repeated' } as const;
const acknowledged = { type: 'acknowledged', request: requestOf('ACK') } as const;

const heard = (request: typeof invite, status: number) => {
  const response = responseOf(request, status);
  return { type: `response.${responseClass(response)}`, response } as const;
};
const said = (request: typeof invite, status: number) => {
  const response = responseOf(request, status);
  return { type: `respond.${responseClass(response)}`, response } as const;
};

const at = (what: string, ...dates: readonly number[]) => dates.map((date) => `${date}: ${what}`);

describe('the INVITE client transaction (RFC 3261 17.1.1, 6026 7.2)', () => {
  const start = (isReliable = false) => new InVirtualTime(inviteClient, { request: invite, isReliable });

  it('repeats at doubling intervals, and gives up after 64*T1 (Timers A and B)', () => {
    const client = start().pass(40_000);
    expect(client.log).toEqual([
      ...at('send INVITE', 0, 500, 1_500, 3_500, 7_500, 15_500, 31_500),
      '32000: tell timeout',
    ]);
    expect(client.state).toBe('terminated');
  });

  it('over a reliable transport sends once', () => {
    expect(start(true).pass(40_000).log).toEqual(['0: send INVITE', '32000: tell timeout']);
  });

  it('stops repeating at a provisional response, and then waits without end', () => {
    const client = start().pass(600).hear(heard(invite, 100)).pass(100_000);
    expect(client.take()).toEqual([...at('send INVITE', 0, 500), '600: tell provisional 100']);
    expect(client.state).toBe('proceeding');
    expect(client.hear(heard(invite, 180)).take()).toEqual(['100600: tell provisional 180']);
  });

  it.each(['calling', 'proceeding'])(
    'in %s acknowledges a failure, and repeated ones without a word (Timer D)',
    (state) => {
      const client = start();
      if (state === 'proceeding') client.hear(heard(invite, 180));
      client.take();
      client
        .hear(heard(invite, 486))
        .pass(1_000)
        .hear(heard(invite, 486))
        .hear(heard(invite, 180))
        .hear(heard(invite, 200));
      expect(client.take()).toEqual(['0: tell final 486', '0: send ACK', '1000: send ACK']);
      expect(client.pass(30_900).state).toBe('completed');
      expect(client.pass(100).state).toBe('terminated');
      expect(client.log).toEqual([]);
    },
  );

  it('over a reliable transport is over with the ACK', () => {
    const client = start(true).hear(heard(invite, 486));
    expect(client.log).toEqual(['0: send INVITE', '0: tell final 486', '0: send ACK']);
    expect(client.state).toBe('terminated');
  });

  it('makes an ACK as RFC 3261 17.1.1.3 wants it', () => {
    const client = start().hear(heard(invite, 486));
    const ack = client.emitted.flatMap((event) => (event.type === 'send' ? [event.message] : [])).at(-1);
    expect(ack).toMatchObject({ method: 'ACK', uri: invite.uri, body: new Uint8Array(0) });
    const values = (name: string) => (ack === undefined ? [] : headerValues(ack, name));
    for (const name of ['Via', 'From', 'Call-ID', 'Route']) expect(values(name)).toEqual(headerValues(invite, name));
    expect(values('To')).toEqual(['Bob <sip:bob@biloxi.com>;tag=a6c85cf']);
    expect(values('CSeq')).toEqual(['314159 ACK']);
    expect(values('Contact')).toEqual([]);
  });

  it.each(['calling', 'proceeding'])('in %s tells every 2xx for 64*T1 and never acknowledges (Timer M)', (state) => {
    const client = start(true);
    if (state === 'proceeding') client.hear(heard(invite, 180));
    client.take();
    client.hear(heard(invite, 200)).pass(31_000).hear(heard(invite, 200)).hear(heard(invite, 486));
    expect(client.take()).toEqual(['0: tell final 200', '31000: tell final 200']);
    expect([client.state, client.pass(1_000).state]).toEqual(['accepted', 'terminated']);
  });

  it('once cancelled, gives up 64*T1 later (RFC 3261 9.1)', () => {
    const client = start().hear(heard(invite, 180)).pass(100_000).hear({ type: 'cancelled' });
    expect(client.pass(31_900).state).toBe('proceeding');
    expect([client.pass(100).state, client.log.at(-1)]).toEqual(['terminated', '132000: tell timeout']);
  });

  it('once cancelled, still ends with the response that comes', () => {
    const client = start().hear(heard(invite, 180)).hear({ type: 'cancelled' }).hear(heard(invite, 487));
    expect(client.pass(100_000).log.slice(2)).toEqual(['0: tell final 487', '0: send ACK']);
  });

  it('tells of a transport that fails, with the INVITE or with an ACK', () => {
    expect(start().hear(failed).log.at(-1)).toBe('0: tell transportError');
    const client = start().hear(heard(invite, 486)).hear(failed);
    expect([client.log.at(-1), client.state]).toEqual(['0: tell transportError', 'terminated']);
  });
});

describe('the non-INVITE client transaction (RFC 3261 17.1.2)', () => {
  const start = (isReliable = false) => new InVirtualTime(nonInviteClient, { request: register, isReliable });

  it('repeats at intervals that double up to T2, and gives up after 64*T1 (Timers E and F)', () => {
    expect(start().pass(40_000).log).toEqual([
      ...at('send REGISTER', 0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500),
      '32000: tell timeout',
    ]);
  });

  it('goes on repeating after a provisional response: the running interval ends, then it is T2', () => {
    const client = start().pass(600).hear(heard(register, 100)).hear(heard(register, 100)).pass(12_000);
    expect(client.log).toEqual([
      ...at('send REGISTER', 0, 500),
      ...at('tell provisional 100', 600, 600),
      ...at('send REGISTER', 1_500, 5_500, 9_500),
    ]);
    expect(client.state).toBe('awaitingFinal.proceeding');
    expect(client.pass(20_000).log.at(-1)).toBe('32000: tell timeout');
  });

  it('over a reliable transport sends once, and is over with the response', () => {
    expect(start(true).pass(40_000).log).toEqual(['0: send REGISTER', '32000: tell timeout']);
    expect(start(true).hear(heard(register, 200)).state).toBe('terminated');
  });

  it.each([200, 401])('absorbs repeated responses for T4 after a %i (Timer K)', (status) => {
    const client = start().hear(heard(register, status)).hear(heard(register, status)).pass(4_900);
    expect(client.log).toEqual(['0: send REGISTER', `0: tell final ${status}`]);
    expect([client.state, client.pass(100).state]).toEqual(['completed', 'terminated']);
  });

  it('tells of a transport that fails', () => {
    const client = start().hear(failed);
    expect([client.log.at(-1), client.state]).toEqual(['0: tell transportError', 'terminated']);
  });
});

describe('the INVITE server transaction (RFC 3261 17.2.1, 6026 7.1)', () => {
  const start = (isReliable = false) => new InVirtualTime(inviteServer, { request: invite, isReliable });

  it('says 100 after 200 ms of silence, and repeats it', () => {
    const server = start().hear(repeated).pass(1_000).hear(repeated);
    expect(server.log).toEqual(at('send 100', 200, 1_000));
  });

  it('says no 100 where its user is quick, and repeats what was said last', () => {
    const server = start().hear(said(invite, 180)).hear(said(invite, 183)).pass(1_000).hear(repeated);
    expect(server.log).toEqual(['0: send 180', '0: send 183', '1000: send 183']);
    expect(server.state).toBe('proceeding.answering');
  });

  it('repeats a failure until the ACK comes, at intervals that double up to T2 (Timers G and H)', () => {
    const server = start().hear(said(invite, 486)).pass(40_000);
    const dates = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    expect(server.log).toEqual([...at('send 486', ...dates), '32000: tell timeout']);
    expect(server.state).toBe('terminated');
  });

  it('over a reliable transport sends a failure once', () => {
    expect(start(true).hear(said(invite, 486)).pass(40_000).log).toEqual(['0: send 486', '32000: tell timeout']);
    expect(start(true).hear(said(invite, 486)).hear(acknowledged).state).toBe('terminated');
  });

  it('answers a repeated INVITE with the failure, and absorbs repeated ACKs for T4 (Timer I)', () => {
    const server = start().hear(said(invite, 486)).hear(repeated).hear(said(invite, 200)).hear(acknowledged);
    server.hear(acknowledged).hear(repeated).pass(4_900);
    expect(server.log).toEqual(['0: send 486', '0: send 486', '0: tell acknowledged']);
    expect([server.state, server.pass(100).state]).toEqual(['confirmed', 'terminated']);
  });

  it('after a 2xx absorbs repeated INVITEs for 64*T1, sends what its user repeats, tells every ACK (Timer L)', () => {
    const server = start().hear(said(invite, 180)).hear(said(invite, 200)).hear(repeated).pass(31_900);
    server.hear(said(invite, 200)).hear(acknowledged).hear(acknowledged).hear(said(invite, 486));
    expect(server.log.slice(1)).toEqual(['0: send 200', '31900: send 200', ...at('tell acknowledged', 31_900, 31_900)]);
    expect([server.state, server.pass(100).state]).toEqual(['accepted', 'terminated']);
  });

  it.each([100, 200, 486])('stays where it is when the transport of a %i fails (RFC 6026)', (status) => {
    const server = start().hear(said(invite, status));
    const { state } = server;
    expect([server.hear(failed).log.at(-1), server.state]).toEqual(['0: tell transportError', state]);
  });
});

describe('the non-INVITE server transaction (RFC 3261 17.2.2)', () => {
  const start = (isReliable = false) => new InVirtualTime(nonInviteServer, { request: register, isReliable });

  it('discards repeated requests until there is something to say', () => {
    const server = start().hear(repeated).pass(50_000);
    expect([server.log, server.state]).toEqual([[], 'trying']);
  });

  it('repeats what was said last to repeated requests, never by itself, and once the answer is final no other (Timer J)', () => {
    const server = start().hear(said(register, 100)).hear(said(register, 182)).hear(repeated).pass(1_000);
    expect(server.take()).toEqual(['0: send 100', '0: send 182', '0: send 182']);
    server.hear(said(register, 200)).hear(said(register, 403)).pass(1_000).hear(repeated);
    expect(server.take()).toEqual(['1000: send 200', '2000: send 200']);
    expect([server.pass(30_900).state, server.pass(100).state]).toEqual(['completed', 'terminated']);
  });

  it.each([200, 401])('over a reliable transport is over with a %i', (status) => {
    expect(start(true).hear(said(register, status)).state).toBe('terminated');
    expect(start(true).hear(said(register, 100)).hear(said(register, status)).state).toBe('terminated');
  });

  it.each([100, 200])('is over when the transport of a %i fails', (status) => {
    const server = start().hear(said(register, status)).hear(failed);
    expect([server.log.at(-1), server.state]).toEqual(['0: tell transportError', 'terminated']);
  });
});

describe('a 2xx for an INVITE (RFC 3261 13.3.1.4)', () => {
  const start = () => new InVirtualTime(successRepetition, { response: responseOf(invite, 200) });

  it('is repeated at intervals that double up to T2, for 64*T1', () => {
    const dates = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    expect(start().pass(40_000).log).toEqual([...at('send 200', ...dates), '32000: tell timeout']);
  });

  it('is not repeated after the ACK', () => {
    expect(start().pass(600).hear(acknowledged).pass(40_000).log).toEqual(['500: send 200']);
  });
});

describe('a CANCEL (RFC 3261 9.1)', () => {
  it('has the target, the hop and the number of what it cancels', () => {
    const cancel = cancelFor(invite);
    expect(cancel).toMatchObject({ method: 'CANCEL', uri: invite.uri });
    for (const name of ['Via', 'From', 'To', 'Call-ID', 'Route'])
      expect(headerValues(cancel, name)).toEqual(headerValues(invite, name));
    expect(headerValue(cancel, 'CSeq')).toBe('314159 CANCEL');
  });
});

const idsOf = ({ id, states }: AnyStateNode): string[] => [id, ...Object.values(states).flatMap(idsOf)];

describe('the tests above', () => {
  it.each([inviteClient, nonInviteClient, inviteServer, nonInviteServer, successRepetition])(
    'have been in every state of %#',
    (machine) => expect(idsOf(machine.root).filter((id) => !reached.has(id))).toEqual([]),
  );
});
