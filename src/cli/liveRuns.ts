import { spawn } from 'node:child_process';
import type { AccountProblem } from '../live/accountCheck.ts';
import { realClock } from '../live/clock.ts';
import { controlClient } from '../live/control/controlClient.ts';
import { ControlServer } from '../live/control/controlServer.ts';
import type { Counterparts } from '../live/control/counterpart.ts';
import { inLanes } from '../live/fleet.ts';
import { type LiveJob, type LiveResult, NotOpened, runLive } from '../live/liveJob.ts';
import { measureRoundTrip } from '../live/roundTrip.ts';
import { retimed } from '../sim/run/retimed.ts';
import { SeededSchedule } from '../sim/run/seededSchedule.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import { refuse } from './files.ts';
import { elsewhereText, HeardReport } from './heardReport.ts';
import { accountOf, paceOf, refuseAccounts, refusedIn, type Surroundings } from './liveAccounts.ts';
import { type LiveCommandOptions, type LivePlan, withRoundTrip } from './livePlan.ts';
import type { LiveProgress } from './liveProgress.ts';
import { LiveReport, type MeasuredNetwork } from './liveReport.ts';
import type { Unseen } from './unseen.ts';

/** How a run is given its delays. */
const scheduleOf =
  (index: number, { counterexample }: LivePlan, { seed }: LiveCommandOptions) =>
  (definition: WorldDefinition) => {
    const seeded = new SeededSchedule(definition, seed + index);
    return counterexample === null ? seeded : retimed(counterexample, seeded);
  };

/** What restarts the server, where the user has said so; its failure is said once the command has ended. */
function restartOf({ restartCommand }: LiveCommandOptions, progress: LiveProgress): { restartServer?: () => void } {
  if (restartCommand === undefined) return {};
  const restartServer = () => {
    const child = spawn(restartCommand, { shell: true, stdio: 'ignore', detached: true });
    child.once('error', ({ message }) => progress.say(`--restart-command: ${message}`));
    child.once('exit', (code) => {
      if (code !== 0) progress.say(`--restart-command: ${restartCommand} ended with ${code}`);
    });
    // A command that becomes the server itself outlives the runs.
    child.unref();
  };
  return { restartServer };
}

/** What is predicted for the network that there is. */
async function networkTowards({ scenario }: LivePlan, { session, signal }: Surroundings): Promise<MeasuredNetwork> {
  const roundTrip = await measureRoundTrip(session, randomIdentifiers, realClock, signal);
  return { scenario: roundTrip === null ? scenario : withRoundTrip(scenario, roundTrip), roundTrip };
}

/** So long the other side may take to be there. */
const otherSideWithinMs = 120_000;

/** The other side of every account, or how it is got at. */
async function counterpartsOf(
  options: LiveCommandOptions,
  progress: LiveProgress,
): Promise<{ open: Counterparts; where: string; close: () => Promise<void> }> {
  const side = options.only === 'app' ? 'pushServer' : 'app';
  const { control, controlPort } = options;
  if (control !== undefined) {
    return { open: controlClient(control, side), where: control.href, close: async () => {} };
  }
  const server = await ControlServer.listen(controlPort ?? 0, side).catch((error: NodeJS.ErrnoException) =>
    refuse(`--control-port ${controlPort}`, error.code ?? error.message, 'a port that is free on 127.0.0.1'),
  );
  const where = `http://127.0.0.1:${server.port}`;
  progress.say(`waiting for ${elsewhereText([side])} at ${where}/accounts/USER/messages`);
  return { open: (user, signal) => server.counterpart(user, signal), where, close: () => server.close() };
}

/** One run; null where it could not begin, which the report then knows. */
const attempted = (
  job: LiveJob,
  { unseen }: { readonly unseen: Unseen },
  progress: LiveProgress,
): Promise<LiveResult | null> =>
  progress.during(runLive(job)).catch((error) => {
    if (!(error instanceof NotOpened)) throw error;
    unseen.notBegun(error);
    return null;
  });

/** Runs in which some parties are somebody else's software: with one side alone, each begins when the other is there. */
export async function runHeard(
  plan: LivePlan,
  options: LiveCommandOptions,
  around: Surroundings,
): Promise<HeardReport> {
  const { scenario } = plan;
  const report = new HeardReport(scenario);
  const { session, lanes, signal, password, progress } = around;
  const counterparts = options.only === undefined ? null : await counterpartsOf(options, progress);
  const late = AbortSignal.any([signal, AbortSignal.timeout(otherSideWithinMs)]);
  try {
    await inLanes(options.runs, paceOf(lanes, options), realClock, signal, async (index, lane) => {
      const schedule = scheduleOf(index, plan, options);
      const account = accountOf(options, counterparts === null ? lane : index, password);
      const counterpart = counterparts?.open(account.user, late);
      if (counterpart !== undefined && !(await counterpart.isThere)) {
        counterpart.close();
        if (signal.aborted) return;
        refuse(
          counterparts?.where ?? '',
          `nobody there for ${account.user} within ${otherSideWithinMs / 1_000} s`,
          'the other side, which asks for messages',
        );
      }
      const job = { scenario, schedule, account, session, identifiers: randomIdentifiers, clock: realClock, signal };
      const result = await attempted(
        { ...job, ...(counterpart && { counterpart }), ...restartOf(options, progress) },
        report,
        progress,
      );
      if (result === null) return;
      if (result.refusal !== null && !result.isInterrupted)
        refuseAccounts([refusedIn(account, result.refusal)], options);
      report.add(schedule, result, counterpart?.problems ?? []);
    });
  } finally {
    await counterparts?.close();
  }
  return report;
}

/** Runs in which all parties are played here, each beside its prediction. */
export async function runAll(plan: LivePlan, options: LiveCommandOptions, around: Surroundings): Promise<LiveReport> {
  const { scenario } = plan;
  const network = options.realNetwork ? await networkTowards(plan, around) : null;
  const report = new LiveReport(plan, options.late * 1_000, network);
  const refused = new AbortController();
  const signal = AbortSignal.any([around.signal, refused.signal]);
  const problems: AccountProblem[] = [];
  const pace = paceOf(around.lanes, options);
  await inLanes(options.runs, pace, realClock, signal, async (index, lane) => {
    const schedule = scheduleOf(index, plan, options);
    const account = accountOf(options, lane, around.password);
    const { session, progress, pushService } = around;
    const given = { scenario, schedule, account, session, identifiers: randomIdentifiers, clock: realClock, signal };
    const { callee: called } = options;
    const callee = called === undefined ? undefined : accountOf(options, lane, around.password, called);
    const result = await attempted(
      { ...given, callee, pushService, ...restartOf(options, progress) },
      report,
      progress,
    );
    if (result === null) return;
    if (result.refusal !== null && !result.isInterrupted) {
      problems.push(refusedIn(account, result.refusal));
      refused.abort();
    } else report.add(schedule, result);
  });
  refuseAccounts(problems, options);
  return report;
}
