import type { Role } from '../../machines/messages.ts';
import { everyMode, type ModeName } from '../../machines/modeVariants.ts';
import { isPushedByServer, type RegistrationMode } from '../../machines/registrationModes.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import { InputError } from '../input/inputError.ts';
import { strangeProblems } from '../input/plainData.ts';
import { visible } from '../input/visible.ts';
import { pathText, problemsIn } from '../input/yamlFile.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { contradictions } from '../scenarioFile/contradictions.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { type ServerCatalogue, scenarioIn } from '../scenarioFile/resolve.ts';
import { scenarioSchema } from '../scenarioFile/schema.ts';
import { defineWorld, type Replacements, type SipWorld } from '../sipWorld/definition.ts';
import { delayWindows } from '../sipWorld/delayWindows.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Around } from '../world/machineTable.ts';
import { partsProblems } from './partsProblems.ts';
import { delaysOf } from './partyDelays.ts';
import { watching } from './purity.ts';
import { speaking } from './speech.ts';
import type { PartyDefinition } from './systemDefinition.ts';

/** What is the user's own in a hand-over. */
export interface OwnParts {
  readonly mode?: ModeName | RegistrationMode;
  /** A server profile, or the name of one. */
  readonly server?: ServerProfile | string;
  /** Machines in the place of ours. Delays that have the name of one of ours have its window unless they say otherwise. */
  readonly machines?: Readonly<Partial<Record<Role, PartyDefinition>>>;
  /** Properties besides ours. */
  readonly properties?: readonly AnyProperty[];
}

/** A hand-over of the user's, checked. */
export interface OwnScenario {
  readonly is: 'scenario';
  readonly document: ScenarioDocument;
  /** As it was said; null where it was not. */
  readonly mode: ModeName | RegistrationMode | null;
  readonly server: ServerProfile | null;
  readonly machines: Readonly<Partial<Record<Role, PartyDefinition>>>;
  readonly properties: readonly AnyProperty[];
}

/** The document as a file would be read. What is wrong with it is said with its place, since there are no lines. */
function checkedDocument(
  document: ScenarioDocument,
  servers: ServerCatalogue,
  modes: readonly ModeName[],
): ScenarioDocument {
  const name = (document as { readonly name?: unknown } | null | undefined)?.name;
  const file = typeof name === 'string' ? name : 'defineScenario';
  const strange = strangeProblems(document);
  const malformed = strange.length > 0 ? strange : problemsIn(document, scenarioSchema);
  if (malformed.length > 0) throw new InputError({ file, problems: malformed });
  // As of a file: with what the schema fills in.
  const data: ScenarioDocument = scenarioSchema.parse(JSON.parse(JSON.stringify(document)));
  const problems = contradictions(data, servers, modes).map(({ path, ofKey: _, found, ...rest }) => ({
    ...rest,
    line: null,
    found: `${found} for ${pathText(path)}`,
  }));
  if (problems.length > 0) throw new InputError({ file, problems });
  return { ...data, title: visible(data.title) };
}

/** The mode that the other parts name, if any; what is wrong with them is said elsewhere. */
function askedModes(own: OwnParts | null): readonly ModeName[] {
  const mode = own?.mode;
  if (typeof mode === 'string') return mode in everyMode ? [mode] : [];
  return mode ? [isPushedByServer(mode) ? 'sipServerPushes' : 'standard'] : [];
}

/** A hand-over of your own. Throws an InputError with everything that is wrong with it. */
export function scenarioDefinition(document: ScenarioDocument, own: OwnParts, servers: ServerCatalogue): OwnScenario {
  const checked = checkedDocument(document, servers, askedModes(own));
  const problems = partsProblems(own, Object.keys(servers));
  if (problems.length > 0) throw new InputError({ file: checked.name, problems });
  const { mode = checked.mode, server = checked.server, machines = {}, properties = [] } = own;
  return {
    is: 'scenario',
    document: checked,
    mode: mode ?? null,
    server: (typeof server === 'string' ? servers[server] : server) ?? null,
    machines,
    properties,
  };
}

/** The name of the mode that a hand-over was defined with; standard where it says none. */
export const modeNameOf = ({ mode }: OwnScenario): string =>
  mode === null ? 'standard' : typeof mode === 'string' ? mode : mode.name;

const watches = new WeakMap<PartyDefinition, Map<string, Around>>();

/** What watches over a machine: one for all worlds in which it is, so that its table is computed once. */
function watchOver(definition: PartyDefinition, party: string, file: string): Around {
  const known = watches.get(definition) ?? new Map<string, Around>();
  watches.set(definition, known);
  const key = `${party} ${file}`;
  const around = known.get(key) ?? speaking(party, file, watching(party, file));
  known.set(key, around);
  return around;
}

/** The world of a hand-over with the user's machines and properties. `file`: where they stand, for errors. */
export function worldOfScenario(own: OwnScenario, file: string, scenario: Scenario): SipWorld {
  const ours = delayWindows(scenario);
  const replaced = Object.entries(own.machines).map(([party, definition]) => [
    party,
    {
      machine: definition.machine,
      delays: delaysOf(definition, ours[party as Role]),
      around: watchOver(definition, party, file),
    },
  ]);
  const world = defineWorld(scenario, Object.fromEntries(replaced) as Replacements);
  return { ...world, properties: [...world.properties, ...own.properties] };
}

/** The scenario in that mode on that server; a row of the user's own goes by its name. */
export function scenarioOf({ document, mode }: OwnScenario, named: string, server: ServerProfile): Scenario {
  const isOwnRow = mode !== null && typeof mode === 'object' && mode.name === named;
  return scenarioIn(document, isOwnRow ? mode : (named as ModeName), server);
}
