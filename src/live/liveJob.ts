import type { Schedule } from '../sim/run/run.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import type { Trace } from '../sim/trace/trace.ts';
import { defineWorld, type WorldDefinition } from '../sim/world/definition.ts';
import type { Account } from '../sip/account.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import type { Refusal } from './accountCheck.ts';
import type { Clock } from './clock.ts';
import type { Divergence } from './divergence.ts';
import { removeBindings } from './farewell.ts';
import { LiveRun } from './liveRun.ts';
import { withoutProbes } from './liveScenario.ts';
import { liveTrace } from './liveTrace.ts';
import type { Dated } from './retimed.ts';
import { Session, type SessionSetup } from './session.ts';
import { Wire } from './wire.ts';

/** One run of a scenario against a real server. */
export interface LiveJob {
  readonly scenario: Scenario;
  /** Decides the delays of everything but the server. */
  readonly schedule: (definition: WorldDefinition) => Schedule;
  readonly account: Account;
  readonly session: SessionSetup;
  readonly identifiers: Identifiers;
  readonly clock: Clock;
  /** Ends the run early; what it left behind is removed all the same. */
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface LiveResult {
  readonly account: string;
  readonly trace: Trace;
  readonly divergences: readonly Divergence[];
  /** The dates of what the model comes to as well, to predict again from the delays as they happened. */
  readonly foreseen: readonly Dated[];
  /** Contacts that the server did not confirm to have removed afterwards. */
  readonly left: readonly string[];
  /** Contacts of somebody else that were registered with the account meanwhile. */
  readonly strangers: number;
  /** How late this process was at worst for something that was due, in milliseconds. */
  readonly latenessMs: number;
  /** What the server answered where it took no REGISTER at all: nothing of such a run is a measurement. */
  readonly refusal: Refusal | null;
  /** Whether it was ended before the scenario was. */
  readonly isInterrupted: boolean;
}

/** Runs a scenario against a real server, then removes its bindings and closes its sockets, whatever happened. */
export async function runLive(job: LiveJob): Promise<LiveResult> {
  const { account, identifiers, clock, signal } = job;
  const scenario = withoutProbes(job.scenario);
  const definition = defineWorld(scenario);
  const session = await Session.open({
    ...job.session,
    natEmulation: scenario.natEmulation,
    changesNetwork: scenario.steps.some(({ action }) => 'party' in action && action.event.type === 'network.change'),
  });
  try {
    const { sockets } = session;
    const wire = new Wire({ account, sockets, identifiers, askedExpiresMs: scenario.askedExpiresMs });
    const run = new LiveRun({ definition, schedule: job.schedule(definition), wire, clock });
    session.listen(
      (at, message) => run.receive(at, message),
      (at) => run.closed(at),
    );
    const stop = () => run.stop();
    signal.addEventListener('abort', stop);
    const finished = run.finish();
    if (signal.aborted) run.stop();
    const record = await finished;
    signal.removeEventListener('abort', stop);
    const { refusal, strangers } = wire;
    const left = await removeBindings(session, wire, clock);
    return {
      account: account.user,
      trace: liveTrace(scenario, record),
      divergences: record.divergences,
      foreseen: record.foreseen,
      left,
      strangers,
      latenessMs: record.latenessMs,
      refusal,
      isInterrupted: signal.aborted,
    };
  } finally {
    await session.close();
  }
}
