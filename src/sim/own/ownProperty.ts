import { canonical, deepFreeze } from '../data/canonical.ts';
import { isObject } from '../data/shape.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { unknownKey } from '../input/unknownWord.ts';
import { visible } from '../input/visible.ts';
import { mostProperties } from '../system/observers.ts';
import type { AnyProperty, Property } from '../system/property.ts';
import type { AnyEvent } from '../system/settings.ts';
import { Answers } from './answers.ts';
import { Impure, thrownText, twiceWithoutOutside } from './outside.ts';

/** A property of your own: an observer of what the machines show. Its state is plain data with few values. */
export interface PropertyDefinition<State, Seen extends AnyEvent = AnyEvent> {
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  readonly initial: State;
  /** The next state for each type of sighting; other sightings change nothing. */
  readonly on: { readonly [Type in Seen['type']]?: (state: State, sighting: Extract<Seen, { type: Type }>) => State };
  /** How long a state may last, in milliseconds, where that is bounded: its time begins when it is entered from another one. */
  readonly withinMs?: (state: State) => number | null;
  /** What is wrong with a state, or null. What has been wrong once stays so. */
  readonly violation?: (state: State) => string | null;
  /** What is wrong when the run ends in a state. */
  readonly unfinished?: (state: State) => string | null;
  /**
   * Whether a state shows that there was something to judge: without such a run the verdict says so. A property that has been shown
   * none of what it has handlers for has judged nothing, whatever this says.
   */
  readonly witnessed: (state: State) => boolean;
}

/** A state of the user's observer, and what its functions say of it: they are asked once, when it is reached. */
interface Observed<State> {
  readonly state: State;
  readonly witnessed: boolean;
  readonly isLate: boolean;
  readonly wrong: string | null;
  readonly unfinished: string | null;
}

const required = ['name', 'says', 'initial', 'on', 'witnessed'];
const functions = ['violation', 'unfinished', 'withinMs', 'witnessed'];
const keys = [...new Set([...required, ...functions])];

/** What of the definition of a property does not fit. */
function definitionProblems(definition: Readonly<Record<string, unknown>>): InputProblem[] {
  const { name, says, on } = definition;
  const wrong = (found: string, expected: string) => ({ line: null, found, expected });
  const missing = required.filter((one) => !(one in definition));
  const hasHandlers = isObject(on);
  const handlers = hasHandlers ? Object.entries(on).map(([type, one]): [string, unknown] => [`on.${type}`, one]) : [];
  const called = [...functions.map((one): [string, unknown] => [one, definition[one]]), ...handlers];
  return [
    ...Object.keys(definition)
      .filter((one) => !keys.includes(one))
      .map((one) => unknownKey(one, '', keys)),
    ...missing.map((one) => wrong(`no ${one}`, `a property with ${required.join(', ')}`)),
    ...('on' in definition && !hasHandlers
      ? [wrong(`${resultText(on)} for on`, 'a function for each type of what is seen: { seen: (state) => … }')]
      : []),
    ...called
      .filter(([, one]) => one !== undefined && typeof one !== 'function')
      .map(([where, one]) => wrong(`${typeof one} for ${where}`, 'a function')),
    ...('name' in definition && !/^[A-Za-z][\w-]*$/.test(String(name))
      ? [wrong(`${JSON.stringify(name)} for name`, 'a letter, then letters, digits, _ and -')]
      : []),
    ...('says' in definition && (typeof says !== 'string' || says === '')
      ? [wrong(`${JSON.stringify(says)} for says`, 'a sentence')]
      : []),
  ];
}

/** What is wrong with properties beside those whose names are taken. */
export function propertyProblems(properties: readonly AnyProperty[], taken: readonly string[]): InputProblem[] {
  const names = [...taken, ...properties.map((one) => one?.name)];
  if (names.length > mostProperties)
    return [{ line: null, found: `${names.length} properties`, expected: `at most ${mostProperties}, with ours` }];
  return properties.flatMap((one, index): InputProblem[] => {
    if (typeof one?.next !== 'function')
      return [{ line: null, found: `properties[${index + 1}], which is no property`, expected: 'defineProperty' }];
    return names.indexOf(one.name) < taken.length + index
      ? [{ line: null, found: `two properties named ${one.name}`, expected: 'a name for each' }]
      : [];
  });
}

/** What a function of the user's is asked. */
interface Question<Result> {
  /** The name of the property, and which of its functions. */
  readonly name: string;
  readonly where: string;
  readonly given: readonly unknown[];
  readonly compute: () => Result;
  readonly isValid: (one: Result) => boolean;
}

