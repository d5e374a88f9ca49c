import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Subject } from '../check/questions/wholeWindow.ts';
import type { DrawLimits } from '../fuzz/drawLimits.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import { type FoundRun, fuzzWorld } from '../fuzz/fuzzWorld.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import type { AnyProperty } from '../system/property.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { type OwnScenario, scenarioOf } from './ownScenario.ts';

/** What is fuzzed: a world, and for a hand-over of the user's also others with its machines, which are drawn. */
export interface Fuzzed extends Subject {
  readonly drawn: { readonly own: OwnScenario; readonly mode: string; readonly server: ServerProfile } | null;
}

/** What is looked for, and how much of it. Plain data, to be sent to a worker. */
export interface FuzzRequest {
  /** Names of properties; null for those that are usually looked for. */
  readonly properties: readonly string[] | null;
  readonly losses: number;
  readonly duplicates: number;
  /** For hand-overs that are drawn. */
  readonly limits: DrawLimits;
  readonly runs: number;
  readonly seed: number;
}

/** What one piece has come to. Plain data. */
export interface FuzzedPiece {
  /** With the hand-over that was drawn, where one was. */
  readonly found: (FoundRun & { readonly document: ScenarioDocument | null }) | null;
  readonly witnessed: readonly string[];
}

/** Runs of a piece: pieces are looked through by several workers, and the first one that finds something counts. */
export const pieceRuns = 100;

/** Every piece draws with a seed of its own, so that it makes no difference who looks through it. */
const seedOf = (seed: number, piece: number): number => (seed ^ Math.imul(piece, 0x9e3779b1)) | 0;

/** Of our own properties those that are looked for unless others are named: the rest is seldom what a user asks. */
export const usual: readonly string[] = ['noInviteLost', 'singleRegistration'];

/** The properties that a run is judged by: what the file itself expects to be violated is known already. */
export function soughtIn(
  world: WorldDefinition,
  { scenario, drawn }: Fuzzed,
  properties: readonly string[] | null,
): readonly AnyProperty[] {
  const claimed = world.properties.filter(world.claims);
  if (properties !== null) return claimed.filter(({ name }) => properties.includes(name));
  if (!('mode' in scenario)) return claimed;
  const own = drawn?.own.properties ?? [];
  return claimed.filter((one) => usual.includes(one.name) || own.includes(one));
}

/** The properties that the document of a hand-over expects to be violated where it is run. */
export function expectedOf({ drawn }: Pick<Fuzzed, 'drawn'>): readonly string[] {
  const said = drawn?.own.document.expect?.[drawn.server.name]?.[drawn.mode as ModeName];
  return said === undefined || said === 'holds' ? [] : said;
}

/**
 * Looks through one piece: runs of the world itself; of a hand-over of the user's in every other piece hand-overs that are
 * drawn. `onRun` ends it by returning false.
 */
export function fuzzPiece(
  what: Fuzzed,
  request: FuzzRequest,
  piece: number,
  onRun: (isViolated: boolean) => boolean,
): FuzzedPiece {
  const { scenario, worldOf, drawn } = what;
  const { losses, duplicates, limits } = request;
  const world = worldOf(scenario);
  const sought = soughtIn(world, what, request.properties);
  const runs = Math.min(pieceRuns, request.runs - piece * pieceRuns);
  const options = { runs, seed: seedOf(request.seed, piece), onRun };
  if (drawn === null || piece % 2 === 0) {
    const known = request.properties === null ? expectedOf(what) : [];
    const properties = sought.filter(({ name }) => !known.includes(name));
    const { found, witnessed } = fuzzWorld(world, { ...options, properties, losses, duplicates });
    return { found: found && { ...found, document: null }, witnessed };
  }
  const { own, mode, server } = drawn;
  const witnessed = new Set<string>();
  const found = fuzz(
    { ...options, mode: mode as ModeName, server, properties: sought, limits },
    {
      scenarioOf: (document) => scenarioOf({ ...own, document }, mode, server),
      worldOf,
      onWitness: (property) => witnessed.add(property),
    },
  );
  return { found, witnessed: [...witnessed] };
}
