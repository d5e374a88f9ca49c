import type { PartyMachines } from '../../machines/parties.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../profiles/furtherServers.ts';
import type { Progress } from '../check/engine/exploring.ts';
import { check as checkWorld } from '../check/questions/check.ts';
import { type Subject, withWholeWindow } from '../check/questions/wholeWindow.ts';
import { InputError } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { sentenceAbout } from '../report/sentence.ts';
import { replay as replayWorld } from '../run/replay.ts';
import { simulate as simulateWorld } from '../run/simulate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ScenarioDocument } from '../scenarioFile/schema.ts';
import { defineWorld, machinesOf as machinesOfScenario } from '../sipWorld/definition.ts';
import type { Trace } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import {
  type Frozen,
  modeNameOf,
  type OwnParts,
  type OwnScenario,
  scenarioDefinition,
  scenarioOf,
} from './ownScenario.ts';
import type { OwnSystem } from './ownSystem.ts';
import { scenarioSubject, systemSubject } from './subject.ts';

/** A hand-over in TypeScript: the same document as in a file; mode, server, machines and properties may be your own. */
export function defineScenario(
  document: Frozen<ScenarioDocument>,
  own: Omit<OwnParts, 'server'> & {
    readonly server?: Exclude<OwnParts['server'], string | undefined> | AnyServerProfileName;
  } = {},
): OwnScenario {
  return scenarioDefinition(document, own, everyServerProfile);
}

/** Our machines for that hand-over, to change them with `provide` or to look at them. */
export function machinesOf(own: OwnScenario): PartyMachines {
  return machinesOfScenario(scenarioOf(own, modeNameOf(own), own.server ?? everyServerProfile.multi));
}

/** What can be run: a hand-over or a system of your own, or a scenario that is resolved. */
export type Runnable = OwnScenario | OwnSystem | Scenario;

function subjectOf(what: Runnable): Subject {
  if (!('is' in what)) return { scenario: what, worldOf: (scenario) => defineWorld(scenario as Scenario) };
  if (what.is === 'system') return systemSubject(what, what.definition.name);
  return scenarioSubject(what, what.document.name, modeNameOf(what), what.server ?? everyServerProfile.multi);
}

function worldOf(what: Runnable): WorldDefinition {
  const { scenario, worldOf } = subjectOf(what);
  return worldOf(scenario);
}

/** One run with a seed. The same seed gives the same trace. Throws an InputError for machines that do not fit. */
export const simulate = (what: Runnable, seed: number): Trace => simulateWorld(worldOf(what), seed);

/**
 * Runs a trace again, step by step, by the machines as they are now: ours, or those of `what`. `file`: how errors name it.
 * Throws an InputError with the first step that comes out differently.
 */
export const replay = (trace: Trace, file: string, what?: Runnable): Trace =>
  replayWorld(trace, file, what && (() => worldOf(what)));

export interface CheckSettings {
  /** Names of the properties; all that are claimed where it is left out. */
  readonly properties?: readonly string[];
  /** How many messages may be lost, and how many may arrive twice, besides the scenario's own faults; default 0. */
  readonly losses?: number;
  readonly duplicates?: number;
  /** Bytes that the exploration may hold; default 1 GiB. */
  readonly maximumBytes?: number;
  /** Called now and then; false ends the check with what is known by then. */
  readonly onProgress?: (progress: Progress) => boolean;
}

/** What is known of a property for every order of events and every delay. */
export interface CheckedProperty {
  readonly property: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Whether some run gave the property something to judge. */
  readonly witnessed: boolean;
  /** Of a violation: what went wrong, for which delays, and the run. */
  readonly sentence: string | null;
  readonly window: readonly string[];
  readonly trace: Trace | null;
}

/**
 * Decides the properties for every order of events and every delay within the windows. Throws an InputError for a property
 * that is none, and for machines that do not fit.
 */
export function check(what: Runnable, settings: CheckSettings = {}): CheckedProperty[] {
  const { properties, losses = 0, duplicates = 0, maximumBytes, onProgress } = settings;
  const subject = subjectOf(what);
  const world = subject.worldOf(subject.scenario);
  const names = world.properties.map(({ name }) => name);
  const unknown = properties?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    const problems = unknown.map((name) => unknownWord(name, 'for properties', names));
    throw new InputError({ file: world.scenario.name, problems });
  }
  const options = { budget: { losses, duplicates }, ...(maximumBytes !== undefined && { maximumBytes }) };
  const { decisions, extent } = checkWorld(world, {
    ...options,
    properties: world.properties.filter(({ name }) => properties?.includes(name) ?? true),
    ...(onProgress && { onProgress }),
  });
  return decisions.map((decision): CheckedProperty => {
    const { property, verdict, witnessed } = decision;
    const { counterexample } = withWholeWindow(decision, extent, subject, options);
    if (counterexample === null) return { property, verdict, witnessed, sentence: null, window: [], trace: null };
    const { trace, window } = counterexample;
    const [sentence, lines] = [sentenceAbout(property, trace), raceWindowLines(window, trace)];
    return { property, verdict, witnessed, sentence, window: lines, trace };
  });
}