/** Asks a function of the user's twice, and again later: what it says must follow from what it is given alone. */
function asked<Result>(question: Question<Result>, answers: Answers): Result {
  const { name, where, given, compute, isValid } = question;
  const refuse = (found: string, expected: string, wrong = where): never => {
    const problem = { line: null, found: `${found} in ${wrong}`, expected };
    throw new InputError({ file: `property ${name}`, problems: [problem] });
  };
  answers.last = where;
  try {
    const [result, again] = twiceWithoutOutside(compute);
    if (!isValid(result)) return refuse(resultText(result), expectedOf[where] ?? 'the next state: plain data');
    const differs = answers.differs([where, canonical(given)], textOf(result), () => void asked(question, answers));
    if (differs || textOf(result) !== textOf(again))
      return refuse('another result when computed again', 'a pure function');
    return result;
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof Impure) return refuse(error.message, error.instead, answers.last);
    return refuse(thrownText(error), 'a pure function of plain data');
  }
}

/** What a function has said that does not fit, or what stands where functions should. */
function resultText(result: unknown): string {
  if (result === '') return 'an empty text';
  if (Array.isArray(result)) return 'a list';
  return typeof result === 'object' && result !== null ? 'an object' : String(result);
}

/** Undefined, which says nothing, is no plain data. */
const textOf = (value: unknown): string => (value === undefined ? '' : canonical(value));

const expectedOf: Readonly<Record<string, string>> = {
  violation: 'a text, or null where nothing is wrong',
  unfinished: 'a text, or null where nothing is wrong',
  withinMs: 'whole milliseconds from 0 on, or null where there is no bound',
  witnessed: 'true or false',
};

const isText = (one: unknown) => (typeof one === 'string' && one !== '') || one === null || one === undefined;
const isLimit = (one: unknown) => one === null || one === undefined || (Number.isSafeInteger(one) && Number(one) >= 0);

/**
 * A property of your own, for `defineScenario` and `defineSystem`. Throws an InputError for what does not fit, as its property
 * does where a function throws, reaches outside or says something else when asked again.
 *
 * @example
 * ```ts
 * import { defineProperty } from 'ringproof';
 *
 * export const oneHolder = defineProperty<number, { type: 'held' | 'left' }>({
 *   name: 'oneHolder',
 *   says: 'at most one client holds the lock',
 *   initial: 0,
 *   on: { held: (holders) => holders + 1, left: (holders) => holders - 1 },
 *   violation: (holders) => (holders > 1 ? 'two hold it' : null),
 *   witnessed: (holders) => holders > 0,
 * });
 * ```
 */
export function defineProperty<State, Seen extends AnyEvent = AnyEvent>(
  definition: PropertyDefinition<State, Seen>,
): AnyProperty {
  const problems = definitionProblems({ ...definition });
  if (problems.length > 0)
    throw new InputError({ file: `property ${String(definition?.name ?? '')}`.trimEnd(), problems });
  const { name, says, on, withinMs, violation, unfinished, witnessed } = definition;
  const answers = new Answers();
  const ask = <Result>(
    where: string,
    given: readonly unknown[],
    compute: () => Result,
    isValid = (one: Result): boolean => one !== undefined,
  ) => asked({ name, where, given, compute, isValid }, answers);
  /** `isShown`: whether it has been shown something by then: before that it has judged nothing. */
  const observed = (
    state: State,
    before: { readonly witnessed: boolean; readonly isLate: boolean },
    isShown = true,
  ) => {
    const what = ask('violation', [state], () => violation?.(state) ?? null, isText);
    const isWitnessed = ask(
      'witnessed',
      [state],
      () => witnessed(state),
      (one) => typeof one === 'boolean',
    );
    return {
      state,
      isLate: before.isLate,
      witnessed: (isWitnessed && isShown) || before.witnessed,
      wrong: what ?? (before.isLate ? `not in time: ${says}` : null),
      unfinished: ask('unfinished', [state], () => unfinished?.(state) ?? null, isText),
    };
  };
  const said = (what: string | null) => (what === null ? null : { what: visible(what), calls: [] });
  const handlers = on as Readonly<Record<string, ((state: State, sighting: AnyEvent) => State) | undefined>>;
  const hears = Object.keys(handlers);
  const initial = deepFreeze(ask('initial', [], () => definition.initial));
  const property: Property<Observed<State>, AnyEvent, unknown> = {
    name,
    sentence: () => says,
    appliesTo: () => true,
    hears,
    initial: observed(initial, { witnessed: false, isLate: false }, hears.length === 0),
    next: (before, sighting) => {
      const handler = Object.hasOwn(handlers, sighting.type) ? handlers[sighting.type] : undefined;
      if (handler === undefined || before.wrong !== null) return before;
      return observed(
        ask(`on.${sighting.type}`, [before.state, sighting], () => handler(before.state, sighting)),
        before,
      );
    },
    ...(withinMs && {
      obligations: ({ state, isLate }) => {
        const limitMs = isLate ? null : ask('withinMs', [state], () => withinMs(state) ?? null, isLimit);
        // A state's own name: the time of another one is another time.
        return limitMs === null ? [] : [{ key: canonical(state), limitMs }];
      },
      missed: ({ state, witnessed }) => observed(state, { witnessed, isLate: true }, false),
    }),
    violation: ({ wrong }) => said(wrong),
    unfinished: (before) => said(before.unfinished),
    witnessed: (before) => before.witnessed,
  };
  return property as unknown as AnyProperty;
}
