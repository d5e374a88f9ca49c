import { describe, expect, it } from 'vitest';
import { headerValue, headerValues, topVia, withHeader } from '../../../src/sip/message/headers.ts';
import { responseTo } from '../../../src/sip/message/response.ts';
import { serialise } from '../../../src/sip/message/serialise.ts';
import type { ClientReport, ServerReport, ServerTransaction } from '../../../src/sip/transactions/transactionLayer.ts';
import { MemoryNetwork } from './memoryNetwork.ts';
import { inDialog, newRequest } from './requests.ts';

const toBob = { transport: 'UDP', host: 'bob', port: 5060 } as const;

const shown = (report: ClientReport | ServerReport): string =>
  'response' in report ? `${report.type} ${report.response.status}` : report.type;

/** Alice and Bob, and what both sides' users are told. */
function aliceAndBob() {
  const network = new MemoryNetwork();
  const [alice, bob] = [network.join('alice'), network.join('bob')];
  const told: string[] = [];
  const bobWasTold: string[] = [];
  const transactions: ServerTransaction[] = [];
  bob.onRequest((transaction) => {
    transactions.push(transaction);
    transaction.onReport((report) => bobWasTold.push(shown(report)));
  });
  const send = (method: string) => alice.request(newRequest(method), toBob, (report) => told.push(shown(report)));
  const answer = (status: number, index = 0) => {
    const transaction = transactions[index];
    transaction?.respond(responseTo(transaction.request, status, { toTag: 'b' }));
  };
  return { network, alice, bob, told, bobWasTold, transactions, send, answer };
}

describe('a request', () => {
  it('gets a Via with branch and rport, and its response reaches who sent it', async () => {
    const { network, told, transactions, send, answer } = aliceAndBob();
    const { request } = send('REGISTER');
    expect(headerValue(request, 'Via')).toBe('SIP/2.0/UDP alice:5060;branch=z9hG4bKalice1;rport');
    await network.pass(10);
    expect(transactions[0] && topVia(transactions[0].request)?.params.get('rport')).toBe('5060');
    answer(200);
    await network.pass(10);
    expect(told).toEqual(['final 200']);
  });

  it('that is repeated reaches its user once and is answered each time', async () => {
    const { network, told, transactions, send, answer } = aliceAndBob();
    network.loses = (word) => word.startsWith('200') && network.clock.now() < 600;
    send('REGISTER');
    await network.pass(10);
    answer(200);
    await network.pass(2_000);
    expect(transactions).toHaveLength(1);
    expect(network.log).toEqual([
      '0 alice: REGISTER',
      '10 bob: 200 OK',
      '500 alice: REGISTER',
      '505 bob: 200 OK',
      '1500 alice: REGISTER',
      '1505 bob: 200 OK',
    ]);
    expect(told).toEqual(['final 200']);
  });

  it('that nobody answers ends with a timeout after 32 s', async () => {
    const { network, told, send } = aliceAndBob();
    network.loses = () => true;
    send('REGISTER');
    await network.pass(31_999);
    expect(told).toEqual([]);
    await network.pass(1);
    expect([told, network.clock.waiting.size]).toEqual([['timeout'], 0]);
  });

  it('that cannot be sent says why, after the call has returned', async () => {
    const { network, alice } = aliceAndBob();
    const reports: ClientReport[] = [];
    network.failure = 'no route';
    alice.request(newRequest('REGISTER'), toBob, (report) => reports.push(report));
    alice.request(newRequest('REGISTER'), { ...toBob, transport: 'TLS' }, (report) => reports.push(report));
    expect(reports).toEqual([]);
    await network.pass(0);
    expect(reports).toHaveLength(2);
    expect(reports).toContainEqual({ type: 'transportError', reason: 'no route' });
    expect(reports).toContainEqual({ type: 'transportError', reason: 'there is no TLS transport' });
  });

  it('without a handler gets 501', async () => {
    const network = new MemoryNetwork();
    const [alice] = [network.join('alice'), network.join('bob')];
    const told: string[] = [];
    alice.request(newRequest('OPTIONS'), toBob, (report) => told.push(shown(report)));
    await network.pass(10);
    expect(told).toEqual(['final 501']);
  });
});

