import type { Window } from '../../data/window.ts';
import { eventTable } from '../../system/eventTable.ts';
import type { AnyFault, AnyStep, Settings } from '../../system/settings.ts';
import type { NarrowedDelay, RaceWindow } from '../../trace/raceWindow.ts';
import type { Trace, TraceRecord } from '../../trace/trace.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { type Exploring, explored } from '../engine/exploring.ts';
import type { Counterexample } from '../explain/counterexample.ts';
import { type FaultBudget, noFaults } from '../system/faultBudget.ts';
import { checking } from './check.ts';
import type { CheckOptions, CheckResult, Decision, Extent } from './decision.ts';

/** More checks than this are not spent on one side of a window; what is found until then is not called whole. */
const mostChecks = 12;

/** Nor more classes than this on one check. */
const mostClasses = 20_000;

/** What is checked: what it is given, and the world that this or a changed one makes. */
export interface Subject {
  readonly scenario: Settings;
  readonly worldOf: (scenario: Settings) => WorldDefinition;
}

/** Whether a check that has taken so many classes can be asked again for parts of its windows. */
const isSmall = ({ classes }: Pick<Extent, 'classes'>): boolean => classes <= mostClasses;

/**
 * The race window of a counterexample, over all runs and not only those with its order of events: dates of steps and
 * delays of messages are followed to where the violation ends, whatever else happens. What cannot be followed stays as it
 * was: timers, equal steps, messages of which a fault speaks, all messages where further faults may befall them, and what
 * would take too many classes to find out.
 */
export const wholeWindow = (subject: Subject, counterexample: Counterexample, options: CheckOptions): RaceWindow =>
  explored(following(subject, counterexample, options));

/** The same in steps. */
function* following(
  { scenario, worldOf }: Subject,
  counterexample: Counterexample,
  options: CheckOptions,
): Exploring<RaceWindow> {
  const { window, trace } = counterexample;
  const world = worldOf(scenario);
  const properties = world.properties.filter(({ name }) => name === window.property);
  const settings = { ...options, properties, fastest: false };
  const delays: NarrowedDelay[] = [];
  for (const delay of window.delays) {
    const event = eventOf(delay, trace, world, options.budget ?? noFaults);
    const decide = (changed: Settings) => whileSmall(checking(worldOf(changed), settings));
    const followed = event && widened(delay, (within) => violatingWithin(event, within, decide));
    delays.push(followed === null ? delay : yield* followed);
  }
  return { ...window, delays };
}

/** A check that ends where it grows large. */
function* whileSmall(check: Exploring<CheckResult>): Exploring<CheckResult> {
  let step = check.next(true);
  while (!step.done) step = check.next(isSmall(step.value) && (yield step.value));
  return step.value;
}

/** A decision with the whole race window of its counterexample, where the check that found it was small enough to be asked again. */
export const withWholeWindow = (
  decision: Decision,
  extent: Extent,
  subject: Subject,
  options: CheckOptions,
): Decision => explored(wideningWindow(decision, extent, subject, options));

/** The same in steps. */
export function* wideningWindow(
  decision: Decision,
  extent: Extent,
  subject: Subject,
  options: CheckOptions,
): Exploring<Decision> {
  const { counterexample } = decision;
  if (counterexample === null || !isSmall(extent)) return decision;
  const window = yield* following(subject, counterexample, options);
  const trace = { ...counterexample.trace, raceWindow: window };
  return { ...decision, counterexample: { ...counterexample, window, trace } };
}

/** `unknown` where the check was not decided. */
type Violating = Window | 'none' | 'unknown';

function* widened(delay: NarrowedDelay, violating: (within: Window) => Exploring<Violating>): Exploring<NarrowedDelay> {
  const { allowedMs, violatingMs } = delay;
  const up = yield* follow(violatingMs[1], allowedMs[1], violating);
  // The same towards the past, on a time axis that runs backwards.
  const back = yield* follow(-violatingMs[0], -allowedMs[0], function* ([from, to]) {
    const found = yield* violating([-to, -from]);
    return typeof found === 'string' ? found : [-found[1], -found[0]];
  });
  return { ...delay, violatingMs: [-back.endMs, up.endMs], ...(up.isWhole && back.isWhole && { whole: true }) };
}

