import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { afterAll, describe, expect } from 'vitest';
import { Comparison } from '../src/live/compared.ts';
import { DivergenceCounts } from '../src/live/divergence.ts';
import type { LiveResult } from '../src/live/liveJob.ts';
import { comparedRun, noticeableMs } from '../src/live/prediction.ts';
import { Counter, type Tally } from '../src/live/tally.ts';
import { type RegistrationModeName, registrationModeNames } from '../src/machines/registrationModes.ts';
import type { ServerProfile } from '../src/machines/serverProfile.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { modeTitle } from '../src/sim/report/modeTitle.ts';
import { SeededSchedule } from '../src/sim/run/seededSchedule.ts';
import type { Scenario } from '../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../src/sim/scenarioFile/resolve.ts';
import { shareInterval } from '../src/sim/statistics/share.ts';
import type { TransportName } from '../src/sip/transports/transport.ts';
import { gapScenario, runsAgainst } from '../test/live/liveSetup.ts';
import { selfSigned } from '../test/sip/transports/certificates.ts';
import { Ejabberd, withEjabberd } from '../test/support/programs/ejabberd.ts';
import { Kamailio, type KamailioPolicy, withKamailio, withKamailioTls } from '../test/support/programs/kamailio.ts';
import { NetSip, withNetSip } from '../test/support/programs/netSip.ts';

/**
 * Calls around the hand-over, on real servers and in the model with the same delays: writes docs/reality.md. Cells that are
 * not measured (`npm run reality -- -t restart` measures some) stay on the page as they are. Every cell is
 * one server that is started for it, and groups of users at once: more where calls are lost, since an interval needs many.
 */
const atOnce = 40;
const groups = { usual: 1, losses: Number(process.env.REALITY_GROUPS ?? 5) } as const;
const password = 'a secret of the measurements';
const common: KamailioPolicy = { password, withoutBinding: 480, retryAfterSeconds: 30 };

/** One way in which a real server is run. */
interface Server {
  readonly title: string;
  readonly profile: ServerProfile;
  readonly start: () => Promise<Running>;
  readonly transport?: TransportName;
  readonly tls?: { readonly authorities: string };
}

interface Running {
  readonly port: number;
  /** What becomes of it where the scenario has it crash: it is killed and started anew at the same port. */
  restart?(): void;
  close(): void;
}

/** The configuration of the tests gives a silent branch 5 s (fr_timer). */
const kamailio = (profile: ServerProfile, policy: KamailioPolicy): Server => ({
  title: `Kamailio, ${profile.title}`,
  profile: { ...profile, branchTimeoutMs: 5_000 },
  start: async () => {
    const started = { ...common, ...policy };
    let server = await Kamailio.start(started);
    const { port } = server;
    const restart = () => {
      server.close();
      void Kamailio.start(started, port).then((again) => {
        server = again;
      });
    };
    return { port: policy.tls === undefined ? port : port + 1, restart, close: () => server.close() };
  },
});

/** One that ends, or says no more, where it crashes in the scenario. */
const ending = (title: string, end: (server: Kamailio) => void): Server => ({
  title: `Kamailio that ${title}`,
  profile: { ...serverProfiles.multi, branchTimeoutMs: 5_000 },
  start: async () => {
    const server = await Kamailio.start(common);
    return { port: server.port, restart: () => end(server), close: () => server.close() };
  },
});

const dying = ending('is killed', (server) => server.close());
const mute = ending('falls silent', (server) => server.freeze());

const multi = kamailio(serverProfiles.multi, {});
const reject = kamailio(serverProfiles.reject, { policy: 'reject' });
const overwrite = kamailio(serverProfiles.overwrite, { policy: 'overwrite' });
const hold = kamailio(serverProfiles.hold, { policy: 'reject', holdMs: 15_000 });
const forgetful: ServerProfile = { ...multi.profile, keepsBindingsOnRestart: false };

const identity = selfSigned();
const overTcp = (server: Server): Server => ({ ...server, title: `${server.title}, over TCP`, transport: 'TCP' });
const overTls = (server: Server, policy: KamailioPolicy): Server => ({
  ...kamailio(server.profile, { ...policy, tls: identity }),
  title: `${server.title}, over TLS`,
  transport: 'TLS',
  tls: { authorities: identity.certificate },
});