describe('a response', () => {
  it.each([
    ['of another branch', (via: string) => via.replace('alice1', 'other')],
    ['for another hop', (via: string) => via.replace('alice:5060', 'carol:5060')],
    ['for another port', (via: string) => via.replace('alice:5060', 'alice:5070')],
  ])('%s is dropped', async (_, change) => {
    const { network, told, send } = aliceAndBob();
    const { request } = send('REGISTER');
    const response = responseTo(request, 200, { toTag: 'b' });
    const changed = withHeader(response.headers, 'Via', change(headerValue(response, 'Via') ?? ''));
    network.deliver(serialise({ ...response, headers: changed }), 'bob', 'alice');
    const otherMethod = withHeader(response.headers, 'CSeq', '1 OPTIONS');
    network.deliver(serialise({ ...response, headers: otherMethod }), 'bob', 'alice');
    await network.pass(0);
    expect(told).toEqual([]);
  });
});

describe('an INVITE', () => {
  it('that is refused is acknowledged by the layers', async () => {
    const { network, told, bobWasTold, transactions, send, answer } = aliceAndBob();
    network.loses = (word, count) => word === 'ACK' && count === 4;
    send('INVITE');
    await network.pass(10);
    answer(180);
    answer(486);
    await network.pass(1_000);
    expect(network.log).toEqual([
      '0 alice: INVITE',
      '10 bob: 180 Ringing',
      '10 bob: 486 Busy Here',
      '15 alice: ACK',
      '510 bob: 486 Busy Here',
      '515 alice: ACK',
    ]);
    expect([told, bobWasTold, transactions.length]).toEqual([['provisional 180', 'final 486'], ['acknowledged'], 1]);
  });

  it('that is accepted has its 200 repeated until the ACK comes, which its user makes', async () => {
    const { network, alice, bobWasTold, transactions, answer } = aliceAndBob();
    const finals: number[] = [];
    const acknowledgeFrom = 2;
    alice.request(newRequest('INVITE'), toBob, (report) => {
      if (report.type !== 'final') return;
      finals.push(network.clock.now());
      if (finals.length >= acknowledgeFrom) alice.acknowledge(inDialog('ACK', report.response, {}), toBob);
    });
    await network.pass(10);
    answer(200);
    await network.pass(10_000);
    expect(finals).toEqual([15, 515]);
    expect(bobWasTold).toEqual(['acknowledged']);
    expect(transactions).toHaveLength(1);
  });

  it('whose 200 is never acknowledged ends in a timeout', async () => {
    const { network, bobWasTold, send, answer } = aliceAndBob();
    send('INVITE');
    await network.pass(10);
    answer(200);
    await network.pass(40_000);
    expect(bobWasTold).toEqual(['timeout']);
    expect(network.log.filter((line) => line.endsWith('200 OK'))).toHaveLength(11);
    expect(network.clock.waiting.size).toBe(0);
  });

  it('is cancelled at the first provisional response, and ends with 487', async () => {
    const { network, told, bobWasTold, transactions, send, answer } = aliceAndBob();
    const call = send('INVITE');
    call.cancel();
    call.cancel();
    await network.pass(10);
    expect(network.log).toEqual(['0 alice: INVITE']);
    answer(180);
    await network.pass(10);
    expect(bobWasTold).toEqual(['cancelled']);
    answer(487);
    await network.pass(10);
    expect(told).toEqual(['provisional 180', 'final 487']);
    expect(network.take().slice(2)).toEqual([
      '15 alice: CANCEL',
      '20 bob: 200 OK',
      '20 bob: 487 Request Terminated',
      '25 alice: ACK',
    ]);
    expect(transactions).toHaveLength(1);
    call.cancel();
    await network.pass(10);
    expect(network.log).toEqual([]);
  });

  it('is repeated no more when its caller has hung up, and is still cancelled if something comes', async () => {
    const { network, told, transactions, send, answer } = aliceAndBob();
    network.loses = (word) => word.startsWith('100');
    const sent = () => network.take().filter((line) => !line.endsWith('100 Trying'));
    const call = send('INVITE');
    await network.pass(600);
    expect(sent()).toEqual(['0 alice: INVITE', '500 alice: INVITE']);
    call.cancel();
    call.stopRepeating();
    await network.pass(5_000);
    expect(sent()).toEqual([]);
    answer(180);
    await network.pass(10);
    answer(487);
    await network.pass(10);
    expect(sent().map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'bob: 180 Ringing',
      'alice: CANCEL',
      'bob: 200 OK',
      'bob: 487 Request Terminated',
      'alice: ACK',
    ]);
    expect(told).toEqual(['provisional 180', 'final 487']);
    expect(transactions).toHaveLength(1);
  });

  it('is not cancelled when a 200 was faster', async () => {
    const { network, told, send, answer } = aliceAndBob();
    const call = send('INVITE');
    call.cancel();
    await network.pass(10);
    answer(200);
    await network.pass(10);
    expect(told).toEqual(['final 200']);
    expect(network.log.join()).not.toContain('CANCEL');
  });

  it('that nobody knows cannot be cancelled: 481', async () => {
    const { network, alice } = aliceAndBob();
    const told: string[] = [];
    alice.request(newRequest('CANCEL'), toBob, (report) => told.push(shown(report)));
    await network.pass(10);
    expect(told).toEqual(['final 481']);
  });
});

