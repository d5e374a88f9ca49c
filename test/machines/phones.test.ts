import { describe, expect, test } from 'vitest';
import { everyContact, type Phone, sideOf } from '../../src/machines/messages.ts';
import {
  amongPhones,
  asInWorld,
  asToPhone,
  everyParty,
  partiesOf,
  peersOf,
  phoneOf,
  phones,
  roleOf,
} from '../../src/machines/phones.ts';

describe('a machine speaks of its own phone, and its host gives the names of the world', () => {
  test.each(phones)('what a machine of phone %i says comes back as it was said', (phone) => {
    const said = {
      type: 'REGISTER',
      contact: 'app@wifi',
      swap: { removes: ['pushServer', 'app@cellular'], order: 'newFirst' },
    } as const;
    expect(asToPhone(asInWorld(said, phone), phone)).toEqual(said);
  });

  test('the second phone goes by its number', () => {
    expect(asInWorld({ type: 'INVITE.200', contact: 'pushServer', target: 'app@cellular' }, 2)).toEqual({
      type: 'INVITE.200',
      contact: 'pushServer2',
      target: 'app2@cellular',
    });
    expect(asInWorld({ type: 'transport.failed', message: { type: 'INVITE', contact: 'app@wifi' } }, 3)).toEqual({
      type: 'transport.failed',
      message: { type: 'INVITE', contact: 'app3@wifi' },
    });
  });

  test('what belongs to another phone is told as another device', () => {
    const answer = { type: 'REGISTER.200', contacts: ['app@wifi', 'app2@wifi', 'pushServer3', 'otherDevice'] };
    expect(asToPhone(answer, 1)).toEqual({ type: 'REGISTER.200', contacts: ['app@wifi', 'otherDevice'] });
    expect(asToPhone(answer, 2)).toEqual({ type: 'REGISTER.200', contacts: ['otherDevice', 'app@wifi'] });
  });

  test('it can name the parties of its own phone, and those of which there is one', () => {
    const named = peersOf(partiesOf(2), 2);
    expect(named.filter((name) => !name.startsWith('not '))).toEqual([
      'caller',
      'sipServer',
      'pushServer',
      'notificationService',
      'app',
    ]);
    expect(named.indexOf('app')).toBe(partiesOf(2).indexOf('app2'));
  });
});

test('every name belongs to one phone or to none, and says its part', () => {
  const numbers = (names: readonly string[]) => new Set(names.map(phoneOf));
  expect(numbers(everyParty)).toEqual(new Set([null, 1, 2, 3]));
  expect(everyContact.map((contact): Phone | null => phoneOf(contact))).toEqual(
    everyContact.map((contact) => phoneOf(sideOf(contact))),
  );
  expect(everyParty.map(roleOf).filter((role) => role === 'app')).toHaveLength(3);
  expect(amongPhones(everyParty, 1)).toEqual(partiesOf(1));
});