/** ejabberd's mod_sip keeps several bindings, forks to all, and answers a lifetime below a minute with 423. */
const ejabberd: Server = {
  title: 'ejabberd with mod_sip',
  profile: {
    ...serverProfiles.multi,
    name: 'ejabberd',
    title: 'ejabberd with mod_sip',
    minimumExpires: { ms: 60_000, answer: 'intervalTooBrief' },
  },
  start: () => {
    // It lets nobody call whom it does not know.
    const users = Array.from({ length: atOnce }, (_, index) => `user${index}`);
    return Ejabberd.start(password, 'caller1', ...users);
  },
};

/** Net::SIP's proxy keeps no state: it calls one contact, whichever; with nobody registered it says nothing at all. */
const netSip: Server = {
  title: 'Net::SIP, registrar and stateless proxy',
  profile: {
    ...serverProfiles.multi,
    name: 'net-sip',
    title: 'Net::SIP',
    digest: false,
    fork: 'first',
    minimumExpires: { ms: 10_000, answer: 'intervalTooBrief' },
    maximumExpiresMs: 300_000,
  },
  start: () => NetSip.start(),
};

type Mode = RegistrationModeName;
type Course = (mode: Mode, profile: ServerProfile) => Scenario;

const quick: NonNullable<ScenarioDocument['timing']> = {
  app: { coldStart: '300ms', userReaction: '500ms', backgroundTime: '1s' },
  caller: { talk: '500ms' },
};

const course =
  (name: string, steps: ScenarioDocument['steps'], more: Partial<ScenarioDocument> = {}): Course =>
  (mode, profile) =>
    scenarioIn({ name, title: name, steps, timing: { ...quick, ...more.timing }, until: '17s' }, mode, profile);

const [open, home] = [
  { at: '100ms', do: 'open' },
  { at: '2500ms', do: 'home' },
] as const;

const waking = course('waking', [open, home, { at: ['6s', '7s'], do: 'dial', call: 1 }]);
/** The push server misses the app after two seconds, and is registered in its place soon after. */
const afterKill = course(
  'after a kill',
  [open, { at: '3s', do: 'kill' }, { at: ['3500ms', '8s'], do: 'dial', call: 1 }],
  { timing: { app: { ...quick.app, heartbeatInterval: '500ms' }, pushServer: { heartbeatTimeout: '2s' } } },
);
/** The server is down for a second in the model, and for as long as it takes in reality. */
const restarted = course(
  'restart',
  [open, { at: '3s', do: 'crashSipServer' }, { at: ['7s', '8s'], do: 'dial', call: 1 }],
  { timing: { sipServer: { restart: '1s' } } },
);

/** It does not come back while the run lasts, and the call comes after it is gone. */
const gone = course('end', [open, { at: '3s', do: 'crashSipServer' }, { at: ['3500ms', '8s'], do: 'dial', call: 1 }], {
  timing: { sipServer: { restart: '100s' } },
});

/** A row of the page, and what was otherwise in it. */
interface Measured {
  readonly row: string;
  readonly notes: readonly string[];
}

/** By course, server and mode. */
const cells = new Map<string, Measured>();

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

const intervalOf = ({ lost, calls, undecided }: Tally): string => {
  const [low, high] = shareInterval(lost, calls - undecided, 0.95);
  return `${percent(low)} to ${percent(high)}`;
};

/** The interval of the runs that this machine was not late for, whatever became of them, and how many there were. */
function onTime(results: readonly LiveResult[]): string {
  const counter = new Counter(5_000);
  for (const { latenessMs, trace } of results) if (latenessMs <= noticeableMs) counter.add(trace);
  const tally = counter.tally();
  return tally.runs === 0 ? 'none' : `${intervalOf(tally)}, ${tally.runs} on time`;
}

