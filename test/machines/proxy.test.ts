import { describe, expect, test } from 'vitest';
import type { CallMessage, Contact } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';

const ofCaller = { call: 1, contact: 'addressOfRecord' } as const;
const invite = { type: 'INVITE', ...ofCaller } as const;
const of = <Type extends CallMessage['type']>(type: Type, contact: Contact) =>
  ({ type, call: 1, contact }) as Extract<CallMessage, { type: Type }>;
const failed = (contact: Contact, code: 480 | 487 | 503) =>
  ({ type: 'INVITE.failed', call: 1, contact, code }) as const;
const register = { type: 'REGISTER', expires: 'asked', authorization: false, stale: false } as const;
const again = (path: string) => elapsed('T1', `sipServer.up.call1.${path}`);

const serverWith = (bound: readonly Contact[], profile: Partial<ServerProfile> = {}) => {
  const scenario = resolveScenario({ name: 'x', title: 'x', steps: [{ at: '1s', do: 'open' }] }, serverProfiles, {
    server: { ...serverProfiles.multi, digest: false, ...profile },
  });
  const server = new Driven(scenario, 'sipServer');
  for (const contact of bound) server.on({ ...register, contact });
  return server;
};

/** A call that has been forked to both sides of the hand-over. */
const forked = () => {
  const proxy = serverWith(['app@wifi', 'pushServer']);
  proxy.on(invite);
  return proxy;
};

describe('a call that is proceeding', () => {
  test('16.2, 17.2.1: the caller gets a 100 at once, and for every copy of his INVITE', () => {
    const proxy = serverWith(['app@wifi']);
    expect(proxy.on(invite).messages).toEqual([{ type: 'INVITE.100', ...ofCaller }, of('INVITE', 'app@wifi')]);
    expect(proxy.on(invite).messages).toEqual([{ type: 'INVITE.100', ...ofCaller }]);
  });

  test('16.7 step 5: a 180 is passed on, with who rings', () => {
    expect(forked().on(of('INVITE.180', 'app@wifi')).messages).toEqual([of('INVITE.180', 'app@wifi')]);
  });

  test('17.1.1.2: a 180 that comes after the failure of its branch is not passed on', () => {
    const proxy = forked();
    proxy.on(failed('app@wifi', 480));
    expect(proxy.on(of('INVITE.180', 'app@wifi')).messages).toEqual([]);
    expect(proxy.on(of('INVITE.180', 'pushServer')).messages).toEqual([of('INVITE.180', 'pushServer')]);
  });

  test('17.1.1.2 Timer A: only branches without any answer get the INVITE again', () => {
    const proxy = forked();
    proxy.on(of('INVITE.100', 'pushServer'));
    expect(proxy.on(again('proceeding.first')).messages).toEqual([of('INVITE', 'app@wifi')]);
    const { messages } = proxy.on(of('INVITE.180', 'app@wifi'), elapsed('2T1', 'sipServer.up.call1.proceeding.second'));
    expect(messages).toEqual([]);
    expect(proxy.is({ up: { call1: { proceeding: 'once' } } })).toBe(true);
  });

  test('16.7 step 6: fails when the last branch has failed, each failure being acknowledged (17.1.1.3)', () => {
    const proxy = forked();
    expect(proxy.on(failed('app@wifi', 480)).messages).toEqual([of('ACK', 'app@wifi')]);
    expect(proxy.on(failed('pushServer', 480)).sent).toEqual(['ACK', 'INVITE.failed']);
    expect(proxy.is({ up: { call1: 'failed' } })).toBe(true);
  });

  test('16.7: branches without any answer count as 408', () => {
    const proxy = forked();
    proxy.on(failed('app@wifi', 480));
    expect(proxy.on({ type: 'branches.silent', call: 1 }).messages).toEqual([
      { type: 'INVITE.failed', ...ofCaller, code: 480 },
    ]);
    expect(serverWith(['app@wifi']).on(invite, { type: 'branches.silent', call: 1 }).messages).toEqual([
      { type: 'INVITE.failed', ...ofCaller, code: 408 },
    ]);
  });

  test('RFC 8599 5.6.2: a new binding gets a branch, one that has got it already gets no second one', () => {
    const proxy = serverWith(['app@wifi'], { forksToLateBindings: true });
    proxy.on(invite);
    expect(proxy.on({ ...register, contact: 'app@wifi' }).sent).toEqual(['REGISTER.200']);
    expect(proxy.on({ ...register, contact: 'pushServer' }).sent).toEqual(['REGISTER.200', 'INVITE']);
  });

  test('16.8: is given up after so long, and what has answered is cancelled', () => {
    const proxy = forked();
    const { messages } = proxy.on(of('INVITE.180', 'app@wifi'), { type: 'answer.missing', call: 1 });
    expect(messages).toEqual([of('CANCEL', 'app@wifi'), { type: 'INVITE.failed', ...ofCaller, code: 480 }]);
  });
});

