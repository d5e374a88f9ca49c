import { describe, expect, test } from 'vitest';
import type { CallMessage, CallTarget } from '../../src/machines/messages.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';

/** A 183 with early media (RFC 3261 21.1.5) is progress and no alert. */

const of = (type: CallMessage['type'], contact: CallTarget = 'addressOfRecord') =>
  ({ type, call: 1, contact }) as CallMessage;

const scenarioOn = (ringback: 'ofPhone' | 'earlyMedia', document: Partial<ScenarioDocument> = {}) =>
  resolveScenario({ name: 'early', title: 'Early', steps: [{ at: '1s', do: 'open' }], ...document }, serverProfiles, {
    mode: 'continuous',
    server: { ...serverProfiles[document.server === 'hold' ? 'hold' : 'multi'], ringback },
  });

describe('a server with early media', () => {
  const register = {
    type: 'REGISTER',
    contact: 'pushServer',
    expires: 'asked',
    authorization: true,
    stale: false,
  } as const;
  const promised = { type: 'call.ringbackPromised', call: 1 };

  test('sends a 183 where others send a 100, and promises ringing once', () => {
    const server = new Driven(scenarioOn('earlyMedia'), 'sipServer');
    server.on(register);
    expect(server.on(of('INVITE'))).toMatchObject({
      messages: [of('INVITE.183'), of('INVITE', 'pushServer')],
      shown: [promised],
    });
    expect(server.on(of('INVITE'))).toMatchObject({ messages: [of('INVITE.183')], shown: [] });
    expect(server.on(of('INVITE.180', 'pushServer')).messages).toEqual([of('INVITE.180', 'pushServer')]);
    const usual = new Driven(scenarioOn('ofPhone'), 'sipServer');
    usual.on(register);
    expect(usual.on(of('INVITE'))).toMatchObject({
      messages: [of('INVITE.100'), of('INVITE', 'pushServer')],
      shown: [],
    });
  });

  test('does so for a call that it holds, and not for nobody', () => {
    const holding = new Driven(scenarioOn('earlyMedia', { server: 'hold' }), 'sipServer');
    expect(holding.on(of('INVITE'))).toMatchObject({ messages: [of('INVITE.183')], shown: [promised] });
    expect(new Driven(scenarioOn('earlyMedia'), 'sipServer').on(of('INVITE')).sent).toEqual(['INVITE.failed']);
  });

  test('9.1: its 183 is a provisional answer, after which a caller may cancel', () => {
    const dialled = () => {
      const caller = new Driven(scenarioOn('earlyMedia'), 'caller');
      caller.on({ type: 'call.dial', call: 1 });
      return caller;
    };
    const caller = dialled();
    expect(caller.on(of('INVITE.183'))).toMatchObject({ sent: [], shown: [] });
    expect(caller.on(elapsed('T1', 'caller.call1.dialling.inviting.first')).sent).toEqual([]);
    expect(caller.on({ type: 'call.hangUp', call: 1 }).sent).toEqual(['CANCEL']);
    const impatient = dialled();
    expect(impatient.on({ type: 'call.hangUp', call: 1 }).sent).toEqual([]);
    expect(impatient.on(of('INVITE.183')).sent).toEqual(['CANCEL']);
  });
});

describe('a caller who hears ringback from the server', () => {
  const pushLost: Partial<ScenarioDocument> = {
    faults: [{ do: 'lose', message: 'notification' }],
    steps: [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'home' },
      { at: '60s', do: 'dial', call: 1 },
    ],
  };
  const verdicts = (ringback: 'ofPhone' | 'earlyMedia', document: Partial<ScenarioDocument>) => {
    const properties = ['noInviteLost', 'ringbackIsTrue'].map(propertyNamed);
    const { decisions } = check(scenarioOn(ringback, document), { properties });
    return Object.fromEntries(decisions.map(({ property, verdict }) => [property, verdict]));
  };

  test('rings for nobody where no phone rings, and the call is lost with and without it', () => {
    expect(verdicts('earlyMedia', pushLost)).toEqual({ noInviteLost: 'violated', ringbackIsTrue: 'violated' });
    expect(verdicts('ofPhone', pushLost)).toEqual({ noInviteLost: 'violated' });
  });

  test('rings a phone in the end where one does, also on a line that loses the 183', () => {
    const lossy: Partial<ScenarioDocument> = { faults: [{ do: 'lose', message: 'INVITE.183' }] };
    const { steps } = pushLost;
    expect(verdicts('earlyMedia', { ...lossy, ...(steps && { steps }) })).toEqual({
      noInviteLost: 'holds',
      ringbackIsTrue: 'holds',
    });
  });
});
