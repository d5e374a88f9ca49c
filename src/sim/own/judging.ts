import { calls } from '../../machines/messages.ts';
import type { Exploring } from '../check/engine/exploring.ts';
import { checking } from '../check/questions/check.ts';
import { longestRunMs } from '../check/questions/decision.ts';
import { dialledCalls, ofOneCall } from '../check/questions/parts.ts';
import { type Subject, wideningWindow } from '../check/questions/wholeWindow.ts';
import { isObject } from '../data/shape.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { sentenceAbout } from '../report/sentence.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import type { Trace } from '../trace/trace.ts';
import { refuseUnknown } from './runnable.ts';

/** What is asked of a scenario or a system. Plain data. */
export interface Question {
  /** Names of the properties; all that are claimed where it is left out. */
  readonly properties?: readonly string[];
  /** The call of a hand-over that is judged by properties that judge calls one by one, such as `noInviteLost`; default each. */
  readonly call?: number;
  /** How many messages may be lost besides the scenario's own faults, 0 to 5; default 0. */
  readonly losses?: number;
  /** How many messages may arrive twice besides the scenario's own faults, 0 to 5; default 0. */
  readonly duplicates?: number;
  /** Bytes that the exploration may hold; default 1 GiB. What is not decided within them is inconclusive. */
  readonly maximumBytes?: number;
}

/** What is known of a property for every order of events and every delay. */
export interface CheckedProperty {
  readonly property: string;
  /** `inconclusive` where memory ended the exploration, or who was told of its progress. */
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Whether some run gave the property something to judge. */
  readonly witnessed: boolean;
  /** Of a violation: what went wrong, in one sentence; else null. */
  readonly sentence: string | null;
  /** Of a violation: for which delays it happens, a line each, all others being within their windows. */
  readonly window: readonly string[];
  /** Of a violation: the run with the fewest events, to be kept, shown and replayed; else null. */
  readonly trace: Trace | null;
}

/** Refuses a run that is longer than any that is explored. */
export function refuseLongRun(file: string, untilMs: number): void {
  const problem = longRun(untilMs);
  if (problem !== null) throw new InputError({ file, problems: [{ line: null, ...problem }] });
}

/** What is wrong with a run that is too long to be explored, or null. */
export const longRun = (untilMs: number): Pick<InputProblem, 'found' | 'expected'> | null =>
  untilMs <= longestRunMs
    ? null
    : {
        found: `until: ${hoursOf(untilMs)}`,
        expected: `at most ${hoursOf(longestRunMs)}, the longest run that is explored`,
      };

const hoursOf = (ms: number): string => `${Math.ceil(ms / 360_000) / 10}h`;

const mostFaults = 5;

