import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Role } from '../../machines/messages.ts';
import { everyMode } from '../../machines/modeVariants.ts';
import { type RegistrationModeName, registrationModeNames } from '../../machines/registrationModes.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import { windowOfRun } from '../../sim/check/explain/windowOfRun.ts';
import { check } from '../../sim/check/questions/check.ts';
import { scopeText } from '../../sim/check/questions/scope.ts';
import type { Window } from '../../sim/data/window.ts';
import { isOfSystem } from '../../sim/report/lanes.ts';
import { raceWindowLines } from '../../sim/report/raceWindow.ts';
import { verdictSentences } from '../../sim/report/sentence.ts';
import { simulate } from '../../sim/run/simulate.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { defineWorld } from '../../sim/sipWorld/definition.ts';
import { delayWindows } from '../../sim/sipWorld/delayWindows.ts';
import type { RaceWindow } from '../../sim/trace/raceWindow.ts';
import type { Trace, TraceBody } from '../../sim/trace/trace.ts';
import type { Drawing, RegionName } from '../charts/chart.ts';
import { drawingOf, graphOf } from '../charts/graph.ts';
import { pathOf, type Region } from '../charts/picture.ts';
import { keyOf, regionsOf } from '../charts/region.ts';
import type { InspectionEvent } from '../protocol/inspectionEvent.ts';
import { inspectionEvents } from '../protocol/inspectionEvents.ts';
import type { ChangeLog, Experiment } from './experiment.ts';
import { type Glance, glanceAt } from './glance.ts';
import { type Linked, linkedOf } from './linked.ts';
import { type Margins, marginsOf } from './margins.ts';
import { type Opened, openedFile } from './openedFile.ts';
import { type Options, optionsAfter } from './options.ts';
import { type Outline, outlineOf, regionOfDefinition } from './outline.ts';
import { predictionOf } from './prediction.ts';
import { machinesBy } from './recordedRun.ts';
import { type Relisted, relisted } from './relisted.ts';
import { latestRun, runExperiment, type WorldOf } from './running.ts';

/** A run with all that is said of it as a whole. */
export interface Outcome {
  readonly trace: TraceBody;
  readonly glance: Glance;
  /** The verdict in sentences, the worst first. */
  readonly said: readonly string[];
  /** How near the properties that hold came to their bounds. */
  readonly margins: Margins;
  /** What each property demands that is claimed of the run. */
  readonly sentences: Readonly<Record<string, string>>;
}

/** The runs of one scenario in the modes of the product, with the same luck. */
export type GlancesByMode = Readonly<Record<string, Glance>>;

/** The regions of each party's machine, from the outside in. */
export type Regions = Readonly<Record<string, readonly RegionName[]>>;

/** What the checker says of one property over every order and delay. */
export interface Proof {
  readonly property: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Whether some run gives the property something to judge. */
  readonly witnessed: boolean;
  /** For what the verdict stands, or how far the check came. */
  readonly scope: string;
  readonly counterexample: {
    readonly trace: Trace;
    readonly lines: readonly string[];
  } | null;
}

/** Limits of a proof in the page: bytes that a tab may hold, and classes after which it gives up. */
const proofBytes = 600e6;
const mostClasses = 3_000_000;

/** For which delays a run goes wrong, and the same in words. */
export interface ToldWindow {
  readonly window: RaceWindow;
  readonly lines: readonly string[];
}

/** The modes in which a scenario can run as well; a system has none. */
const modesOf = (scenario: Scenario): readonly RegistrationModeName[] =>
  isOfSystem({ scenario }) ? [] : registrationModeNames;

/** A region of a machine of an experiment. */
function regionIn(experiment: Experiment, worldOf: WorldOf, party: string, path: string): Region {
  const machine = worldOf(experiment.scenario).parties.find((one) => one.party === party)?.machine;
  const region = machine && regionsOf(machine).find(({ node }) => pathOf(node) === path);
  if (region === undefined) throw new Error(`the machine of ${party} has no region ${path}`);
  return region;
}

