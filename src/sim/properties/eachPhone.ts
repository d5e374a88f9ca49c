import type { Phone } from '../../machines/messages.ts';
import { asToPhone } from '../../machines/phones.ts';
import { phonesOf } from '../scenario/scenario.ts';
import type { Sighting } from '../scenario/sighting.ts';
import type { Obligation, Violation } from '../system/property.ts';
import type { Property } from './property.ts';

/** The states of a property that is judged for each phone, the first phone's first. */
export interface EachPhone<State> {
  readonly phones: readonly State[];
}

const isEach = <State>(state: State | EachPhone<State>): state is EachPhone<State> =>
  typeof state === 'object' && state !== null && 'phones' in state;

/** What one phone and the caller show, as if there were no other phone: what belongs to others is another device's. */
function seenWith(phone: Phone, sighting: Sighting): Sighting | null {
  const owner = sighting.type === 'sent' ? null : sighting.phone;
  const isOfPhones = /^(app|pushServer|push|ringing|phone|outgoing)\./.test(sighting.type);
  const isOfItsOwn = isOfPhones || sighting.type === 'believes' || sighting.type === 'loggedOut';
  if (isOfItsOwn || sighting.type === 'call.missed') {
    if ((owner ?? 1) !== phone) return null;
  }
  return asToPhone(sighting, phone);
}

const named = (phone: number, violation: Violation | null): Violation | null =>
  violation === null || phone === 1 ? violation : { ...violation, what: `phone ${phone}: ${violation.what}` };

const first = (violations: readonly (Violation | null)[]): Violation | null =>
  violations.reduce((all, one, index) => joined(all, named(index + 1, one)), null);

function joined(one: Violation | null, other: Violation | null): Violation | null {
  if (one === null || other === null) return one ?? other;
  return { what: `${one.what}; ${other.what}`, calls: [...new Set([...one.calls, ...other.calls])].sort() };
}

const keyOf = (key: string, phone: number): string => (phone === 1 ? key : `${key} of phone ${phone}`);

/**
 * The property as it is judged where the user has several phones: for each of them, by what it and the caller show. With one
 * phone it is the property itself.
 */
export function forEachPhone<State>(property: Property<State>): Property<State | EachPhone<State>> {
  const { obligations, missed, violation, unfinished, settled, witnessed, next, ...rest } = property;
  type Any = State | EachPhone<State>;
  const judged = (state: Any, judge: (state: State) => Violation | null) =>
    isEach(state) ? first(state.phones.map(judge)) : judge(state);
  return {
    ...rest,
    next: (state, sighting, settings) => {
      const phones = phonesOf(settings);
      if (phones.length === 1) return next(state as State, sighting, settings);
      const before = isEach(state) ? state.phones : phones.map(() => state as State);
      return {
        phones: before.map((own, index) => {
          const seen = seenWith(phones[index] as Phone, sighting);
          return seen === null ? own : next(own, seen, settings);
        }),
      };
    },
    ...(obligations && {
      obligations: (state: Any, settings): readonly Obligation[] =>
        isEach(state)
          ? state.phones.flatMap((own, index) =>
              obligations(own, settings).map(({ key, limitMs }) => ({ key: keyOf(key, index + 1), limitMs })),
            )
          : obligations(state, settings),
    }),
    ...(missed && {
      missed: (state: Any, key: string): Any => {
        if (!isEach(state)) return missed(state, key);
        const [, own = key, phone = '1'] = /^(.*) of phone (\d)$/.exec(key) ?? [];
        return { phones: state.phones.map((one, index) => (index + 1 === Number(phone) ? missed(one, own) : one)) };
      },
    }),
    violation: (state) => judged(state, violation),
    ...(unfinished && { unfinished: (state: Any) => judged(state, unfinished) }),
    ...(settled && {
      settled: (state: Any, settings) =>
        isEach(state) ? state.phones.every((own) => settled(own, settings)) : settled(state, settings),
    }),
    witnessed: (state) => (isEach(state) ? state.phones.some(witnessed) : witnessed(state)),
  };
}