const isCount = (value: unknown, most: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;

/** Per setting whether a value is one, and what is expected where it is not; numbers of runs and seeds are each function's own. */
const valid: Readonly<Record<string, { readonly is: (value: unknown) => boolean; readonly expected: string }>> = {
  properties: {
    is: (value) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'),
    expected: 'a list of names of properties',
  },
  call: {
    is: (value) => isCount(value, calls.length) && value !== 0,
    expected: `the number of a call, ${calls.join(' or ')}`,
  },
  losses: { is: (value) => isCount(value, mostFaults), expected: `a whole number from 0 to ${mostFaults}` },
  duplicates: { is: (value) => isCount(value, mostFaults), expected: `a whole number from 0 to ${mostFaults}` },
  maximumBytes: { is: (value) => typeof value === 'number' && value > 0, expected: 'a number of bytes above 0' },
  workers: { is: (value) => isCount(value, 256), expected: 'a whole number from 0 to 256' },
  signal: { is: (value) => value instanceof AbortSignal, expected: 'an AbortSignal' },
  onProgress: { is: (value) => typeof value === 'function', expected: 'a function' },
};

/** The settings of everything that takes long. */
const ofAll = ['workers', 'signal', 'onProgress'];
const ofCheck = ['properties', 'call', 'losses', 'duplicates', 'maximumBytes'];

/**
 * Refuses settings that are none, for whoever is not told by TypeScript. Those that are undefined are left out. `own`: those of a
 * function beside those of all that take long.
 */
export function refuseSettings(settings: object, own: readonly string[] = ofCheck): void {
  const names = [...own, ...ofAll];
  if (!isObject(settings)) {
    const found = Array.isArray(settings) ? 'a list' : String(settings);
    throw new InputError({ file: 'settings', problems: [{ line: null, found, expected: `{ ${names.join(', ')} }` }] });
  }
  const problems = Object.entries(settings).flatMap(([name, value]): InputProblem[] => {
    const hint = nearestWord(name, names);
    if (!names.includes(name)) return [{ ...unknownSetting(name, names), ...(hint !== undefined && { hint }) }];
    const known = valid[name];
    const found = `${JSON.stringify(value) ?? String(value)} for ${name}`;
    if (value === undefined || known === undefined || known.is(value)) return [];
    return [{ line: null, found, expected: known.expected }];
  });
  if (problems.length > 0) throw new InputError({ file: 'settings', problems });
}

const unknown = ({ name }: AnyProperty): CheckedProperty => ({
  property: name,
  verdict: 'inconclusive',
  witnessed: false,
  sentence: null,
  window: [],
  trace: null,
});

/** A property for one call of those that the scenario makes. Throws an InputError for another call. */
function ofCall(property: AnyProperty, asked: number, { name, steps }: Settings): AnyProperty {
  const made = dialledCalls({ steps });
  const call = made.find((one) => one === asked);
  if (call !== undefined) return property.judgesEachCall ? ofOneCall(property, call) : property;
  const expected =
    made.length === 0 ? 'a hand-over with a call: there is none' : `a call that is made: ${made.join(', ')}`;
  throw new InputError({ file: name, problems: [{ line: null, found: `call ${asked}`, expected }] });
}

const unknownSetting = (name: string, names: readonly string[]): InputProblem => ({
  line: null,
  found: `the unknown setting ${name}`,
  expected: `one of ${names.join(', ')}`,
});

/**
 * Judges the properties of a subject in steps. Throws an InputError for a property that is none, and for a machine or a
 * property of the user's that does not fit.
 */
export function* judging(subject: Subject, question: Question): Exploring<CheckedProperty[]> {
  const { properties, call, losses = 0, duplicates = 0, maximumBytes } = question;
  const world = subject.worldOf(subject.scenario);
  refuseLongRun(world.scenario.name, world.scenario.untilMs);
  refuseUnknown(properties, world);
  const options = { budget: { losses, duplicates }, ...(maximumBytes !== undefined && { maximumBytes }) };
  const piecesOf = (all: readonly AnyProperty[]) =>
    call === undefined ? all : all.map((one) => ofCall(one, call, world.scenario));
  const asked = piecesOf(world.properties.filter(({ name }) => properties?.includes(name) ?? true));
  // Whoever is in a hurry learns at once that nothing is known: a first exploration takes its time.
  if (!(yield { classes: 0, edges: 0, waiting: 0, bytes: 0 })) return asked.filter(world.claims).map(unknown);
  const worldOf = (settings: Settings) => {
    const changed = subject.worldOf(settings);
    return { ...changed, properties: piecesOf(changed.properties) };
  };
  const { decisions, extent } = yield* checking(world, { ...options, properties: asked });
  const checked: CheckedProperty[] = [];
  for (const decision of decisions) {
    const { property, verdict, witnessed } = decision;
    const { counterexample } = yield* wideningWindow(decision, extent, { ...subject, worldOf }, options);
    const [trace, window] = [counterexample?.trace ?? null, counterexample?.window];
    checked.push({
      property,
      verdict,
      witnessed,
      sentence: trace && sentenceAbout(property, trace),
      window: trace && window ? raceWindowLines(window, trace) : [],
      trace,
    });
  }
  return checked;
}
