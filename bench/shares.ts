import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { afterAll, expect } from 'vitest';
import { Comparison } from '../src/live/compared.ts';
import type { LiveResult } from '../src/live/liveJob.ts';
import { comparedRun, noticeableMs } from '../src/live/prediction.ts';
import { Counter } from '../src/live/tally.ts';
import type { ModeName } from '../src/machines/modeVariants.ts';
import { everyServerProfile } from '../src/profiles/furtherServers.ts';
import { modeTitle } from '../src/sim/report/modeTitle.ts';
import { SeededSchedule } from '../src/sim/run/seededSchedule.ts';
import { parseScenario } from '../src/sim/scenarioFile/parse.ts';
import { scenarioIn } from '../src/sim/scenarioFile/resolve.ts';
import { type Interval, shareInterval } from '../src/sim/statistics/share.ts';
import { sweepPiece } from '../src/sim/sweep/piece.ts';
import { type SweepPlace, sweep, worldsIn } from '../src/sim/sweep/sweep.ts';
import { runsAgainst } from '../test/live/liveSetup.ts';
import { Kamailio, type KamailioPolicy, withKamailio } from '../test/support/programs/kamailio.ts';

/**
 * The shares of lost calls that `sweep` says, beside those that live runs on a real Kamailio come to: the table of docs/numbers.md
 * (`npm run reality -- bench/shares.ts`). The sweep and the live runs have other seeds, so that nothing but the model joins them.
 */
const atOnce = 40;
const groups = Number(process.env.REALITY_GROUPS ?? 10);
const firstLiveSeed = 100_001;
const password = 'a secret of the measurements';

interface Case {
  readonly scenario: string;
  readonly mode: ModeName;
  readonly server: 'kamailio' | 'kamailio-single' | 'kamailio-parking';
}

/** What the profiles of those names are profiles of. */
const policies: Readonly<Record<Case['server'], KamailioPolicy>> = {
  kamailio: {},
  'kamailio-single': { policy: 'reject' },
  'kamailio-parking': { policy: 'reject', holdMs: 15_000, retryAfterSeconds: 30 },
};

const cases: readonly Case[] = [
  { scenario: 'call-in-the-gap', mode: 'singleDeviceEmulation', server: 'kamailio-single' },
  { scenario: 'swiped-away', mode: 'standard', server: 'kamailio' },
  { scenario: 'server-restarts', mode: 'singleDeviceEmulation', server: 'kamailio-single' },
  { scenario: 'parked-too-long', mode: 'singleDeviceEmulation', server: 'kamailio-parking' },
  { scenario: 'push-too-late', mode: 'standard', server: 'kamailio' },
];

function placeOf({ scenario, mode, server }: Case): SweepPlace {
  const file = `examples/live/${scenario}.yaml`;
  const document = parseScenario(readFileSync(file, 'utf8'), file, everyServerProfile);
  return { document, server: everyServerProfile[server], modes: [mode] };
}

/** What `sweep --precision 0.2%` says is lost there. */
function sweptLoss(place: SweepPlace): { readonly share: number; readonly interval: Interval } {
  const rounds = sweep([place], { confidence: 0.95, precision: 0.002 });
  for (;;) {
    const step = rounds.next(false);
    if (step.done) {
      const loss = step.value.cells[0]?.loss;
      if (loss === null || loss === undefined) throw new Error(`${place.document.name} has no calls`);
      return loss;
    }
    for (const { piece, take } of step.value) {
      const making = sweepPiece(worldsIn(place), piece, () => false);
      let made = making.next();
      while (!made.done) made = making.next();
      take(made.value);
    }
  }
}

/** Runs of groups of users, each group on a server of its own that is started anew where the scenario says so. */
async function liveResults({ mode, server }: Case, { document }: SweepPlace): Promise<LiveResult[]> {
  const policy: KamailioPolicy = {
    ...{ password, minimumExpires: { seconds: 60, answer: 'raise' } },
    ...policies[server],
  };
  const results: LiveResult[] = [];
  for (let group = 0; group < groups; group++) {
    let running = await Kamailio.start(policy);
    const { port } = running;
    let isRestarted = false;
    const restartServer = () => {
      if (isRestarted) return;
      isRestarted = true;
      running.close();
      void Kamailio.start(policy, port).then((again) => {
        running = again;
      });
    };
    results.push(
      ...(await runsAgainst({
        ...{ scenario: scenarioIn(document, mode, everyServerProfile[server]), port, password },
        // All begin together: they share the server that is restarted.
        ...{ runs: atOnce, perSecond: 1_000, firstSeed: firstLiveSeed + group * atOnce, restartServer },
      })),
    );
    running.close();
  }
  return results;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** By scenario. */
const rows = new Map<string, string>();

for (const one of cases) {
  withKamailio(one.scenario, async () => {
    const place = placeOf(one);
    const predicted = sweptLoss(place);
    const results = await liveResults(one, place);
    const comparison = new Comparison(5_000);
    const scenario = scenarioIn(place.document, one.mode, place.server);
    for (const [index, result] of results.entries())
      comparison.add(
        comparedRun(scenario, (definition) => new SeededSchedule(definition, firstLiveSeed + index), result),
      );
    const { measured: all, agreeing } = comparison.result();
    expect(all.undecided).toBe(0);
    // How late this machine is has nothing to do with what a seed draws, so that those that were on time are a fair sample.
    const onTime = new Counter(5_000);
    for (const { latenessMs, trace } of results) if (latenessMs <= noticeableMs) onTime.add(trace);
    const measured = onTime.tally();
    const [low, high] = shareInterval(measured.lost, measured.calls, 0.95);
    const half = Math.max(predicted.share - predicted.interval[0], predicted.interval[1] - predicted.share);
    const isWithin = low <= predicted.interval[1] && predicted.interval[0] <= high;
    const columns = [
      `[${one.scenario}](../examples/live/${one.scenario}.yaml)`,
      `${modeTitle(one.mode)}, \`${one.server}\``,
      `${percent(predicted.share)} ±${(100 * half).toFixed(1)}`,
      `${measured.lost} of ${measured.calls}: ${percent(measured.lost / measured.calls)}`,
      `${percent(low)} to ${percent(high)}`,
      isWithin ? 'yes' : 'no',
      `${agreeing} of ${all.runs}`,
    ];
    rows.set(one.scenario, `| ${columns.join(' | ')} |`);
  });
}

const page = 'docs/numbers.md';

/** The page with the rows that were measured now in the places of those before. */
afterAll(() => {
  const lines = readFileSync(page, 'utf8').split('\n');
  const nameIn = (line: string): string | undefined => /^\| \[([\w-]+)\]\(\.\.\/examples\/live\//.exec(line)?.[1];
  writeFileSync(page, lines.map((line) => rows.get(nameIn(line) ?? '') ?? line).join('\n'));
});
