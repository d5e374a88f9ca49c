import { PropertyTable, type Violation } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { explore, usualRehearsal } from './exploration.ts';
import { firingsFor, type WorldFiring } from './path.ts';
import type { SearchProgress } from './search.ts';
import { UntimedWorld } from './untimedWorld.ts';

export interface UntimedOptions {
  /** Most messages that lossy links lose, all together. */
  readonly losses?: number;
  /** Most memory that the exploration takes, in bytes. */
  readonly memoryBytes?: number;
  /** States that show how to keep all of them, see `explore`; the result does not depend on it. */
  readonly rehearsal?: number;
  /** Called now and then; `false` ends the exploration. */
  readonly onProgress?: (progress: SearchProgress) => boolean;
}

/** What is known of a property in all orders of events. */
export interface UntimedVerdict {
  readonly property: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  readonly violation: Violation | null;
  /** Whether some run gave the property something to judge. */
  readonly witnessed: boolean;
  /** A shortest way from the start of the world to the violation; null where memory ended before one was found, too. */
  readonly path: readonly WorldFiring[] | null;
}

export interface UntimedResult {
  readonly states: number;
  readonly transitions: number;
  /** False where memory or `onProgress` ended the exploration before it had looked into every state. */
  readonly complete: boolean;
  /** Memory used at most, in bytes. */
  readonly bytes: number;
  readonly verdicts: readonly UntimedVerdict[];
}

const usualMemoryBytes = 1024 ** 3;

/**
 * Explores the whole untimed world of a scenario: the world of `World.fire` in which any pending event may happen next,
 * whatever its window. What holds here holds at any speed of links and clocks; what is violated here may need delays
 * that the scenario's windows do not allow.
 *
 * What keeps it finite, and belongs to the scope of its verdicts:
 * - on an ordered link only the message sent first in its direction may arrive;
 * - one and the same message is under way at most once at a time (`mostEqualMessages`);
 * - steps of the environment happen in an order that their dates allow (`precedence`);
 * - at most `losses` messages are lost on lossy links, besides those over cut links; probabilities, faults and the end
 *   of the scenario play no part;
 * - of the properties those that bound no time are judged (`untimedProperties`).
 *
 * The path to a violation is a shortest one.
 */
export function exploreUntimed(definition: WorldDefinition, options: UntimedOptions = {}): UntimedResult {
  const { losses = 0, memoryBytes = usualMemoryBytes, onProgress = () => true, rehearsal = usualRehearsal } = options;
  const tables = tablesFor(definition);
  const world = new UntimedWorld(definition, tables, losses);
  const { violatedBy, eventsTo, ...extent } = explore(world, { memoryBytes, onProgress }, rehearsal);
  const verdicts = tables.map(({ property: { name: property } }, index): UntimedVerdict => {
    const observers = violatedBy[index];
    const witnessed = (world.observers.witnessed & (1 << index)) !== 0;
    if (observers === undefined) {
      return { property, verdict: extent.complete ? 'holds' : 'inconclusive', violation: null, witnessed, path: null };
    }
    const events = eventsTo(index);
    return {
      property,
      verdict: 'violated',
      violation: world.observers.violation(observers, index),
      witnessed,
      path: events && firingsFor(definition, events),
    };
  });
  return { ...extent, verdicts };
}

/** The observers of an exploration: the properties claimed of the scenario that bound no time. */
export const tablesFor = ({ scenario, claims, properties }: WorldDefinition): PropertyTable[] =>
  properties
    .filter((property) => property.obligations === undefined && claims(property))
    .map((property) => new PropertyTable(property, scenario));
