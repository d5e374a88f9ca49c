import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { canonical } from '../data/canonical.ts';
import { InputError } from '../input/inputError.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { Around, MachineTransition } from '../world/machineTable.ts';

const asStep = 'what depends on luck as a step or a message';
const atOnce = 'an answer at once, or what comes later as a message';

/** Something that must not be asked for: of which object, and what is written instead. */
interface Forbidden {
  readonly of: object;
  readonly key: string;
  readonly word: string;
  readonly instead: string;
}

/** What a machine must not ask for, since its table is computed once: luck, clock, timers, input and output. */
const forbidden: readonly Forbidden[] = [
  { of: Math, key: 'random', word: 'Math.random', instead: asStep },
  { of: globalThis, key: 'Date', word: 'Date', instead: 'time as a named delay (`after`)' },
  { of: performance, key: 'now', word: 'performance.now', instead: 'time as a named delay (`after`)' },
  { of: globalThis, key: 'setTimeout', word: 'setTimeout', instead: 'a timer as a named delay (`after`)' },
  { of: globalThis, key: 'setInterval', word: 'setInterval', instead: 'a timer as a named delay (`after`)' },
  { of: globalThis, key: 'setImmediate', word: 'setImmediate', instead: 'a timer as a named delay (`after`)' },
  { of: globalThis, key: 'queueMicrotask', word: 'queueMicrotask', instead: '`raise`, within the same step' },
  { of: globalThis, key: 'Promise', word: 'Promise', instead: atOnce },
  { of: globalThis.process ?? {}, key: 'hrtime', word: 'process.hrtime', instead: 'time as a named delay (`after`)' },
  { of: Intl, key: 'DateTimeFormat', word: 'Intl.DateTimeFormat', instead: 'time as a named delay (`after`)' },
  { of: crypto, key: 'getRandomValues', word: 'crypto.getRandomValues', instead: asStep },
  { of: crypto, key: 'randomUUID', word: 'crypto.randomUUID', instead: asStep },
  { of: globalThis, key: 'fetch', word: 'fetch', instead: 'what comes from outside as a message' },
];

/** What the actor of a machine is asked in vain: it never runs. */
const ofActor = (self: AnyActorRef): Forbidden[] =>
  Object.entries({
    send: '`raise` for itself, `emit` for others',
    getSnapshot: 'the context, or `stateIn` as a guard',
    getPersistedSnapshot: 'the context, or `stateIn` as a guard',
    subscribe: '`emit`',
    on: '`emit`',
    start: 'no actors',
    stop: 'a final state',
  }).map(([key, instead]) => ({ of: self, key, word: `self.${key}`, instead }));

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

/** What only Node has, and no browser. */
const builtIn = globalThis.process?.getBuiltinModule;
/** Where Node tells of promises: async functions make them without asking for any. */
const { promiseHooks } = builtIn?.('node:v8') ?? {};
const { Script } = builtIn?.('node:vm') ?? {};

/** A step that comes to an end, or what a property says of one, takes nothing near this. */
const patienceMs = 5_000;
const running = Symbol.for('ringproof.running');
const underWatch = Script && new Script("globalThis[Symbol.for('ringproof.running')]()");