test('16.8: whom nobody answers gets 480, whatever else a branch has said', () => {
  const proxy = forked();
  proxy.on(failed('app@wifi', 503), of('INVITE.180', 'pushServer'));
  const { messages } = proxy.on({ type: 'answer.missing', call: 1 });
  expect(messages).toContainEqual({ type: 'INVITE.failed', ...ofCaller, code: 480 });
});

describe('a call that two phones have answered', () => {
  const answeredTwice = () => {
    const proxy = forked();
    proxy.on(of('INVITE.200', 'app@wifi'), of('INVITE.200', 'pushServer'));
    return proxy;
  };

  test('13.2.2.4: the BYE of one dialog leaves the other alone', () => {
    const proxy = answeredTwice();
    expect(proxy.on(of('BYE', 'pushServer')).messages).toEqual([of('BYE', 'pushServer')]);
    expect(proxy.on(of('BYE.200', 'pushServer')).messages).toEqual([of('BYE.200', 'pushServer')]);
    expect(proxy.on(of('BYE', 'app@wifi')).messages).toEqual([of('BYE', 'app@wifi')]);
    proxy.on(of('BYE.200', 'app@wifi'));
    expect(proxy.context.calls).toMatchObject({ 1: { ended: ['app@wifi', 'pushServer'] } });
  });

  test('17.2.2: a copy of the BYE is answered by its transaction, for each dialog', () => {
    const proxy = answeredTwice();
    proxy.on(of('BYE', 'pushServer'), of('BYE.200', 'pushServer'));
    expect(proxy.on(of('BYE', 'pushServer')).messages).toEqual([{ type: 'BYE.200', ...ofCaller }]);
    expect(proxy.on(of('BYE', 'app@wifi')).messages).toEqual([of('BYE', 'app@wifi')]);
  });
});

describe('a call that the caller cancels', () => {
  const cancelled = () => {
    const proxy = forked();
    const { messages } = proxy.on(of('INVITE.100', 'pushServer'), { type: 'CANCEL', ...ofCaller });
    expect(messages).toEqual([{ type: 'CANCEL.200', ...ofCaller }, of('CANCEL', 'pushServer')]);
    return proxy;
  };

  test('17.2.1: a copy of the INVITE still gets a provisional answer', () => {
    expect(cancelled().on(invite).messages).toEqual([{ type: 'INVITE.100', ...ofCaller }]);
  });

  test('9.1: the branch that has answered gets the CANCEL again until it confirms it, the other the INVITE', () => {
    const proxy = cancelled();
    expect(proxy.on(again('cancelling.first')).messages).toEqual([
      of('INVITE', 'app@wifi'),
      of('CANCEL', 'pushServer'),
    ]);
    const { messages } = proxy.on(
      of('CANCEL.200', 'pushServer'),
      elapsed('2T1', 'sipServer.up.call1.cancelling.second'),
    );
    expect(messages).toEqual([of('INVITE', 'app@wifi')]);
  });

  test('9.1: what answers late is cancelled then, and told so again until it confirms', () => {
    const proxy = cancelled();
    expect(proxy.on(of('INVITE.180', 'app@wifi')).messages).toEqual([of('CANCEL', 'app@wifi')]);
    expect(proxy.on(again('cancelling.first')).messages).toEqual([
      of('CANCEL', 'app@wifi'),
      of('CANCEL', 'pushServer'),
    ]);
    expect(proxy.on(of('INVITE.180', 'app@wifi')).messages).toEqual([]);
  });

  test('16.10: ends with 487 when all branches have ended', () => {
    const proxy = cancelled();
    proxy.on(failed('pushServer', 487));
    expect(proxy.on({ type: 'branches.silent', call: 1 }).messages).toEqual([
      { type: 'INVITE.failed', ...ofCaller, code: 487 },
    ]);
  });

  test('9.2: every copy of the CANCEL is confirmed', () => {
    expect(cancelled().on({ type: 'CANCEL', ...ofCaller }).messages).toEqual([{ type: 'CANCEL.200', ...ofCaller }]);
  });
});

