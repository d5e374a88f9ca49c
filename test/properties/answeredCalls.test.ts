import { describe, expect, test } from 'vitest';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import type { Sighting } from '../../src/sim/scenario/sighting.ts';
import { sightingTable } from '../../src/sim/system/eventTable.ts';
import { PropertyTable } from '../../src/sim/system/property.ts';
import { scenarioOf } from '../support/scenarios.ts';

const scenario = scenarioOf({ steps: [{ at: '1s', do: 'open' }] });
const call = 1;
const placed: Sighting = { type: 'call.placed', call };
const answered: Sighting = { type: 'ringing.answered', call };
const connected = (contact: 'app@wifi' | 'pushServer' | 'voicemail' | 'otherDevice'): Sighting => ({
  type: 'call.connected',
  call,
  contact,
});
const gaveUp: Sighting = { type: 'call.abandoned', call };
const hungUp: Sighting = { type: 'call.hungUp', call };
const ended: Sighting = { type: 'call.ended', call };
const phone = (cause: 'told' | 'hungUp' | 'noAck' | 'noInvite'): Sighting => ({ type: 'phone.ended', call, cause });
/** Stands for time: what is waited for is overdue. */
const later: Sighting = { type: 'environment' };
const processEnds: Sighting = { type: 'app.reachable', contact: null };

/** What a property has to wait for after these, and whether it is violated then, or once the wait is over. */
function judge(name: string, seen: readonly Sighting[]) {
  const table = new PropertyTable(propertyNamed(name), scenario);
  const allMissed = (state: number) =>
    table.obligations(state).reduce((before, { key }) => table.missed(before, key), state);
  const state = seen.reduce(
    (before, one) => (one === later ? allMissed(before) : table.next(before, sightingTable.idOf(one))),
    table.initial,
  );
  const waits = table.obligations(state);
  const late = allMissed(allMissed(state));
  const is = (one: number) => table.violation(one) !== null;
  return {
    waits: waits.length > 0,
    isViolated: is(state),
    isViolatedLate: is(late),
    witnessed: table.witnessed(state),
  };
}

const holds = { waits: false, isViolated: false, isViolatedLate: false };
const waits = { waits: true, isViolated: false, isViolatedLate: true };

describe('answeredConnects', () => {
  test.each<[string, Sighting[], object]>([
    ['waits for the connection', [placed, answered], waits],
    ['connected by the push server', [placed, answered, connected('pushServer')], { ...holds, witnessed: true }],
    ['a mailbox is no connection with the phone', [placed, answered, connected('voicemail')], waits],
    ['nor is another device', [placed, answered, connected('otherDevice')], waits],
    [
      'a phone that is told at once waits no more',
      [placed, answered, gaveUp, phone('told')],
      { ...holds, witnessed: false },
    ],
    [
      'one that is told after a while has been answered in vain',
      [placed, answered, later, phone('told')],
      { isViolated: true },
    ],
    ['a phone that gives up by itself has not been told', [placed, answered, phone('noAck')], waits],
    ['who answers after the caller has gone answers nobody', [placed, gaveUp, answered], holds],
    ['a caller who gives up afterwards is no excuse', [placed, answered, gaveUp], waits],
  ])('%s', (_, seen, expected) => {
    expect(judge('answeredConnects', seen)).toMatchObject(expected);
  });
});

describe('endsAgree', () => {
  const established = [placed, answered, connected('app@wifi')];
  test.each<[string, Sighting[], object]>([
    ['nothing to agree on while both talk', established, { ...holds, witnessed: false }],
    ['the phone has to learn that the caller has hung up', [...established, hungUp], waits],
    ['and does', [...established, hungUp, phone('told')], { ...holds, witnessed: true }],
    ['the caller has to learn that the phone has hung up', [...established, phone('hungUp')], waits],
    ['and that its process has ended', [...established, processEnds], waits],
    ['and does', [...established, processEnds, ended], { ...holds, witnessed: true }],
    ['a call that was never established is not judged', [placed, answered, phone('noAck')], holds],
  ])('%s', (_, seen, expected) => {
    expect(judge('endsAgree', seen)).toMatchObject(expected);
  });
});

describe('callSurvives', () => {
  const established = [placed, answered, connected('pushServer')];
  test.each<[string, Sighting[], boolean]>([
    ['the caller hangs up', [...established, hungUp, phone('told'), ended], false],
    ['the user hangs up', [...established, phone('hungUp'), ended], false],
    ['the process ends, and the caller is told', [...established, processEnds, ended], false],
    ['the caller is told although nobody has hung up', [...established, ended], true],
    ['the caller’s session is not refreshed', [...established, { type: 'call.expired', call }], true],
    ['the phone is told although nobody has hung up', [...established, phone('told')], true],
    ['the phone gives up although the caller talks', [...established, phone('noAck')], true],
    ['a call with another device is not the phone’s', [placed, answered, connected('otherDevice'), ended], false],
  ])('%s', (_, seen, isViolated) => {
    expect(judge('callSurvives', seen).isViolated).toBe(isViolated);
  });
});