/** How far what violates at `endMs` goes on violating, up to `limitMs`. */
function* follow(
  endMs: number,
  limitMs: number,
  violating: (within: Window) => Exploring<Violating>,
): Exploring<{ endMs: number; isWhole: boolean }> {
  let [end, bound] = [endMs, limitMs];
  for (let checks = 0; end < bound; checks++) {
    const found = checks < mostChecks ? yield* violating([end + 1, bound]) : 'unknown';
    if (typeof found === 'string') return { endMs: end, isWhole: found === 'none' };
    if (found[0] > end + 1) bound = found[0] - 1;
    else [end, bound] = [found[1], limitMs];
  }
  return { endMs: end, isWhole: true };
}

/** An event that is the same one in other runs of the scenario. */
interface Followed {
  /** The scenario in which its delay is within a part of what it may be. */
  readonly within: (window: Window) => Settings;
  readonly recordIn: (trace: Trace) => TraceRecord | undefined;
}

function eventOf(
  { serial, allowedMs }: NarrowedDelay,
  trace: Trace,
  world: WorldDefinition,
  { losses, duplicates }: FaultBudget,
): Followed | null {
  const record = trace.records.find((one) => one.serial === serial && one.kind !== 'start');
  if (record?.kind === 'step') return stepOf(record, allowedMs, world.scenario);
  return record?.kind === 'message' && losses + duplicates === 0 ? messageOf(record, trace, world) : null;
}

function stepOf({ event }: TraceRecord, [low, high]: Window, scenario: Settings): Followed | null {
  const text = JSON.stringify(event);
  const isAlike = ({ action }: AnyStep) => 'event' in action && JSON.stringify(action.event) === text;
  const alike = scenario.steps.filter(isAlike);
  const [step] = alike;
  if (step === undefined || alike.length > 1 || step.afterMs[0] !== low || step.afterMs[1] !== high) return null;
  const steps = (afterMs: Window) => scenario.steps.map((one) => (one === step ? { ...one, afterMs } : one));
  return {
    within: (window) => ({ ...scenario, steps: steps(window) }),
    recordIn: ({ records }) => records.find((one) => one.kind === 'step' && JSON.stringify(one.event) === text),
  };
}

function messageOf(record: TraceRecord, trace: Trace, { scenario, rules }: WorldDefinition): Followed | null {
  const nameOf = ({ event }: TraceRecord) => rules.faultNameOf(eventTable.idOf(event));
  const message = nameOf(record);
  const { sourceRef: from } = record;
  // Links of a system have windows of their own; which one a message of that name takes first may differ from run to run.
  const on = 'parties' in scenario && record.link !== null ? { link: record.link } : {};
  if (from === 'environment' || scenario.faults.some((fault) => fault.message === message)) return null;
  const alikeIn = ({ records }: Trace) =>
    records
      .filter(
        (one) =>
          one.kind === 'message' &&
          one.sourceRef === from &&
          nameOf(one) === message &&
          (on.link ?? one.link) === one.link,
      )
      .sort((one, other) => one.serial - other.serial);
  const place = alikeIn(trace).findIndex(({ serial }) => serial === record.serial);
  const fault = { do: 'delay', message, from, ...on, occurrence: place + 1 } satisfies AnyFault;
  return {
    within: (latencyMs) => ({ ...scenario, faults: [...scenario.faults, { ...fault, latencyMs }] }),
    recordIn: (other) => alikeIn(other)[place],
  };
}

/** A part of the window in which the property is violated; all of it where the event's delay does not matter there. */
function* violatingWithin(
  { within, recordIn }: Followed,
  window: Window,
  decide: (scenario: Settings) => Exploring<CheckResult>,
): Exploring<Violating> {
  const { decisions } = yield* decide(within(window));
  const [decision] = decisions;
  if (decision?.verdict === 'holds') return 'none';
  const counterexample = decision?.counterexample;
  if (!counterexample) return 'unknown';
  const record = recordIn(counterexample.trace);
  if (record === undefined) return 'unknown';
  const own = counterexample.window.delays.find(({ serial }) => serial === record.serial);
  return own?.violatingMs ?? window;
}