describe('requests as in RFC 2543, without a branch', () => {
  const old = (method: string, extra = '') =>
    Buffer.from(
      `${method} sip:bob@bob SIP/2.0\r\nVia: SIP/2.0/UDP alice\r\nFrom: <sip:a@alice>;tag=1\r\nTo: <sip:b@bob>${extra}\r\nCall-ID: c\r\nCSeq: 7 ${method}\r\n\r\n`,
    );

  it('are matched by what they say', async () => {
    const { network, bobWasTold, transactions, answer } = aliceAndBob();
    network.deliver(old('INVITE'), 'alice', 'bob');
    network.deliver(old('INVITE'), 'alice', 'bob');
    expect(transactions).toHaveLength(1);
    network.deliver(old('CANCEL'), 'alice', 'bob');
    answer(487);
    network.deliver(old('ACK', ';tag=b'), 'alice', 'bob');
    expect(bobWasTold).toEqual(['cancelled', 'acknowledged']);
    await network.pass(100_000);
    expect(network.log).toEqual(['0 bob: 200 OK', '0 bob: 487 Request Terminated']);
  });
});

describe('a malformed request', () => {
  it('is answered where it says where an answer goes', async () => {
    const { network } = aliceAndBob();
    network.deliver(Buffer.from('INVITE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP alice\r\n\r\n'), 'alice', 'bob');
    network.deliver(Buffer.from('INVITE sip:b SIP/3.0\r\nVia: SIP/2.0/UDP alice\r\n\r\n'), 'alice', 'bob');
    network.deliver(Buffer.from('ACK sip:b SIP/2.0\r\nVia: SIP/2.0/UDP alice\r\n\r\n'), 'alice', 'bob');
    network.deliver(Buffer.from('nonsense'), 'alice', 'bob');
    await network.pass(100_000);
    expect(network.log).toEqual([
      '0 bob: 400 Bad Request: found no From, expected headers Via, From, To, Call-ID, CSeq',
      '0 bob: 505 Version Not Supported',
    ]);
  });
});

describe('a closed layer', () => {
  it('has no timer left, sends nothing and tells nothing', async () => {
    const { network, alice, bob, told, bobWasTold, send, answer } = aliceAndBob();
    send('INVITE');
    send('REGISTER');
    await network.pass(10);
    answer(200);
    await network.pass(100);
    network.take();
    const [before, beforeBob] = [told.length, bobWasTold.length];
    alice.close();
    bob.close();
    expect(network.clock.waiting.size).toBe(0);
    send('REGISTER');
    answer(200, 1);
    alice.acknowledge(newRequest('ACK'), toBob);
    network.deliver(
      serialise({ ...newRequest('OPTIONS'), headers: [{ name: 'Via', value: 'SIP/2.0/UDP alice' }] }),
      'alice',
      'bob',
    );
    await network.pass(50_000);
    expect([network.log, told.length, bobWasTold.length, network.clock.waiting.size]).toEqual([
      [],
      before,
      beforeBob,
      0,
    ]);
  });
});

describe('what comes through proxies', () => {
  it('keeps their hops, below the one with received', async () => {
    const { network, transactions } = aliceAndBob();
    const request = newRequest('OPTIONS');
    const headers = [
      { name: 'Via', value: 'SIP/2.0/UDP proxy.example:5070;branch=z9hG4bKp, SIP/2.0/UDP far;branch=z9hG4bKf' },
      ...request.headers,
    ];
    network.deliver(serialise({ ...request, headers }), 'alice', 'bob');
    expect(transactions[0] && headerValues(transactions[0].request, 'Via')).toEqual([
      'SIP/2.0/UDP proxy.example:5070;branch=z9hG4bKp;received=alice',
      'SIP/2.0/UDP far;branch=z9hG4bKf',
    ]);
    await network.pass(0);
  });
});
