import { describe, expect, test } from 'vitest';
import { registerOrder } from '../../src/sim/sipWorld/registerOrder.ts';
import { eventTable } from '../../src/sim/system/eventTable.ts';

const message = { type: 'REGISTER', contact: 'app@wifi', expires: true, authorized: false };
const [older, newer, stale] = [message, { ...message, authorized: true }, { ...message, stale: true }].map((one) =>
  eventTable.idOf(one),
) as [number, number, number];
const answer = eventTable.idOf({ type: 'INVITE.180', call: 1 } as never);

const { outdatedBy, outdates } = registerOrder;

describe('RFC 3261 10.3 step 7: a REGISTER outdates older ones of its sender', () => {
  test('an older one has a CSeq that is too low once it has arrived', () => {
    expect(outdatedBy(newer, older, 0)).toBe(stale);
  });

  test('a retransmission has the same CSeq', () => {
    expect(outdatedBy(newer, newer, 0)).toBe(newer);
    expect(outdatedBy(older, older, 0)).toBe(older);
  });

  test('one that is outdated itself outdates nothing, nor does another message', () => {
    expect(outdates(stale, 0)).toBe(false);
    expect(outdatedBy(stale, older, 0)).toBe(older);
    expect(outdates(answer, 0)).toBe(false);
    expect(outdatedBy(answer, older, 0)).toBe(older);
  });

  test('it leaves other messages as they are', () => {
    expect(outdatedBy(newer, answer, 0)).toBe(answer);
  });
});