/** What is answered of runs: by the page's worker of those of our machines, by the server of those of a module's. */
export const answersBy = (worldOf: WorldOf) => ({
  run(experiment: Experiment): Outcome {
    const { properties } = worldOf(experiment.scenario);
    const { body: trace } = latestRun(experiment, worldOf);
    const claimed = properties.filter(({ name }) => trace.verdicts.some(({ property }) => property === name));
    return {
      trace,
      glance: glanceAt(trace),
      said: verdictSentences(trace),
      margins: marginsOf(trace, claimed),
      sentences: Object.fromEntries(claimed.map(({ name, sentence }) => [name, sentence(trace.scenario as never)])),
    };
  },

  /** What the model had predicted for a live run; null where that is the run, or there is none. */
  prediction(experiment: Experiment): Pick<Outcome, 'trace' | 'glance'> | null {
    const trace = predictionOf(experiment);
    return trace && { trace, glance: glanceAt(trace) };
  },

  /** What a link was unpacked to, once it is known to be a run; an error says what is wrong with it. */
  linked: (value: unknown): Linked => linkedOf(value),

  /** What a file holds that the reader has opened; an error says what is wrong with it. */
  openedFile: (text: string): Opened => openedFile(text),

  /** The digest of a run: apart from it, for it takes longer. */
  digest: (experiment: Experiment): string => latestRun(experiment, worldOf).digest(),

  /** For which delays a run goes wrong, if it does: apart from the run, which need not wait for that. */
  window(experiment: Experiment): ToldWindow | null {
    const { body: trace } = latestRun(experiment, worldOf);
    const window = experiment.window ?? windowOfRun(trace, worldOf(experiment.scenario));
    return window && { window, lines: raceWindowLines(window, trace) };
  },

  /** The delays that a scenario says: a machine in the place of ours may have others, and a system says its own. */
  delays: ({ scenario }: Experiment): Record<Role, Record<string, Window>> | null =>
    isOfSystem({ scenario }) ? null : delayWindows(scenario),

  regions: ({ scenario }: Experiment): Regions =>
    Object.fromEntries(
      worldOf(scenario).parties.map(({ party, machine }) => [
        party,
        regionsOf(machine).map((region) => ({ key: keyOf(region), path: pathOf(region.node) })),
      ]),
    ),

  /** The same as `graph` and `drawing` of one region of a party's machine. */
  regionGraph: (experiment: Experiment, party: string, path: string): ElkNode =>
    graphOf(regionIn(experiment, worldOf, party, path)),
  regionDrawing: (experiment: Experiment, party: string, path: string, laid: ElkNode): Drawing =>
    drawingOf(regionIn(experiment, worldOf, party, path), laid),

  outline: (definition: string): Outline => outlineOf(definition),

  /** What elk is to lay out of a machine, and what becomes of it. */
  graph: (definition: string): ElkNode => graphOf(regionOfDefinition(definition)),
  drawing: (definition: string, laid: ElkNode): Drawing => drawingOf(regionOfDefinition(definition), laid),

  inspection: (experiment: Experiment): InspectionEvent[] =>
    inspectionEvents(runExperiment(experiment, worldOf), machinesBy(worldOf(experiment.scenario))),

  options: (experiment: Experiment, step: number): Options => optionsAfter(experiment, step, worldOf),

  relisted: (log: ChangeLog): Relisted => relisted(log, worldOf),

  modes: ({ scenario, seed }: Experiment): GlancesByMode =>
    Object.fromEntries(
      modesOf(scenario).map((name) => [
        name,
        glanceAt(simulate(worldOf({ ...scenario, mode: everyMode[name] }), seed)),
      ]),
    ),

  prove({ scenario }: Experiment, property: string): Proof {
    const world = worldOf(scenario);
    const result = check(world, {
      properties: world.properties.filter(({ name }) => name === property),
      maximumBytes: proofBytes,
      onProgress: ({ classes }) => classes < mostClasses,
    });
    const [decision] = result.decisions;
    if (decision === undefined) throw new Error(`${property} is not claimed of this mode`);
    const { verdict, witnessed, counterexample } = decision;
    return {
      property,
      verdict,
      witnessed,
      scope: scopeText(result, decision),
      counterexample: counterexample && {
        trace: counterexample.trace,
        lines: raceWindowLines(counterexample.window, counterexample.trace),
      },
    };
  },

  /** Every scenario in each mode, on the server that is given for that mode. */
  matrix: (
    scenarios: readonly Scenario[],
    servers: Readonly<Record<RegistrationModeName, ServerProfile>>,
    seed: number,
  ): GlancesByMode[] =>
    scenarios.map((scenario) =>
      Object.fromEntries(
        registrationModeNames.map((name) => [
          name,
          glanceAt(simulate({ ...scenario, server: servers[name], mode: everyMode[name] }, seed)),
        ]),
      ),
    ),
});

/** What the page's worker answers: the same code as on the command line, off the thread that draws. */
export const answers = answersBy(defineWorld);

export type Answers = typeof answers;
