import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import nodeOs from 'node:os';
import { relative } from 'node:path';
import { InputError } from '../sim/input/inputError.ts';
import { replaced } from '../sim/own/outside.ts';
import { framesOf, isTheirs, type Place } from './moduleError.ts';

/** The functions of node:crypto that draw; its getRandomValues cannot be replaced. */
const drawing = ['randomUUID', 'randomBytes', 'randomInt', 'randomFillSync'] as const;

/** What makes a module another one whenever it is loaded. */
const forbidden: readonly { readonly of: object; readonly key: string; readonly word: string }[] = [
  { of: Math, key: 'random', word: 'Math.random' },
  { of: globalThis, key: 'Date', word: 'Date' },
  { of: performance, key: 'now', word: 'performance.now' },
  { of: process, key: 'hrtime', word: 'process.hrtime' },
  { of: crypto, key: 'getRandomValues', word: 'crypto.getRandomValues' },
  { of: crypto, key: 'randomUUID', word: 'crypto.randomUUID' },
  ...(['uptime', 'cpuUsage', 'memoryUsage', 'resourceUsage'] as const).map((key) => ({
    ...{ of: process, key, word: `process.${key}` },
  })),
  ...(['uptime', 'freemem', 'loadavg'] as const).map((key) => ({ of: nodeOs, key, word: `os.${key}` })),
  ...drawing.map((key) => ({ of: nodeCrypto, key, word: `crypto.${key}` })),
];

/** What of those is the clock too, as a part of it. */
const parts: readonly (string | symbol)[] = ['now', 'bigint'];

/** Deep enough for the code of a module, below which stands who loads it. */
const frames = 50;

/** Who runs the code of a module while it is loaded. */
const loader = '/jiti/';

/** Where code of the user's asks while it is loaded; null where somebody else does: packages may. */
function askedByModule(): Place | null {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = frames;
  const stack = framesOf(new Error());
  Error.stackTraceLimit = stackTraceLimit;
  const caller = stack.find(({ file }) => !file.startsWith(import.meta.filename));
  return caller && isTheirs(caller) && stack.some(({ file }) => file.includes(loader)) ? caller : null;
}

/** A module that is being loaded, and what is wrong with it. */
interface Loading {
  readonly module: string;
  refusal: InputError | null;
}

/** What is being loaded now: several may be at once. */
const loading = new Set<Loading>();

function refusal(word: string, module: string, { file, line }: Place): InputError {
  const isHere = file === module;
  const found = `${word} while the module is loaded${isHere ? '' : `, in ${relative('', file)}:${line}`}`;
  const expected = 'a module that is the same whenever it is loaded';
  return new InputError({ file: module, problems: [{ line: isHere ? line : null, found, expected }] });
}

/** Refuses those to whose code it can belong. */
function ask(word: string): void {
  const caller = askedByModule();
  if (caller === null) return;
  const own = [...loading].filter(({ module }) => module === caller.file);
  for (const one of own.length > 0 ? own : loading) one.refusal ??= refusal(word, one.module, caller);
  throw new Error(word);
}

const trapped = (original: object, word: string): object =>
  new Proxy(original, {
    apply: (target, self, given) => {
      ask(word);
      return Reflect.apply(target as never, self, given);
    },
    construct: (target, given, newTarget) => {
      // A date that somebody names is no luck.
      if (given.length === 0) ask(word);
      return Reflect.construct(target as never, given, newTarget);
    },
    get: (target, name) => {
      if (parts.includes(name)) ask(word);
      return Reflect.get(target, name);
    },
  });

let restore: (() => void)[] = [];

/**
 * Loads a module in which neither luck nor the clock may decide what it is. Throws an InputError for code of the user's that asks
 * for them, though it may have caught that.
 */
export async function withoutLuck<Loaded>(module: string, load: () => Promise<Loaded>): Promise<Loaded> {
  const one: Loading = { module, refusal: null };
  if (loading.size === 0) {
    restore = forbidden.map(({ of, key, word }) => replaced(of, key, trapped(Reflect.get(of, key) as object, word)));
    syncBuiltinESMExports();
  }
  loading.add(one);
  try {
    const loaded = await load();
    if (one.refusal !== null) throw one.refusal;
    return loaded;
  } catch (error) {
    throw one.refusal ?? error;
  } finally {
    loading.delete(one);
    if (loading.size === 0) {
      for (const back of restore) back();
      syncBuiltinESMExports();
    }
  }
}
