import process from 'node:process';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { windowOfRun } from '../sim/check/explain/windowOfRun.ts';
import { isObject, such } from '../sim/data/shape.ts';
import { toMermaid } from '../sim/report/mermaid.ts';
import { toPlantUml } from '../sim/report/plantuml.ts';
import { parseTrace, replay } from '../sim/run/replay.ts';
import { simulate } from '../sim/run/simulate.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { resolveScenario } from '../sim/scenarioFile/resolve.ts';
import type { RaceWindow } from '../sim/trace/raceWindow.ts';
import type { Trace, Verdict } from '../sim/trace/trace.ts';
import { drawn } from '../sim/workload/drawnDay.ts';
import { applyProvisioning } from './applyProvisioning.ts';
import { expectedViolations } from './expectedViolations.ts';
import { only, readScenario, readText, refuse, refuseOutputs, standardStream, writeText } from './files.ts';
import {
  type Adaptation,
  adapted,
  forceOption,
  mitigatedOption,
  modeOption,
  networkOption,
  oneOf,
  profileOption,
  pushOption,
  seedOption,
  wholeNumber,
} from './options.ts';
import { exitCodes, print, terminalWidth } from './output.ts';
import { fuzzedOf, loadOwn } from './ownModule.ts';
import { showRun } from './showRun.ts';
import { vitestTest } from './vitestExport.ts';

const exporters = {
  json: (trace: Trace) => JSON.stringify(trace, null, 1),
  mermaid: toMermaid,
  plantuml: toPlantUml,
} as const;

interface Options extends Adaptation {
  mode?: ModeName;
  profile?: Scenario['server'];
  seed: number;
  provisioning?: string;
  account: number;
  user?: string;
  export?: keyof typeof exporters | 'vitest';
  output?: string;
  force?: boolean;
  replay?: string;
  width?: number;
  all?: boolean;
  format: 'text' | 'json';
}

/** Options that a module has no use for. */
const idleForModule = ['network', 'push', 'mitigated', 'provisioning', 'account', 'user'];

/** A scenario may be JSON as well: it has steps, and a trace has records. */
function isTraceFile(given: string): boolean {
  if (!given.endsWith('.json')) return false;
  const text = readText(given);
  try {
    const value = JSON.parse(text) as { steps?: unknown; records?: unknown } | null;
    return value?.steps === undefined || value.records !== undefined;
  } catch {
    return true;
  }
}

/** Options that say what a new run is like. */
const ofNewRun = ['mode', 'profile', 'network', 'push', 'mitigated', 'seed', 'provisioning', 'account', 'user'];

/** Refuses options that would be passed over. */
function refuseIdle(given: string, { output, force, provisioning }: Options, command: Command): void {
  const isSaid = (option: string) => command.getOptionValueSource(option) === 'cli';
  const overridden = isTraceFile(given) ? ofNewRun.find(isSaid) : undefined;
  if (overridden) refuse(`--${overridden}`, 'an option for a new run', 'none: a trace is replayed as it is');
  if (isSaid('replay') && !isModule(given))
    refuse('--replay', 'an option for a module', 'the trace itself: `simulate FILE`');
  const inReplay = isSaid('replay') ? ofNewRun.find(isSaid) : undefined;
  if (inReplay) refuse(`--${inReplay}`, 'an option for a new run', 'none: a trace is replayed as it is');
  const idle = isModule(given) ? idleForModule.find(isSaid) : undefined;
  if (idle) refuse(`--${idle}`, 'an option for scenario files', 'none: a module is run as it is');
  const ofFile = ['account', 'user'].find(isSaid);
  if (ofFile && provisioning === undefined) refuse(`--${ofFile}`, 'no provisioning file', '--provisioning');
  refuseOutputs({ '--output': output }, force === true);
}

/** A run of the user's module, and its world. */
async function ofModule(file: string, { mode, profile, seed, replay: given }: Options): Promise<Ran> {
  const own = await loadOwn(file);
  const ownNames = own.is === 'system' ? [] : own.properties.map(({ name }) => name);
  const fuzzed = fuzzedOf(own, file, { mode, profile }, seed);
  const { scenario, worldOf } = fuzzed;
  if (given === undefined) {
    const world = worldOf(scenario);
    const trace = simulate(world, seed);
    const { drawn } = fuzzed;
    const expected = drawn === null ? [] : expectedViolations(drawn.own.document, drawn.mode, drawn.server);
    return { trace, notes: [], window: windowOfRun(trace, world), expected, own: ownNames };
  }
  // A hand-over may have been drawn, and been run in another place; of a system the machines are asked again.
  const isSystem = own.is === 'system';
  const kept = isSystem
    ? parseTrace(readText(given), given, such('settings', isObject))
    : parseTrace(readText(given), given);
  const world = worldOf(isSystem ? scenario : kept.scenario);
  const trace = replay(kept, given, () => world);
  return { trace, notes: [], window: trace.raceWindow ?? windowOfRun(trace, world), expected: [], own: ownNames };
}

