import { relative } from 'node:path';
import { InputError, type InputProblem } from '../sim/input/inputError.ts';
import { framesOf, isTheirs, type Place } from './moduleError.ts';

/** What makes a module another one whenever it is loaded. */
const forbidden: readonly { readonly of: object; readonly key: string; readonly word: string }[] = [
  { of: Math, key: 'random', word: 'Math.random' },
  { of: globalThis, key: 'Date', word: 'Date' },
  { of: performance, key: 'now', word: 'performance.now' },
  { of: process, key: 'hrtime', word: 'process.hrtime' },
  { of: crypto, key: 'getRandomValues', word: 'crypto.getRandomValues' },
  { of: crypto, key: 'randomUUID', word: 'crypto.randomUUID' },
];

/** Deep enough for the code of a module, below which stands who loads it. */
const frames = 50;

/** Whether it is code of the user's that asks, while it is loaded by `loader`; packages may. */
function askedByModule(loader: string): Place | null {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = frames;
  const stack = framesOf(new Error());
  Error.stackTraceLimit = stackTraceLimit;
  const caller = stack.find(({ file }) => !file.startsWith(import.meta.filename));
  return caller && isTheirs(caller) && stack.some(({ file }) => file.includes(loader)) ? caller : null;
}

/** What is wrong with a module that asks for something, at that place. */
function problemOf(word: string, module: string, { file, line }: Place): InputProblem {
  const isHere = file === module;
  return {
    line: isHere ? line : null,
    found: `${word} while the module is loaded${isHere ? '' : `, in ${relative('', file)}:${line}`}`,
    expected: 'a module that is the same whenever it is loaded',
  };
}

/**
 * Loads a module in which neither luck nor the clock may decide what it is. `loader`: a part of the path of whoever loads it. Throws
 * an InputError for code of the user's that asks for them, though it may have caught that.
 */
export async function withoutLuck<Loaded>(
  module: string,
  loader: string,
  load: () => Promise<Loaded>,
): Promise<Loaded> {
  let asked: InputError | undefined;
  const ask = (word: string) => {
    const caller = askedByModule(loader);
    if (caller === null) return;
    asked ??= new InputError({ file: module, problems: [problemOf(word, module, caller)] });
    throw asked;
  };
  const kept = forbidden.map(({ of, key, word }) => {
    const descriptor = Object.getOwnPropertyDescriptor(of, key);
    const original = Reflect.get(of, key) as object;
    const trap = new Proxy(original, {
      apply: (target, self, given) => {
        ask(word);
        return Reflect.apply(target as never, self, given);
      },
      construct: (target, given, newTarget) => {
        if (given.length === 0) ask(word);
        return Reflect.construct(target as never, given, newTarget);
      },
      get: (target, name) => {
        if (key === 'Date' && name === 'now') ask(word);
        return Reflect.get(target, name);
      },
    });
    Object.defineProperty(of, key, { value: trap, configurable: true, writable: true });
    return () => {
      if (descriptor === undefined) Reflect.deleteProperty(of, key);
      else Object.defineProperty(of, key, descriptor);
    };
  });
  try {
    const loaded = await load();
    if (asked !== undefined) throw asked;
    return loaded;
  } catch (error) {
    throw asked ?? error;
  } finally {
    for (const restore of kept) restore();
  }
}