function measured(
  [name, server, scenario, mode]: readonly [string, Server, Scenario, Mode],
  results: readonly LiveResult[],
): Measured {
  const comparison = new Comparison(5_000);
  const divergences = new DivergenceCounts();
  for (const [index, result] of results.entries()) {
    comparison.add(comparedRun(scenario, (definition) => new SeededSchedule(definition, index + 1), result));
    divergences.add(result.divergences);
  }
  const { predicted: model, measured: real, agreeing, disturbed } = comparison.result();
  const gap = ({ gapsMs }: typeof real) => `${gapsMs[Math.floor((gapsMs.length - 1) / 2)] ?? 0} ms`;
  const notes = [...divergences.counts].map(
    ([text, count]) => `- ${name}, ${server.title}, ${modeTitle(mode)}: ${text} (in ${count} runs)`,
  );
  const otherwise = results.filter((result) => result.divergences.length > 0).length;
  const columns = [
    name,
    server.title,
    modeTitle(mode),
    `${model.lost} of ${model.calls}`,
    `${real.lost} of ${real.calls}`,
    String(real.undecided),
    disturbed === 0 ? intervalOf(real) : onTime(results),
    gap(model),
    gap(real),
    `${agreeing} of ${real.runs}`,
    String(otherwise),
    `${Math.max(...results.map(({ latenessMs }) => latenessMs))} ms`,
  ];
  return { row: `| ${columns.join(' | ')} |`, notes };
}

/** Measures one cell: as many groups of users as it needs, one after the other. */
async function measure(name: string, course: Course, server: Server, mode: Mode, count: number): Promise<void> {
  const scenario = course(mode, server.profile);
  const carrier = server.transport === undefined ? scenario : overConnections(scenario, server.transport);
  const results: LiveResult[] = [];
  for (let group = 0; group < count; group++) {
    const running = await server.start();
    let isRestarted = false;
    const restartServer = () => {
      if (!isRestarted) running.restart?.();
      isRestarted = true;
    };
    results.push(
      ...(await runsAgainst({
        ...{
          scenario: carrier,
          port: running.port,
          password,
          runs: atOnce,
          firstSeed: group * atOnce + 1,
          restartServer,
        },
        ...(server.transport && { transport: server.transport }),
        ...(server.tls && { tls: server.tls }),
      })),
    );
    running.close();
  }
  expect(results).toHaveLength(count * atOnce);
  const key = [name, server.title, modeTitle(mode)].join(', ');
  cells.set(key, measured([name, server, carrier, mode], results));
}

/** The scenario over connections, as the command makes it for such a server. */
function overConnections(scenario: Scenario, transport: TransportName): Scenario {
  const carried = transport === 'TLS' ? ('tls' as const) : ('tcp' as const);
  const on = <Link extends object>(link: Link) => ({ ...link, loss: 0, duplicate: 0, transport: carried });
  const { callerSip, appSip, pushServerSip } = scenario.links;
  return {
    ...scenario,
    links: { ...scenario.links, callerSip: on(callerSip), appSip: on(appSip), pushServerSip: on(pushServerSip) },
  };
}

const gapCount = (mode: Mode) => (mode === 'singleDeviceEmulation' ? groups.losses : groups.usual);

describe('around the hand-over', () => {
  for (const server of [multi, reject, overwrite, hold]) {
    for (const mode of registrationModeNames) {
      withKamailio(`${server.title}, ${mode}`, () => measure('hand-over', gapScenario, server, mode, gapCount(mode)));
    }
  }
  withKamailio('over TCP', () =>
    measure('hand-over', gapScenario, overTcp(reject), 'singleDeviceEmulation', groups.losses),
  );
  withKamailioTls('over TLS', () =>
    measure('hand-over', gapScenario, overTls(reject, { policy: 'reject' }), 'singleDeviceEmulation', groups.losses),
  );
  for (const mode of registrationModeNames) {
    withEjabberd(mode, () => measure('hand-over', gapScenario, ejabberd, mode, gapCount(mode)));
  }
});

describe('a proxy without state', () => {
  for (const mode of ['standard', 'singleDeviceEmulation'] as const) {
    withNetSip(mode, () => measure('hand-over', gapScenario, netSip, mode, gapCount(mode)));
  }
});

const suited = [
  [multi, 'standard'],
  [reject, 'singleDeviceEmulation'],
  [multi, 'continuous'],
  [overwrite, 'singleDeviceTakeover'],
] as const;

