import fc from 'fast-check';
import { formatDuration } from '../data/duration.ts';
import { type LinkName, linkEnds, linkNames } from '../scenario/scenario.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { defaultLinks } from '../scenarioFile/resolve.ts';
import { type ChangeKind, type DrawLimits, refuseLimits } from './drawLimits.ts';

type Steps = ScenarioDocument['steps'];
type Faults = NonNullable<ScenarioDocument['faults']>;

/** Messages whose loss a SIP transaction must survive (RFC 3261 17: it is sent again). */
const retransmitted = [
  'REGISTER',
  'un-REGISTER',
  'REGISTER.200',
  'un-REGISTER.200',
  'REGISTER.401',
  'INVITE',
  'INVITE.200',
  'ACK',
  'CANCEL',
  'CANCEL.200',
] as const;

/** Mostly within the hand-over, sometimes long after it. */
const gapMs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 1_500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_500, max: 60_000 }) },
);

const exactLinks = fc.record(
  Object.fromEntries(
    linkNames.map((name) => {
      const [min, max] = defaultLinks[name].latencyMs;
      return [name, fc.integer({ min, max }).map((ms) => ({ latency: formatDuration(ms) }))];
    }),
  ) as Record<LinkName, fc.Arbitrary<{ latency: string }>>,
);

/** A message on a link takes another time than its fellows, within the window of the link. */
const drawnDelay = fc
  .constantFrom<readonly [LinkName, Faults[number]['message']]>(
    ['appSip', 'REGISTER'],
    ['appSip', 'un-REGISTER'],
    ['pushServerSip', 'REGISTER'],
    ['pushServerSip', 'un-REGISTER'],
    ['control', 'control.background'],
    ['control', 'control.foreground'],
    ['control', 'control.released'],
    ['control', 'control.takenOver'],
    ['control', 'control.registered'],
    ['control', 'control.fetch'],
    ['notification', 'notification'],
  )
  .chain(([link, message]) => {
    const [min, max] = defaultLinks[link].latencyMs;
    const party = linkEnds[link][0];
    const sender = message === 'control.released' || message === 'control.takenOver' ? 'pushServer' : party;
    return fc.record({
      do: fc.constant('delay' as const),
      message: fc.constant(message),
      from: fc.constant(sender),
      occurrence: fc.integer({ min: 1, max: 3 }),
      latency: fc.integer({ min, max }).map(formatDuration),
    });
  });

const drawnLoss = fc.record({
  do: fc.constant('lose' as const),
  message: fc.constantFrom(...retransmitted),
  occurrence: fc.integer({ min: 1, max: 3 }),
});

interface Draft {
  readonly links: Record<LinkName, { latency: string }>;
  readonly changes: readonly { readonly kind: ChangeKind; readonly gapMs: number }[];
  readonly dials: readonly { readonly afterChange: number; readonly gapMs: number }[];
  readonly delays: Faults;
  readonly losses: Faults;
}

/** Nobody leaves an app and comes back, or the other way round, faster than this. */
const fastestUserMs = 250;

/** The first call comes when the first registration has settled: before that nobody can expect it to ring. */
const settledMs = 10_000;

function stepsOf({ changes, dials }: Draft): Steps {
  let atMs = settledMs;
  let inForeground = true;
  const dates: number[] = [atMs];
  const moves = changes.map(({ kind, gapMs }): Steps[number] => {
    atMs += kind === 'home' ? fastestUserMs + gapMs : gapMs;
    dates.push(atMs);
    const at = formatDuration(atMs);
    if (kind !== 'home') {
      if (kind === 'kill') inForeground = false;
      return { at, do: kind };
    }
    inForeground = !inForeground;
    return { at, do: inForeground ? 'open' : 'home' };
  });
  const calls = dials.map(({ afterChange, gapMs }, index): Steps[number] => ({
    at: formatDuration((dates[Math.min(afterChange, dates.length - 1)] ?? settledMs) + gapMs),
    do: 'dial',
    call: index === 0 ? 1 : 2,
  }));
  return [{ at: '0s', do: 'open' }, ...moves, ...calls];
}

const documentOf = (draft: Draft): ScenarioDocument => ({
  name: 'drawn',
  title: 'Drawn by fuzz',
  links: draft.links,
  timing: { app: { coldStart: '1s', resume: '200ms', userReaction: '3s' } },
  steps: stepsOf(draft),
  ...(draft.delays.length + draft.losses.length > 0 && { faults: [...draft.delays, ...draft.losses] }),
});

/**
 * Scenarios for fast-check: hand-overs with calls at any moment of them, every delay within its link's window and
 * exact, so that what is found is found again. Shrinks to fewer steps, fewer faults and shorter times. Throws an InputError for
 * limits that are none.
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 * import { defineScenario, simulate } from 'ringproof';
 * import { drawScenario, seeds } from 'ringproof/arbitraries';
 *
 * const limits = { changes: 2, kinds: ['home'], calls: 1, losses: 0 } as const;
 * const ends = (document: Parameters<typeof defineScenario>[0], seed: number) =>
 *   simulate(defineScenario(document), seed).records.length > 0;
 * fc.assert(fc.property(drawScenario(limits), seeds(), ends), { numRuns: 10 });
 * ```
 */
export function drawScenario(limits: DrawLimits): fc.Arbitrary<ScenarioDocument> {
  refuseLimits(limits);
  const { changes, kinds, calls, losses } = limits;
  return fc
    .record({
      links: exactLinks,
      changes: fc.array(fc.record({ kind: fc.constantFrom(...kinds), gapMs }), { maxLength: changes }),
      dials: fc.array(fc.record({ afterChange: fc.nat({ max: changes }), gapMs }), { minLength: 1, maxLength: calls }),
      delays: fc.array(drawnDelay, { maxLength: 3 }),
      losses: fc.array(drawnLoss, { maxLength: losses }),
    })
    .map(documentOf);
}
