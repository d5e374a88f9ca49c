import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { realClock } from '../../src/live/clock.ts';
import { crossingsIn } from '../../src/live/crossing.ts';
import { inLanes } from '../../src/live/fleet.ts';
import { type LiveJob, type LiveResult, runLive } from '../../src/live/liveJob.ts';
import type { PushStandIn } from '../../src/live/push/pushStandIn.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';
import type { TlsClient } from '../../src/sip/transports/diallers.ts';
import type { TransportName } from '../../src/sip/transports/transport.ts';
import { loopback } from '../support/programs/loopback.ts';

/** The bundled scenario that is quick enough to be run in real time. */
const callInTheGap = parse(readFileSync('examples/live/call-in-the-gap.yaml', 'utf8')) as ScenarioDocument;

export const gapScenario = (mode: ModeName, server: ServerProfile): Scenario => scenarioIn(callInTheGap, mode, server);

/** What to run, and on which server. */
export interface LiveSetup {
  readonly scenario: Scenario;
  readonly port: number;
  readonly password?: string;
  readonly transport?: TransportName;
  /** Address of the server and of the run. Default 127.0.0.1. */
  readonly host?: string;
  readonly tls?: TlsClient;
  readonly runs?: number;
  /** How many of them begin in a second at most. Default 50. */
  readonly perSecond?: number;
  /** Seed of the first run. Default 1. */
  readonly firstSeed?: number;
  /** Whom the user calls, where he makes a call: a name to which the number of the run is added. */
  readonly calls?: string;
  readonly restartServer?: () => void;
  readonly pushService?: PushStandIn;
  readonly schedule?: LiveJob['schedule'];
  readonly signal?: AbortSignal;
  readonly tap?: NonNullable<LiveJob['session']['tap']>;
}

/** Runs with seeds that count up, each with a user of its own, all at once. */
export function runsAgainst(setup: LiveSetup): Promise<LiveResult[]> {
  const {
    scenario,
    port,
    password = null,
    transport = 'UDP',
    host = loopback,
    runs = 10,
    perSecond = 50,
    tap,
    tls,
    restartServer,
    pushService,
  } = setup;
  const accountOf = (user: string) => ({ user, domain: host.includes(':') ? `[${host}]` : host, password });
  const signal = setup.signal ?? new AbortController().signal;
  return inLanes(runs, { parallel: runs, perSecond }, realClock, signal, (index) =>
    runLive({
      scenario,
      schedule: setup.schedule ?? ((definition) => new SeededSchedule(definition, (setup.firstSeed ?? 1) + index)),
      account: accountOf(`user${index}`),
      callee: setup.calls === undefined ? undefined : accountOf(`${setup.calls}${index}`),
      session: {
        ...{ server: { host, port, transport }, local: host, allowed: [] },
        ...(tap && { tap }),
        ...(tls && { tls }),
      },
      identifiers: randomIdentifiers,
      clock: realClock,
      signal,
      pushService,
      ...(restartServer && { restartServer }),
    }),
  );
}

/** On a busy machine a process of the server may be kept waiting so long while another of its processes answers. */
const nearMs = 50;
const lateMs = 10;

const isFine = ({ divergences, trace }: LiveResult): boolean =>
  divergences.length === 0 && trace.verdicts.every(({ verdict }) => verdict === 'holds');

const isDisturbed = ({ latenessMs, trace }: LiveResult): boolean =>
  latenessMs > lateMs || crossingsIn(trace, nearMs).length > 0;

/**
 * As `runsAgainst`, but a run in which something went wrong while this machine was busy is made again, by itself and with the
 * same seed, up to five times: it says nothing of the server. What goes wrong each time stays.
 */
export async function undisturbedRuns(setup: LiveSetup): Promise<LiveResult[]> {
  const { firstSeed = 1 } = setup;
  const results = await runsAgainst(setup);
  for (const [index, first] of results.entries()) {
    let result = first;
    for (let times = 0; times < 5 && !isFine(result) && isDisturbed(result); times++)
      [result = first] = await runsAgainst({ ...setup, runs: 1, firstSeed: firstSeed + index });
    results[index] = result;
  }
  return results;
}
