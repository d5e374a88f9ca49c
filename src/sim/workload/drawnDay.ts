import { type Call, calls as slots } from '../../machines/messages.ts';
import { partiesOf, roleOf } from '../../machines/phones.ts';
import { drawnLatencyMs } from '../data/law.ts';
import { randomBits, share, uniform } from '../data/random.ts';
import { phonesOf, type Scenario, type ScenarioStep, type StepAction } from '../scenario/scenario.ts';
import { hoursOfDay, type Rate, type Workload } from '../scenario/workload.ts';
import { poisson } from './poisson.ts';

const hourMs = 3_600_000;
export const dayMs = hoursOfDay * hourMs;
/**
 * The app has been opened once in the hour before the day begins, so that the phone is registered, and not all phones at once; what is
 * drawn counts from here.
 */
export const midnightMs = hourMs;
/** How long it was open then. */
const firstLookMs = 30_000;
/** How long the run goes on after the day, so that its last call is settled. */
const afterDayMs = 100_000;

/** What is drawn for, each with luck of its own: so two modes meet the same day. */
const causes = {
  opens: 0x0d41,
  stay: 0x0d42,
  calls: 0x0d43,
  networkChanges: 0x0d44,
  kills: 0x0d45,
  begin: 0x0d46,
} as const;

/** So many events of one kind in an hour have numbers of their own. */
const mostInAnHour = 4_096;

/** Something in the day, in milliseconds from midnight. */
interface Happening {
  readonly atMs: number;
  readonly action: StepAction;
}

/** The dates of one kind of event, in their order. */
function datesOf({ perHour }: Rate, seed: number, cause: number): number[] {
  return perHour.flatMap((mean, hour) => {
    if (mean === 0) return [];
    const count = poisson(mean, share(randomBits(seed, cause, hour)));
    const dates = Array.from({ length: count }, (_, index) => {
      const bits = randomBits(seed, cause ^ 0x7000, hour * mostInAnHour + index);
      return hour * hourMs + uniform(bits, 0, hourMs - 1);
    });
    return dates.sort((one, other) => one - other);
  });
}

/** What happens to the app: one object each for all days, so that what is known of it is found by it. */
const toApp = {
  open: { party: 'app', event: { type: 'user.open' } },
  home: { party: 'app', event: { type: 'user.home' } },
  changeNetwork: { party: 'app', event: { type: 'network.change' } },
  kill: { party: 'app', event: { type: 'app.kill', notice: false } },
} as const satisfies Readonly<Record<string, StepAction>>;

const dialling = { 1: { type: 'call.dial', call: 1 }, 2: { type: 'call.dial', call: 2 } } as const;
const clearing = { 1: { type: 'call.cleared', call: 1 }, 2: { type: 'call.cleared', call: 2 } } as const;

/** When the app is open, in milliseconds from midnight. A look that begins while it is open is part of the one before. */
function looksOf({ opens, stay }: Workload, seed: number): (readonly [fromMs: number, toMs: number])[] {
  const longestMs = stay.quantiles.at(-1)?.[1] ?? 0;
  const looks: (readonly [number, number])[] = [];
  for (const [index, fromMs] of datesOf(opens, seed, causes.opens).entries()) {
    if (fromMs <= (looks.at(-1)?.[1] ?? -1)) continue;
    const staysMs = drawnLatencyMs(stay, [1, Math.max(longestMs, 1)], share(randomBits(seed, causes.stay, index)));
    looks.push([fromMs, fromMs + staysMs]);
  }
  return looks;
}

/** How long the slot of a call is taken after its dialling: until all that may still come of it has come. */
function slotMs({ timing, links }: Scenario): number {
  const longestOf = (window: readonly [number, number] | undefined) => window?.[1] ?? 0;
  const talkMs = Math.max(longestOf(timing.caller.talk), longestOf(timing.app.talk), 20_000);
  return talkMs + links.notification.latencyMs[1] + 5 * 60_000;
}

/**
 * The calls of the day in the two slots there are. A slot that had another call is cleared first; a call that finds both of
 * them taken comes as soon as one is free.
 */
