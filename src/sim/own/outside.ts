import type { AnyActorRef } from 'xstate';

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
export const ofActor = (self: AnyActorRef): Forbidden[] =>
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

/** Whether somebody watches already. */
let isWatched = false;
/** What puts back what was replaced, of all that is running. Code that is stopped runs no `finally`. */
const restoring: (() => void)[] = [];

/** Runs something that may never end: Node alone can stop it. Throws an Impure where it had to. */
function inTime<Result>(compute: () => Result): Result {
  if (underWatch === undefined || isWatched) return compute();
  const before = restoring.length;
  Object.assign(globalThis, { [running]: compute });
  isWatched = true;
  try {
    return underWatch.runInThisContext({ timeout: patienceMs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    while (restoring.length > before) restoring.pop()?.();
    throw new Impure(`no end within ${patienceMs / 1000} s`, 'code that comes to an end');
  } finally {
    isWatched = false;
    Reflect.deleteProperty(globalThis, running);
  }
}

/** So few take nothing near the patience together. */
const fewAtOnce = 50;

/** Runs one after the other what may never end, many under one watch: each watch is a thread. Throws an Impure for what is stopped. */
export function inTimeTogether(computing: readonly (() => void)[]): void {
  for (let at = 0; at < computing.length; at += fewAtOnce)
    inTime(() => {
      for (const compute of computing.slice(at, at + fewAtOnce)) compute();
    });
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

/** Puts something in the place of a property. What is returned puts back what was there. */
export function replaced(of: object, key: string, value: unknown): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(of, key);
  Object.defineProperty(of, key, { value, configurable: true, writable: true });
  return () => {
    if (descriptor === undefined) Reflect.deleteProperty(of, key);
    else Object.defineProperty(of, key, descriptor);
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
    const refuse = () => {
      asked ??= new Impure(word, instead);
      throw asked;
    };
    // `Date` is called, constructed and asked for `now`.
    const trap = new Proxy(class {}, { apply: refuse, construct: refuse, get: refuse });
    return replaced(of, key, trap);
  });
  restoring.push(() => {
    for (const restore of kept) restore();
    unwatch();
  });
  try {
    const result = inTime(() => [compute(), compute()] as const);
    if (asked !== undefined) throw asked;
    return result;
  } catch (error) {
    throw asked ?? error;
  } finally {
    restoring.pop()?.();
  }
}