/** Runs something that may never end: Node alone can stop it. Throws an Impure where it had to. */
function inTime<Result>(compute: () => Result): Result {
  if (underWatch === undefined) return compute();
  Object.assign(globalThis, { [running]: compute });
  try {
    return underWatch.runInThisContext({ timeout: patienceMs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Impure(`no end within ${patienceMs / 1000} s`, 'code that comes to an end');
  } finally {
    Reflect.deleteProperty(globalThis, running);
  }
}

/** Has somebody told of each promise until it is called off. What becomes of them is nobody's concern. */
function eachPromise(listener: () => void): () => void {
  const made: Promise<unknown>[] = [];
  const stop = promiseHooks?.onInit((promise) => {
    made.push(promise);
    listener();
  });
  return () => {
    (stop as (() => void) | undefined)?.();
    for (const one of made) one.catch(() => {});
  };
}

/**
 * Runs something twice with all that is forbidden replaced by an error, which is thrown though it was caught on its way. `also`:
 * what is forbidden here beside the clock and its like. Throws an Impure for that, and for what never ends.
 */
export function twiceWithoutOutside<Result>(
  compute: () => Result,
  also: readonly Forbidden[] = [],
): readonly [Result, Result] {
  let asked: Impure | undefined;
  const unwatch = eachPromise(() => {
    asked ??= new Impure('a promise', atOnce);
  });
  const kept = [...forbidden, ...also].map(({ of, key, word, instead }) => {
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
    const result = inTime(() => [compute(), compute()] as const);
    if (asked !== undefined) throw asked;
    return result;
  } catch (error) {
    throw asked ?? error;
  } finally {
    for (const restore of kept) restore();
    unwatch();
  }
}

/** What is written instead of what a table of a machine refuses. */
const wordsOf: Readonly<Record<string, string>> = {
  'an actor that is spawned': 'no actors: a region of the machine, or a party of its own',
  'the delay has no value': '`delays` beside the machine',
};

/** What XState throws, without its own words around it. */
function misfit(error: unknown): readonly [found: string, expected: string] {
  const text = thrownText(error);
  if (text.startsWith('Infinite loop detected'))
    return ['transitions that never end', '`always` and `raise` that come to rest'];
  const instead = wordsOf[text.replace(/^the delay .* has/, 'the delay has')];
  if (instead !== undefined) return [text, instead];
  const [, missing] = /^Guard '(.+)' is not implemented/.exec(text) ?? [];
  if (missing !== undefined) return [`the guard ${missing}, which is not provided,`, 'a guard in `setup({ guards })`'];
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

/** From so many answers on all of them are asked for again whenever their number has doubled; before, with each new one. */
const fewAnswers = 16;

/**
 * What code that is not ours has answered. What it keeps outside of what it is given may be the same twice in a row, and
 * another one after something else: so the oldest answers are asked for last.
 */
export class Answers {
  readonly #known = new Map<unknown, Map<unknown, string>>();
  readonly #again: (() => void)[] = [];

  /** Whether an answer is otherwise than it was. `again`: asks for it again, and throws where it is. */
  differs(asked: readonly [what: unknown, of: unknown], text: string, again: () => void): boolean {
    const [what, of] = asked;
    const row = this.#known.get(what) ?? new Map<unknown, string>();
    this.#known.set(what, row);
    const before = row.get(of);
    if (before !== undefined) return before !== text;
    row.set(of, text);
    const count = this.#again.push(again);
    if (count <= fewAnswers || (count & (count - 1)) === 0) for (const one of this.#again.toReversed()) one();
    return false;
  }
}

/**
 * Watches over a machine that is not ours. It may ask for nothing outside, gives the same result whenever it is asked, keeps
 * plain data, and no counter that never ends. Throws an InputError with machine, state and event.
 */
export function watching(party: string, file: string): Around {
  const values = new FieldValues();
  const answers = new Answers();
  const watched: Around = (computing, compute) => {
    const { snapshot, event, self } = computing;
    const refuse = (found: string, expected: string): never => {
      const where = `${stateText(snapshot)}${eventText(event)}`;
      throw new InputError({
        file,
        problems: [{ line: null, found: `${found} in the machine of ${party}, ${where}`, expected }],
      });
    };
    onComputing(`in the machine of ${party}, ${stateText(snapshot)}${eventText(event)}`);
    try {
      const [result, again] = twiceWithoutOutside(compute, ofActor(self));
      const text = outcomeText(result);
      const ask = () => void watched(computing, compute);
      const differs = snapshot !== null && answers.differs([snapshot, event], text, ask);
      if (differs || text !== outcomeText(again)) {
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
  return watched;
}
