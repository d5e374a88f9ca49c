import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Progress } from '../check/engine/exploring.ts';
import { TooLargeError, toPromela } from '../check/untimed/promela.ts';
import type { SearchProgress } from '../check/untimed/search.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { type InternalError, internalErrorOf } from './internalError.ts';

/** A world that is to be written as a model for SPIN: of a scenario, or of a module of the user's. Plain data, for a worker. */
export interface PromelaJob {
  /** The properties that the model asserts. */
  readonly promela: readonly string[];
  readonly losses: number;
  readonly maximumStates: number;
  readonly maximumBytes: number;
  readonly of:
    | { readonly scenario: Scenario }
    | { readonly file: string; readonly mode: ModeName | undefined; readonly profile: ServerProfile | undefined };
}

/** The model, or why there is none: it is too large, or the user has stopped it after so many states. Plain data. */
export interface ModelWritten {
  readonly text: string | null;
  readonly tooLarge?: string;
  readonly interruptedAfter?: number;
  readonly internalError?: InternalError;
}

/** Writes the model of a world. `onProgress` may end it by returning false. */
export function writePromela(
  world: WorldDefinition,
  { promela, losses, maximumStates, maximumBytes }: PromelaJob,
  onProgress: (progress: Progress) => boolean,
): ModelWritten {
  let interruptedAfter: number | undefined;
  const goesOn = ({ states, transitions, waiting }: SearchProgress) => {
    const isWanted = onProgress({ classes: states, edges: transitions, waiting, bytes: 0 });
    if (!isWanted) interruptedAfter = states;
    return isWanted && states <= maximumStates;
  };
  try {
    return { text: toPromela(world, losses, maximumBytes, promela, goesOn) };
  } catch (error) {
    if (interruptedAfter !== undefined) return { text: null, interruptedAfter };
    if (error instanceof TooLargeError) return { text: null, tooLarge: error.message };
    throw error;
  }
}

/** What stands for a model whose writing has failed inside. */
export const failedModel = (error: unknown): ModelWritten => ({ text: null, internalError: internalErrorOf(error) });
