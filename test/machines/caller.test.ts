import { describe, expect, test } from 'vitest';
import type { CallMessage, Contact } from '../../src/machines/messages.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const of = { call: 1, contact: 'addressOfRecord' } as const;
const trying = { type: 'INVITE.100', ...of } as const;
const answeredBy = (contact: Contact) => ({ type: 'INVITE.200', call: 1, contact }) as const;
const to = (type: 'ACK' | 'BYE', contact: Contact): CallMessage => ({ type, call: 1, contact });
const patience = elapsed('patience', 'caller.call1.dialling');

const dialling = () => {
  const caller = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'dial', call: 1 }] }), 'caller');
  const { messages, shown } = caller.on({ type: 'call.dial', call: 1 });
  expect(messages).toEqual([{ type: 'INVITE', ...of }]);
  expect(shown).toEqual([{ type: 'call.placed', call: 1 }]);
  return caller;
};

describe('a caller who gives up', () => {
  test('9.1: sends a CANCEL, once there has been a provisional answer', () => {
    const caller = dialling();
    const { sent, shown } = caller.on({ type: 'call.hangUp', call: 1 });
    expect(sent).toEqual([]);
    expect(shown).toEqual([{ type: 'call.abandoned', call: 1 }]);
    expect(caller.on(trying).messages).toEqual([{ type: 'CANCEL', ...of }]);
  });

  test('15: sends a BYE where the call has been answered', () => {
    const caller = dialling();
    const answer = { type: 'INVITE.200', call: 1, contact: 'app@wifi' } as const;
    const { messages, shown } = caller.on(trying, answer, { type: 'call.hangUp', call: 1 });
    expect(messages).toEqual([to('BYE', 'app@wifi')]);
    expect(shown).toEqual([{ type: 'call.hungUp', call: 1 }]);
  });

  test('keeps no address of a dialog that has ended, so that ends which nobody can tell apart are one state', () => {
    const caller = dialling();
    const moved = { type: 'INVITE.200', call: 1, contact: 'app@wifi', target: 'app@cellular' } as const;
    caller.on(trying, moved);
    expect(caller.context).toMatchObject({ targets: { 1: 'app@cellular' } });
    caller.on({ type: 'call.hangUp', call: 1 }, { type: 'BYE.200', call: 1, contact: 'app@cellular' });
    expect(caller.context).toHaveProperty('targets', {});
  });

  test('has patience for so long', () => {
    const caller = dialling();
    const { sent, shown } = caller.on(trying, patience);
    expect(sent).toEqual(['CANCEL']);
    expect(shown).toEqual([{ type: 'call.abandoned', call: 1 }]);
  });

  test('17.1.1.3: acknowledges the 487', () => {
    const caller = dialling();
    const { messages, shown } = caller.on(trying, patience, { type: 'INVITE.failed', ...of, code: 487 });
    expect(messages).toEqual([{ type: 'ACK', ...of }]);
    expect(shown).toEqual([{ type: 'call.ended', call: 1 }]);
  });

  test('13.2.2.4, 15: acknowledges a 200 that has crossed his CANCEL, and ends that call', () => {
    const caller = dialling();
    const { messages } = caller.on(trying, patience, answeredBy('app@wifi'));
    expect(messages).toEqual([to('ACK', 'app@wifi'), to('BYE', 'app@wifi')]);
    expect(caller.on(answeredBy('app@wifi')).messages).toEqual([to('ACK', 'app@wifi')]);
    expect(caller.on(elapsed('T1', 'caller.call1.hangingUp.first')).messages).toEqual([to('BYE', 'app@wifi')]);
  });

  test('13.2.2.4: does the same with a 200 that comes when he has heard nothing for 64*T1', () => {
    const caller = dialling();
    const { messages } = caller.on(elapsed('64T1', 'caller.call1.dialling.inviting'), answeredBy('app@wifi'));
    expect(messages).toEqual([to('ACK', 'app@wifi'), to('BYE', 'app@wifi')]);
    expect(caller.on({ type: 'BYE.200', call: 1, contact: 'app@wifi' }).sent).toEqual([]);
    expect(caller.on(answeredBy('app@wifi')).messages).toEqual([to('ACK', 'app@wifi')]);
  });
});