function callsIn(scenario: Scenario, workload: Workload, seed: number): Happening[] {
  const takenMs = slotMs(scenario);
  const freeFromMs: Record<Call, number> = { 1: 0, 2: 0 };
  const used = new Set<Call>();
  const holders = partiesOf(phonesOf(scenario).length).filter((party) => roleOf(party) !== 'notificationService');
  return datesOf(workload.calls, seed, causes.calls).flatMap((dateMs): Happening[] => {
    const free = slots.find((slot) => freeFromMs[slot] <= dateMs);
    const call = free ?? (freeFromMs[1] <= freeFromMs[2] ? 1 : 2);
    const atMs = Math.max(dateMs, freeFromMs[call]);
    freeFromMs[call] = atMs + takenMs;
    const cleared = used.has(call) ? holders : [];
    used.add(call);
    return [
      ...cleared.map((party): Happening => ({ atMs, action: { party, event: clearing[call] } })),
      { atMs, action: { party: 'caller', event: dialling[call] } },
    ];
  });
}

/** Whether the app is not to be killed then: the user has it open, or may be in a call. */
const isInUse =
  (looks: readonly (readonly [fromMs: number, toMs: number])[], calls: readonly Happening[], callMs: number) =>
  (atMs: number): boolean =>
    looks.some(([fromMs, toMs]) => fromMs <= atMs && atMs <= toMs) ||
    calls.some((call) => call.atMs <= atMs && atMs <= call.atMs + callMs);

/** What happens in the day of a seed, in its order. */
function happeningsOf(scenario: Scenario, workload: Workload, seed: number): Happening[] {
  const looks = looksOf(workload, seed);
  const calls = callsIn(scenario, workload, seed);
  const isSpared = isInUse(looks, calls, slotMs(scenario));
  return [
    ...calls,
    ...looks.flatMap(([fromMs, toMs]) => [
      { atMs: fromMs, action: toApp.open },
      { atMs: toMs, action: toApp.home },
    ]),
    ...datesOf(workload.networkChanges, seed, causes.networkChanges).map((atMs) => ({
      atMs,
      action: toApp.changeNetwork,
    })),
    ...datesOf(workload.kills, seed, causes.kills)
      .filter((atMs) => !isSpared(atMs))
      .map((atMs) => ({ atMs, action: toApp.kill })),
  ]
    .filter(({ atMs }) => atMs < dayMs)
    .sort((one, other) => one.atMs - other.atMs);
}

/** Each step counts from the one before it, so that only one of them is pending at a time. */
function chained(happenings: readonly Happening[]): ScenarioStep[] {
  let beforeMs = 0;
  return happenings.map(({ atMs, action }, index) => {
    const waitMs = atMs - beforeMs;
    beforeMs = atMs;
    return { from: index === 0 ? 'start' : 'previous', afterMs: [waitMs, waitMs], action };
  });
}

/** A scenario that says how a day goes, not yet what happens in it. */
export type OfWorkload = Scenario & { readonly workload: Workload };

export const hasWorkload = (scenario: Scenario): scenario is OfWorkload => scenario.workload !== undefined;

/** The steps of the scenario itself, whose dates count from midnight. */
const ownSteps = ({ steps }: Scenario): ScenarioStep[] =>
  steps.map((step) =>
    step.from === 'previous'
      ? step
      : { ...step, afterMs: [step.afterMs[0] + midnightMs, step.afterMs[1] + midnightMs] as const },
  );

/**
 * The day that a seed draws: a scenario like any other one, with nothing left to draw but delays. The same seed gives the same
 * day in every mode and on every server.
 */
export function drawnDay(scenario: OfWorkload, seed: number): Scenario {
  const { workload, ...rest } = scenario;
  const day = happeningsOf(scenario, workload, seed).map(({ atMs, action }) => ({ atMs: atMs + midnightMs, action }));
  const beginsMs = uniform(randomBits(seed, causes.begin, 0), 1_000, midnightMs - 2 * firstLookMs);
  const before = [
    { atMs: beginsMs, action: toApp.open },
    { atMs: beginsMs + firstLookMs, action: toApp.home },
  ];
  return {
    ...rest,
    steps: [...ownSteps(scenario), ...chained([...before, ...day])],
    untilMs: midnightMs + dayMs + afterDayMs,
  };
}

/** The scenario itself, or the day of its workload that the seed draws. */
export const drawn = (scenario: Scenario, seed: number): Scenario =>
  hasWorkload(scenario) ? drawnDay(scenario, seed) : scenario;