interface Ran {
  readonly trace: Trace;
  readonly notes: readonly string[];
  readonly window: RaceWindow | null;
  /** Properties that the file expects to be violated: a run that violates no others is as expected. */
  readonly expected: readonly string[];
  /** Properties of the user's own among ours. */
  readonly own?: readonly string[];
}

/** Whether no property had anything to judge, or none of the user's own among ours. */
const isIdle = ({ trace: { verdicts }, own = [] }: Ran): boolean =>
  [own, verdicts.map(({ property }) => property)].some(
    (names) => names.length > 0 && verdicts.every(({ property, witnessed }) => !names.includes(property) || !witnessed),
  );

async function traceOf(given: string, options: Options): Promise<Ran> {
  if (isModule(given)) return ofModule(given, options);
  const ran = ofFile(given, options);
  return { ...ran, window: ran.trace.raceWindow ?? windowOfRun(ran.trace) };
}

function ofFile(given: string, options: Options): Omit<Ran, 'window'> {
  if (isTraceFile(given)) {
    return { trace: replay(parseTrace(readText(given), given), given), notes: [], expected: [] };
  }
  const asked = { modes: only(options.mode), withDays: true };
  const document = adapted(readScenario(given, options.profile, asked), options);
  const overrides = {
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.profile !== undefined && { server: options.profile }),
  };
  const scenario = drawn(resolveScenario(document, everyServerProfile, overrides), options.seed);
  if (options.provisioning === undefined) {
    const expected = expectedViolations(document, scenario.mode.name, scenario.server, options);
    return { trace: simulate(scenario, options.seed), notes: [], expected };
  }
  const { provisioning: file, account, user } = options;
  const chosen = { file, account, ...(user !== undefined && { user }) };
  const applied = applyProvisioning(scenario, chosen, options.mode !== undefined);
  return { trace: simulate(applied.scenario, options.seed), notes: applied.notes, expected: [] };
}

async function run(given: string, options: Options, command: Command): Promise<void> {
  refuseIdle(given, options, command);
  const ran = await traceOf(given, options);
  const { trace, notes, window, expected } = ran;
  const format = options.export ?? (options.format === 'json' ? 'json' : undefined);
  const exported = (as: NonNullable<typeof format>) =>
    as === 'vitest' ? vitestTest(trace, given, options).trimEnd() : exporters[as](trace);
  if (options.output !== undefined)
    writeText(options.output, `${exported(format ?? 'json')}\n`, options.force === true);
  if (format !== undefined && options.output === undefined) print(exported(format));
  else if (options.output !== standardStream) {
    showRun(trace, {
      width: options.width ?? terminalWidth(),
      notes,
      window,
      expected,
      ...(options.all !== undefined && { all: options.all }),
    });
  }
  const isUnexpected = ({ property, verdict }: Verdict) => verdict === 'violated' && !expected.includes(property);
  if (trace.verdicts.some(isUnexpected)) process.exitCode = exitCodes.violated;
  else if (trace.verdicts.every(({ verdict }) => verdict === 'holds') && isIdle(ran))
    process.exitCode = exitCodes.inconclusive;
}

/** `ringproof simulate`: one run, seeded or replayed. */
export const simulateCommand = () =>
  new Command('simulate')
    .argument(
      '[scenario]',
      'scenario file, name of a bundled one, trace (.json), or module of your own (.ts, .js)',
      'call-while-going-to-background',
    )
    .addOption(modeOption())
    .addOption(profileOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .addOption(mitigatedOption())
    .addOption(seedOption())
    .option('--replay <file>', 'run a trace of the module again by its machines as they are now')
    .option('--provisioning <file>', 'take mode, push settings and reachability from a Stretto provisioning file')
    .option('--account <number>', 'the account in that file', wholeNumber(1, 5), 1)
    .option('--user <name>', 'the user in that file, where it has several')
    .option(
      '--export <format>',
      'json (a trace), mermaid, plantuml or a test for vitest instead of the ladder',
      oneOf('json', 'mermaid', 'plantuml', 'vitest'),
    )
    .option('-o, --output <file>', 'write the export (default: the trace) to a new file')
    .addOption(forceOption())
    .option('--width <columns>', 'width of the ladder', wholeNumber(40, 400))
    .option('--all', 'show every row of the ladder, also those that are usually folded')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(run);
