import { simulate } from '../../sim/run/simulate.ts';
import type { WorldDefinition } from '../../sim/world/definition.ts';
import { inspectionEvents } from '../protocol/inspectionEvents.ts';
import type { OpenRecording } from './recording.ts';

/** One run of a world, as what its machines would have sent: the page has no machines but ours to run it again. */
export function recordedRun(world: WorldDefinition, seed: number, file: string): OpenRecording {
  const machines = Object.fromEntries(world.parties.map(({ party, machine }) => [party, machine]));
  const events = inspectionEvents(simulate(world, seed), machines).map((event) => ({ ...event, connection: 1 }));
  return { file: `${file}, seed ${seed}`, events };
}
