import { describe, expect, test } from 'vitest';
import type { OutgoingPath } from '../../src/machines/messages.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [
  { at: '1s', do: 'open' },
  { at: '20s', do: 'call' },
] as const;
const partyIn = (mode: ModeName, party: ConstructorParameters<typeof Driven>[1]) =>
  new Driven(scenarioOf({ steps: [...steps] }, mode), party);
const began = [{ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' }] as const;

/** A user agent that makes the call, once it has sent its INVITE, and where it sends from. */
const callers = {
  app: () => {
    const app = partyIn('standard', 'app');
    app.on(...began, { type: 'user.call' });
    return { agent: app, from: 'app@wifi', path: 'app.running.outgoing' } as const;
  },
  pushServer: () => {
    const server = partyIn('continuous', 'pushServer');
    server.on({ type: 'control.enable', token: 'first' });
    server.on({ type: 'outgoing.INVITE', from: 'connection', credentials: false });
    return { agent: server, from: 'pushServer', path: 'pushServer.up.outgoing' } as const;
  },
};

describe.each(Object.entries(callers))('who calls, the %s', (_, called) => {
  test('RFC 3261 13.2.2.4: acknowledges every 200', () => {
    const { agent, from } = called();
    const ack = { type: 'outgoing.ACK', from };
    expect(agent.on({ type: 'outgoing.200', from }).messages).toContainEqual(ack);
    expect(agent.on({ type: 'outgoing.200', from }).messages).toEqual([ack]);
  });

  test('13.2.2.3: a server that gives up while it rings ends the call', () => {
    const { agent, from } = called();
    agent.on({ type: 'outgoing.180', from });
    const { shown, messages } = agent.on({ type: 'outgoing.failed', from, code: 408 });
    const told = from === 'pushServer' ? messages : shown;
    expect(told).toContainEqual(expect.objectContaining({ type: 'outgoing.failed', code: 408 }));
    expect(agent.on({ type: 'outgoing.200', from }).messages).toEqual([]);
  });

  test('17.1.1.2: sends the INVITE again until it is answered, and gives up at Timer B', () => {
    const { agent, from, path } = called();
    const again = agent.on(elapsed('T1', `${path}.inviting.first`)).messages;
    expect(again).toEqual([{ type: 'outgoing.INVITE', from, credentials: false }]);
    agent.on({ type: 'outgoing.180', from });
    expect(agent.on(elapsed('2T1', `${path}.inviting.second`)).messages).toEqual([]);
  });
});

describe('the user', () => {
  test('hangs up when he has talked enough: a BYE, sent again until it is confirmed (15.1.1)', () => {
    const { agent, from, path } = callers.app();
    agent.on({ type: 'outgoing.200', from });
    const bye = [{ type: 'outgoing.BYE', from }];
    expect(agent.on(elapsed('talk', `${path}.talking`)).messages).toEqual(bye);
    expect(agent.on(elapsed('T1', `${path}.hangingUp.first`)).messages).toEqual(bye);
    agent.on({ type: 'outgoing.BYE.200', from });
    expect(agent.on(elapsed('2T1', `${path}.hangingUp.second`)).messages).toEqual([]);
  });

  test('is told why a call failed: by the answer, or 408 when there is none', () => {
    const refused = callers.app();
    const { shown } = refused.agent.on({ type: 'outgoing.failed', from: refused.from, code: 403 });
    expect(shown).toContainEqual({ type: 'outgoing.failed', code: 403 });
    const silent = callers.app();
    const timedOut = silent.agent.on(elapsed('64T1', `${silent.path}.inviting`));
    expect(timedOut.shown).toContainEqual({ type: 'outgoing.failed', code: 408 });
  });
});

describe('the push server that calls for the app', () => {
  const toApp = (type: string) => ({ type, from: 'connection' });

  test('passes on what comes of the call', () => {
    const { agent, from } = callers.pushServer();
    expect(agent.on({ type: 'outgoing.180', from }).messages).toEqual([toApp('outgoing.180')]);
    expect(agent.on({ type: 'outgoing.200', from }).messages).toContainEqual(toApp('outgoing.200'));
  });

  test('hangs up when the app does, and confirms that once it is done', () => {
    const { agent, from } = callers.pushServer();
    agent.on({ type: 'outgoing.200', from });
    expect(agent.on({ type: 'outgoing.BYE', from: 'connection' }).messages).toEqual([{ type: 'outgoing.BYE', from }]);
    expect(agent.on({ type: 'outgoing.BYE.200', from }).messages).toEqual([toApp('outgoing.BYE.200')]);
  });

  test.each([403, 408, 486] as const)('passes a failure on: %i', (code) => {
    const { agent, from, path } = callers.pushServer();
    const event = code === 408 ? elapsed('64T1', `${path}.inviting`) : { type: 'outgoing.failed' as const, from, code };
    expect(agent.on(event).messages).toContainEqual({ ...toApp('outgoing.failed'), code });
  });
});

describe.each(['app@wifi', 'pushServer'] as const)('a call from %s', (from: OutgoingPath) => {
  const invite = { type: 'outgoing.INVITE', from, credentials: true } as const;

  test.each(['outgoing.180', 'outgoing.200', 'outgoing.BYE.200'] as const)(
    'RFC 3261 16.11: the SIP server passes %s back to it',
    (type) => {
      expect(partyIn('standard', 'sipServer').on({ type, from } as never).messages).toEqual([{ type, from }]);
    },
  );

  test('13.3: the phone at the other end rings, answers, and confirms the BYE to where the call comes from', () => {
    const phone = partyIn('standard', 'caller');
    const { messages, shown } = phone.on(invite);
    expect(messages).toEqual([{ type: 'outgoing.180', from }]);
    expect(shown).toEqual([{ type: 'outgoing.alerting' }]);
    expect(phone.on(invite).messages).toEqual([{ type: 'outgoing.180', from }]);
    const answer = [{ type: 'outgoing.200', from }];
    expect(phone.on(elapsed('calleeReaction', 'caller.called.ringing')).messages).toEqual(answer);
    expect(phone.on(elapsed('T1', 'caller.called.answering.first')).messages).toEqual(answer);
    phone.on({ type: 'outgoing.ACK', from });
    expect(phone.on(elapsed('2T1', 'caller.called.answering.second')).messages).toEqual([]);
    const confirmed = [{ type: 'outgoing.BYE.200', from }];
    expect(phone.on({ type: 'outgoing.BYE', from }).messages).toEqual(confirmed);
    expect(phone.on({ type: 'outgoing.BYE', from }).messages).toEqual(confirmed);
  });
});

describe('the other device', () => {
  test('15.1.2: confirms the BYE of a call that it has answered, every copy of it', () => {
    const phone = new Driven(scenarioOf({ steps: [steps[0]], otherDevice: 'answers' }), 'caller');
    const of = (type: 'INVITE' | 'ACK' | 'BYE') => ({ type, call: 1, contact: 'otherDevice' }) as const;
    phone.on(of('INVITE'), elapsed('otherDeviceReaction', 'caller.otherDevice1.ringing'), of('ACK'));
    const confirmed = [{ type: 'BYE.200', call: 1, contact: 'otherDevice' }];
    expect(phone.on(of('BYE')).messages).toEqual(confirmed);
    expect(phone.on(of('BYE')).messages).toEqual(confirmed);
  });
});