const killCount = (mode: Mode) => (mode === 'continuous' ? groups.usual : groups.losses);

describe('further courses', () => {
  for (const [server, mode] of suited) {
    withKamailio(`waking, ${mode}`, () => measure('waking', waking, server, mode, groups.usual));
    withKamailio(`after a kill, ${mode}`, () => measure('after a kill', afterKill, server, mode, killCount(mode)));
  }
  for (const mode of ['standard', 'continuous'] as const) {
    withKamailio(`restart, ${mode}`, () =>
      measure('restart', restarted, { ...multi, profile: forgetful }, mode, groups.losses),
    );
  }
  for (const server of [dying, mute]) {
    for (const mode of ['standard', 'singleDeviceEmulation'] as const) {
      withKamailio(`end, ${server.title}, ${mode}`, () => measure('end', gone, server, mode, groups.usual));
    }
  }
  withEjabberd('waking', () => measure('waking', waking, ejabberd, 'standard', groups.usual));
});

const page = 'docs/reality.md';
const keyOf = (row: string): string => row.replace(/^\| /, '').split(' | ').slice(0, 3).join(', ');
const runsIn = (row: string): number => Number(/^\d+ of (\d+)$/.exec(row.split(' | ')[9] ?? '')?.[1]);

/** The rows of the page with those that were measured now in their places, or at the end, and so for the notes. */
function merged(): { rows: string[]; notes: string[] } {
  const lines = readFileSync(page, 'utf8').split('\n');
  const before = lines.filter((line) => /^\| .* \| \d+ of \d+ \|/.test(line));
  const added = [...cells.keys()].filter((key) => !before.some((row) => keyOf(row) === key));
  const isMeasured = (note: string) => [...cells.keys()].some((key) => note.startsWith(`- ${key}: `));
  return {
    rows: [
      ...before.map((row) => cells.get(keyOf(row))?.row ?? row),
      ...added.flatMap((key) => cells.get(key)?.row ?? []),
    ],
    notes: [
      ...lines.filter((line) => /^- .* \(in \d+ runs\)$/.test(line) && !isMeasured(line)),
      ...[...cells.values()].flatMap(({ notes }) => notes),
    ],
  };
}

afterAll(() => {
  const today = new Date().toISOString().slice(0, 10);
  const { rows, notes } = merged();
  const total = rows.reduce((sum, row) => sum + runsIn(row), 0);
  writeFileSync(
    page,
    `# Prediction and measurement

Measured up to ${today} by \`npm run reality\`, ${total} runs, ${atOnce} users at once on a real server on this machine, each with another seed;
beside it the same scenario, mode and seeds in the model. The delays between phone, push server and SIP server are simulated in
both; the server is real in one and a profile in the other. Over UDP where nothing else is said.

| course | happens |
| --- | --- |
| hand-over | [live/call-in-the-gap](../examples/live/call-in-the-gap.yaml): a call while the app goes to the background |
| waking | a call for a phone that sleeps: push, start, answer |
| after a kill | the user has swiped the app away without notice to anybody; the push server misses it after 2 s and takes over; the call comes 0.5 to 5 s after the kill |
| restart | the server is killed and started again while the app is in the foreground; it forgets who is registered |
| end | the server is killed, or falls silent, while the app is in the foreground, and the call comes 0.5 to 5 s later: nobody can answer it before the run is over, so it is neither lost nor saved |

"Undecided": calls without a final answer when their run was over, which are left out of the interval. The interval covers the
true probability of a loss in 95 of 100 measurements. Where this machine was so late that other things had to happen, it is that
of the runs that were on time, with their number, or there is none. "Same verdicts": runs in which exactly the properties were violated that the model predicted for that seed, or for the
delays as they happened where this machine was late. "Otherwise": runs in which the server sent, or did not send, some message
against its profile. "Late by": how late this machine was at worst for something that was due.

| course | server | mode | lost, predicted | lost, measured | undecided | 95 % | nobody registered, predicted (median) | measured | same verdicts | otherwise | late by |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

${notes.length === 0 ? 'No server did otherwise than its profile.' : `What was otherwise:\n\n${notes.join('\n')}`}
`,
  );
});