describe('a call that is answered', () => {
  const answered = () => {
    const proxy = forked();
    expect(proxy.on(of('INVITE.200', 'app@wifi')).messages).toEqual([of('INVITE.200', 'app@wifi')]);
    return proxy;
  };

  test('16.7 step 5: every 200 is passed on', () => {
    const proxy = answered();
    expect(proxy.on(of('INVITE.200', 'app@wifi')).messages).toEqual([of('INVITE.200', 'app@wifi')]);
    expect(proxy.on(of('INVITE.200', 'pushServer')).messages).toEqual([of('INVITE.200', 'pushServer')]);
  });

  test('16.12.1: ACK and BYE go to the one who answered, and the confirmation back', () => {
    const proxy = answered();
    expect(proxy.on(of('ACK', 'app@wifi')).messages).toEqual([of('ACK', 'app@wifi')]);
    expect(proxy.on(of('BYE', 'app@wifi')).messages).toEqual([of('BYE', 'app@wifi')]);
    expect(proxy.on(of('BYE.200', 'app@wifi')).messages).toEqual([of('BYE.200', 'app@wifi')]);
    expect(proxy.on(of('BYE', 'app@wifi')).messages).toEqual([{ type: 'BYE.200', ...ofCaller }]);
  });

  test('17.1.1.3: the ACK of a failure that a 200 has overtaken goes no further', () => {
    expect(answered().on({ type: 'ACK', ...ofCaller }).messages).toEqual([]);
  });

  test('16.7 step 10: the branch that has lost ends with its 487, acknowledged', () => {
    const proxy = answered();
    expect(proxy.on(of('INVITE.180', 'pushServer')).messages).toEqual([of('CANCEL', 'pushServer')]);
    expect(proxy.on(failed('pushServer', 487)).messages).toEqual([of('ACK', 'pushServer')]);
    expect(proxy.on(again('answered.first')).messages).toEqual([]);
  });
});

test('17.1.1.2 Timer B: what has not ended 64*T1 after the call is forgotten', () => {
  const proxy = forked();
  proxy.on(of('INVITE.180', 'pushServer'), of('INVITE.200', 'app@wifi'));
  expect(proxy.context.calls).toMatchObject({ 1: { branches: { pushServer: 'cancelling' } } });
  proxy.on(elapsed('64T1', 'sipServer.up.call1.answered'));
  expect(proxy.context.calls).toMatchObject({ 1: { branches: {} } });
  expect(proxy.on(again('answered.first')).messages).toEqual([]);
});

test('17.2.1 Timer G: a failure is sent again until its ACK, and for every copy of the INVITE', () => {
  const proxy = serverWith([]);
  const failure = { type: 'INVITE.failed', ...ofCaller, code: 480 };
  expect(proxy.on(invite).messages).toEqual([failure]);
  expect(proxy.on(again('failed.first')).messages).toEqual([failure]);
  expect(proxy.on(invite).messages).toEqual([failure]);
  proxy.on({ type: 'ACK', ...ofCaller });
  expect(proxy.on(elapsed('2T1', 'sipServer.up.call1.failed.second')).messages).toEqual([]);
});

test('RFC 8599 5.6.2: a held INVITE goes to the binding that comes, or fails after so long', () => {
  const held = () => {
    const proxy = serverWith([], { withoutBinding: { do: 'hold', ms: 15_000 } });
    expect(proxy.on(invite).sent).toEqual(['INVITE.100']);
    expect(proxy.on(invite).sent).toEqual(['INVITE.100']);
    return proxy;
  };
  expect(held().on({ ...register, contact: 'pushServer' }).sent).toEqual(['REGISTER.200', 'INVITE']);
  expect(held().on(elapsed('holdTime', 'sipServer.up.call1.held')).sent).toEqual(['INVITE.failed']);
  expect(held().on({ type: 'CANCEL', ...ofCaller }).sent).toEqual(['CANCEL.200', 'INVITE.failed']);
});

test('a restart ends every call for the proxy', () => {
  const proxy = forked();
  proxy.on({ type: 'sipServer.crash' }, elapsed('restart', 'sipServer.down'));
  expect(proxy.context.calls).toEqual({ 1: { branches: {}, best: null }, 2: { branches: {}, best: null } });
  expect(proxy.on(of('INVITE.200', 'app@wifi')).sent).toEqual([]);
});
