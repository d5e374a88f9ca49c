import fc from 'fast-check';
import { formatDuration } from '../../src/sim/data/duration.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { faultMessages, type ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { networkOf } from '../../src/sim/sipWorld/events.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { dueFault } from '../../src/sim/world/faults.ts';
import type { Fate, Pending } from '../../src/sim/world/pending.ts';
import { World } from '../../src/sim/world/world.ts';

type Faults = NonNullable<ScenarioDocument['faults']>;

const untilMs = 30_000;
const ms = (least: number, most: number) => fc.integer({ min: least, max: most });

/** A delay within a run, around its end, or far beyond it. */
const latencyMs = fc.oneof(ms(0, 6_000), ms(untilMs - 20_000, untilMs + 10), fc.constant(4 * untilMs));

const fault = fc
  .record({
    do: fc.constantFrom('lose' as const, 'delay' as const, 'duplicate' as const),
    message: fc.constantFrom(...faultMessages),
    occurrence: ms(1, 2),
    latencyMs,
  })
  .map(({ latencyMs, ...one }): Faults[number] =>
    one.do === 'delay' ? { ...one, latency: formatDuration(latencyMs) } : one,
  );

/** Exact, or a window, so that the order of events is not known in advance. */
const latency = (usualMs: number) =>
  fc.oneof(fc.constant(`${usualMs}ms`), fc.constant([`${usualMs}ms`, `${4 * usualMs}ms`] as [string, string]));

const change = fc.constantFrom('home', 'open', 'kill', 'changeNetwork', 'logOut', 'expireNonces', 'crashPushServer');
type Verb = 'home' | 'open';

/** Short runs of two calls with faults of any message, and bounds on time that are soon reached. */
export const faultyScenario: fc.Arbitrary<Omit<ScenarioDocument, 'name' | 'title'>> = fc
  .record({
    transport: fc.constantFrom('udp' as const, 'tls' as const),
    appSip: latency(30),
    control: latency(40),
    changes: fc.array(fc.record({ verb: change, atMs: ms(3_000, 14_000) }), { minLength: 1, maxLength: 3 }),
    dialsMs: fc.array(ms(4_000, 16_000), { minLength: 1, maxLength: 2 }),
    hangUpAfterMs: fc.option(ms(0, 6_000)),
    faults: fc.array(fault, { minLength: 1, maxLength: 4 }),
    user: fc.constantFrom('answers' as const, 'ignores' as const),
  })
  .map(({ transport, appSip, control, changes, dialsMs, hangUpAfterMs, faults, user }) => {
    const dated: { atMs: number; step: object }[] = [
      { atMs: 1_000, step: { do: 'open' } },
      ...changes.map(({ verb, atMs }) => ({ atMs, step: { do: verb as Verb } })),
      ...dialsMs.flatMap((atMs, index) => [
        { atMs, step: { do: 'dial', call: index + 1 } },
        ...(hangUpAfterMs === null ? [] : [{ atMs: atMs + hangUpAfterMs, step: { do: 'hangUp', call: index + 1 } }]),
      ]),
    ];
    const steps = dated
      .sort((one, other) => one.atMs - other.atMs)
      .map(({ atMs, step }) => ({ at: `${atMs}ms`, ...step }));
    return {
      until: formatDuration(untilMs),
      user,
      links: { appSip: { transport, latency: appSip }, control: { latency: control } },
      limits: { blackout: '2s', ringStop: '1s', belief: '1s', logout: '1s' },
      steps: steps as unknown as ScenarioDocument['steps'],
      faults,
    };
  });

/** A pending event of a run with what decides its date. */
interface Owed {
  readonly pending: Pending;
  readonly sinceMs: number;
  readonly windowMs: readonly [number, number];
  readonly fate: Fate;
  /** The message before it on a link that keeps the order. */
  readonly before: Owed | null;
  atMs: number | null;
}

/**
 * What is impossible in a trace by the rules of windows, faults and ordered links, or null. It knows no schedule and no
 * class: it asks the world what each event creates, and the scenario when that may happen.
 */
export function impossibleIn(trace: Trace, scenario: Scenario): string | null {
  const definition = defineWorld(scenario);
  const { world } = World.start(definition);
  const owed = new Map<number, Owed>();
  const lastOn = new Map<string, Owed>();
  const occurrences = scenario.faults.map(() => 0);
  const note = (pending: Pending, sinceMs: number) => {
    const due = dueFault(definition, occurrences, pending);
    const isOrdered = pending.kind === 'message' && definition.links[pending.link]?.ordered === true;
    const network = isOrdered ? networkOf(pending.event) : undefined;
    const direction = `${pending.link} ${pending.from} ${network}`;
    const one: Owed = {
      pending,
      sinceMs,
      windowMs: due?.latencyMs ?? pending.windowMs,
      fate: due === undefined || due.do === 'delay' ? 'happen' : due.do,
      before: isOrdered ? (lastOn.get(direction) ?? null) : null,
      atMs: null,
    };
    if (isOrdered) lastOn.set(direction, one);
    owed.set(pending.serial, one);
  };
  for (const pending of [...world.pending].sort((one, other) => one.serial - other.serial)) note(pending, 0);
  let nowMs = 0;
  for (const { kind, serial, atMs, fate, step } of trace.records) {
    if (kind === 'start') continue;
    const one = owed.get(serial);
    const position = world.pending.findIndex((other) => other.serial === serial);
    if (one === undefined || position < 0) return `step ${step}: ${serial} is not pending`;
    if (atMs < nowMs || atMs > scenario.untilMs) return `step ${step}: at ${atMs} ms, after ${nowMs} ms`;
    const wrong = wrongDate(one, atMs);
    if (wrong !== null) return `step ${step}: ${kind} ${serial} ${wrong}`;
    const fired = world.fire(position, fate);
    const isCut = fired.fate === 'lose' && one.fate !== 'lose';
    if (!isCut && one.fate !== fate) return `step ${step}: ${serial} should ${one.fate} and does ${fate}`;
    one.atMs = nowMs = atMs;
    owed.delete(serial);
    for (const { serial } of fired.removed)
      for (const [direction, last] of lastOn) if (last.pending.serial === serial) lastOn.delete(direction);
    for (const created of fired.created) note(created, atMs);
  }
  for (const { serial } of world.pending) {
    const one = owed.get(serial);
    if (one !== undefined && one.fate !== 'lose' && isOverdue(one, scenario.untilMs)) return `${serial} never happens`;
  }
  return null;
}

function wrongDate({ sinceMs, windowMs, before, fate }: Owed, atMs: number): string | null {
  if (fate === 'lose') return null;
  if (atMs < sinceMs + windowMs[0]) return `comes ${atMs - sinceMs} ms after it was created: too early`;
  if (before !== null && before.atMs !== null && atMs < before.atMs) return 'overtakes the one before it';
  const latestMs = Math.max(sinceMs + windowMs[1], before?.atMs ?? 0);
  return atMs > latestMs ? `comes ${atMs - latestMs} ms too late` : null;
}

const isOverdue = ({ sinceMs, windowMs, before }: Owed, untilMs: number): boolean =>
  sinceMs + windowMs[1] <= untilMs && (before === null || before.atMs !== null);
