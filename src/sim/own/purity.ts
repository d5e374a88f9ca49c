import type { AnyMachineSnapshot } from 'xstate';
import { canonical } from '../data/canonical.ts';
import { InputError } from '../input/inputError.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { Around, MachineTransition } from '../world/machineTable.ts';

/** What a machine must not ask for, since its table is computed once: luck, clock, timers, input and output. */
const forbidden: readonly {
  readonly of: object;
  readonly key: string;
  readonly word: string;
  readonly instead: string;
}[] = [
  { of: Math, key: 'random', word: 'Math.random', instead: 'what depends on luck as a step or a message' },
  { of: globalThis, key: 'Date', word: 'Date', instead: 'time as a named delay (`after`)' },
  { of: performance, key: 'now', word: 'performance.now', instead: 'time as a named delay (`after`)' },
  { of: globalThis, key: 'setTimeout', word: 'setTimeout', instead: 'a timer as a named delay (`after`)' },
  { of: globalThis, key: 'setInterval', word: 'setInterval', instead: 'a timer as a named delay (`after`)' },
  { of: globalThis, key: 'setImmediate', word: 'setImmediate', instead: 'a timer as a named delay (`after`)' },
  { of: globalThis, key: 'queueMicrotask', word: 'queueMicrotask', instead: '`raise`, within the same step' },
  { of: globalThis, key: 'Promise', word: 'Promise', instead: 'an answer at once, or what comes later as a message' },
  { of: globalThis, key: 'fetch', word: 'fetch', instead: 'what comes from outside as a message' },
];

/** What was thrown, in one line: anything can be. */
export const thrownText = (error: unknown): string =>
  (error instanceof Error ? error.message : `${String(error)}, thrown`).replaceAll(/\s+/g, ' ');

/** What was asked for although it is forbidden. */
export class Impure extends Error {
  readonly instead: string;
  constructor(word: string, instead: string) {
    super(word);
    this.instead = instead;
  }
}

/** Runs something with all that is forbidden replaced by an error, which is thrown though it was caught on its way. */
export function withoutOutside<Result>(compute: () => Result): Result {
  let asked: Impure | undefined;
  const kept = forbidden.map(({ of, key, word, instead }) => {
    const descriptor = Object.getOwnPropertyDescriptor(of, key);
    const refuse = () => {
      asked ??= new Impure(word, instead);
      throw asked;
    };
    // `Date` is called, constructed and asked for `now`.
    const trap = new Proxy(class {}, { apply: refuse, construct: refuse, get: refuse });
    Object.defineProperty(of, key, { value: trap, configurable: true, writable: true });
    return () => {
      if (descriptor === undefined) Reflect.deleteProperty(of, key);
      else Object.defineProperty(of, key, descriptor);
    };
  });
  try {
    const result = compute();
    if (asked !== undefined) throw asked;
    return result;
  } catch (error) {
    throw asked ?? error;
  } finally {
    for (const restore of kept) restore();
  }
}

/** What XState throws, without its own words around it. */
function misfit(error: unknown): readonly [found: string, expected: string] {
  const text = thrownText(error);
  if (text.startsWith('Infinite loop detected'))
    return ['transitions that never end', '`always` and `raise` that come to rest'];
  const [, name = '', inGuard] =
    /^Unable to evaluate guard ('.+' )?in transition .+? in state node '[^']*': (.*)$/.exec(text) ?? [];
  return [inGuard === undefined ? text : `${inGuard} by the guard ${name}`.trimEnd(), 'plain data and pure functions'];
}

/** More values than this of one field of the context are taken for a counter that never ends. */
const mostValues = 500;

/** Counts the values that each field of a machine's context has had. */
class FieldValues {
  readonly #seen = new Map<string, Set<string>>();

  /** The field that has had too many by now; null where none has. */
  see(context: object): string | null {
    for (const [field, value] of Object.entries(context)) {
      const values = this.#seen.get(field) ?? new Set();
      this.#seen.set(field, values.add(canonical(value)));
      if (values.size > mostValues) return field;
    }
    return null;
  }
}

const stateText = (snapshot: AnyMachineSnapshot | null): string =>
  snapshot === null ? 'at its start' : `in state ${JSON.stringify(snapshot.value)}`;

const eventText = (event: AnyEvent | null): string => (event === null ? '' : ` on ${event.type}`);

let onComputing: (where: string) => void = () => {};

/** Has somebody told of each transition before it is computed: of one that never ends nothing is known afterwards. */
export const tellComputing = (listener: (where: string) => void): void => {
  onComputing = listener;
};

/** A transition as a text: what must be the same whenever it is computed. */
const outcomeText = ({ next, actions }: MachineTransition): string =>
  JSON.stringify([next, actions.map(({ type, params }) => [type, params])]);

/**
 * Watches over a machine that is not ours. It may ask for nothing outside, gives the same result twice, keeps plain data,
 * and no counter that never ends. Throws an InputError with machine, state and event.
 */
export function watching(party: string, file: string): Around {
  const values = new FieldValues();
  return ({ snapshot, event }, compute) => {
    const refuse = (found: string, expected: string): never => {
      const where = `${stateText(snapshot)}${eventText(event)}`;
      throw new InputError({
        file,
        problems: [{ line: null, found: `${found} in the machine of ${party}, ${where}`, expected }],
      });
    };
    onComputing(`in the machine of ${party}, ${stateText(snapshot)}${eventText(event)}`);
    try {
      const result = withoutOutside(compute);
      const again = withoutOutside(compute);
      if (outcomeText(result) !== outcomeText(again)) {
        return refuse('another result when computed again', 'one that follows from context and event alone');
      }
      const counter = snapshot === null ? null : values.see(snapshot.context as object);
      if (counter !== null) {
        return refuse(
          `more than ${mostValues} values of ${counter}`,
          'a context with few values: a slot, or a number modulo what can be under way',
        );
      }
      return result;
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (error instanceof Impure) return refuse(error.message, error.instead);
      return refuse(...misfit(error));
    }
  };
}