describe('a call that is answered', () => {
  const talking = () => {
    const caller = dialling();
    const { messages, shown } = caller.on(trying, answeredBy('app@wifi'));
    expect(messages).toEqual([to('ACK', 'app@wifi')]);
    expect(shown).toEqual([{ type: 'call.connected', call: 1, contact: 'app@wifi' }]);
    return caller;
  };

  test('13.2.2.4: every copy of the 200 is acknowledged, the second answerer of a fork is sent away', () => {
    const caller = talking();
    expect(caller.on(answeredBy('app@wifi')).messages).toEqual([to('ACK', 'app@wifi')]);
    expect(caller.on(answeredBy('pushServer')).messages).toEqual([to('ACK', 'pushServer'), to('BYE', 'pushServer')]);
  });

  test('17.1.2.2: the BYE to the second answerer is sent again until that one confirms it', () => {
    const caller = talking();
    caller.on(answeredBy('pushServer'));
    expect(caller.on(answeredBy('pushServer')).messages).toEqual([to('ACK', 'pushServer')]);
    expect(caller.on(elapsed('T1', 'caller.dismissal1.ending.first')).messages).toEqual([to('BYE', 'pushServer')]);
    expect(caller.on(answeredBy('otherDevice')).messages).toEqual([to('ACK', 'otherDevice'), to('BYE', 'otherDevice')]);
    caller.on({ type: 'BYE.200', call: 1, contact: 'app@wifi' });
    expect(caller.is({ dismissal1: { ending: 'first' } })).toBe(true);
    caller.on({ type: 'BYE.200', call: 1, contact: 'otherDevice' });
    expect(caller.is({ call1: 'talking', dismissal1: 'none' })).toBe(true);
    expect(caller.context).toHaveProperty('dismissed', {});
  });

  test('15.1.1: the confirmation of the BYE to the second answerer ends nothing else', () => {
    const caller = talking();
    caller.on(answeredBy('pushServer'), elapsed('talk', 'caller.call1.talking'));
    caller.on({ type: 'BYE.200', call: 1, contact: 'pushServer' });
    expect(caller.is({ call1: 'hangingUp', dismissal1: 'none' })).toBe(true);
    caller.on({ type: 'BYE.200', call: 1, contact: 'app@wifi' });
    expect(caller.is({ call1: 'over' })).toBe(true);
  });

  test('15.1.1: ends with a BYE to the one who answered, which is sent again until it is confirmed', () => {
    const caller = talking();
    expect(caller.on(elapsed('talk', 'caller.call1.talking')).messages).toEqual([to('BYE', 'app@wifi')]);
    expect(caller.on(elapsed('T1', 'caller.call1.hangingUp.first')).messages).toEqual([to('BYE', 'app@wifi')]);
    const { shown } = caller.on({ type: 'BYE.200', call: 1, contact: 'app@wifi' });
    expect(shown).toEqual([{ type: 'call.ended', call: 1 }]);
  });

  test('13.2.2.4: when it is over, a copy of its 200 is acknowledged, and another answer ended as well', () => {
    const caller = talking();
    caller.on(elapsed('talk', 'caller.call1.talking'));
    expect(caller.on(answeredBy('otherDevice')).messages).toEqual([to('ACK', 'otherDevice'), to('BYE', 'otherDevice')]);
    caller.on({ type: 'BYE.200', call: 1, contact: 'app@wifi' });
    expect(caller.on(answeredBy('app@wifi')).messages).toEqual([to('ACK', 'app@wifi')]);
    expect(caller.on(answeredBy('otherDevice')).messages).toEqual([to('ACK', 'otherDevice'), to('BYE', 'otherDevice')]);
  });

  test('leaves the second call of the same caller alone', () => {
    const caller = talking();
    expect(caller.on({ type: 'INVITE.200', call: 2, contact: 'app@wifi' }).sent).toEqual([]);
  });
});

describe('a call that fails', () => {
  test('17.1.1.3: every copy of the failure is acknowledged', () => {
    const caller = dialling();
    const failed = { type: 'INVITE.failed', ...of, code: 486 } as const;
    const { messages, shown } = caller.on(failed);
    expect(messages).toEqual([{ type: 'ACK', ...of }]);
    expect(shown).toEqual([
      { type: 'call.failed', call: 1, code: 486 },
      { type: 'call.ended', call: 1 },
    ]);
    expect(caller.on(failed).messages).toEqual([{ type: 'ACK', ...of }]);
  });

  test('17.1.1.2: no answer at all counts as 408', () => {
    const { shown } = dialling().on(elapsed('64T1', 'caller.call1.dialling.inviting'));
    expect(shown).toContainEqual({ type: 'call.failed', call: 1, code: 408 });
  });
});
