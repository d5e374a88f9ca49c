import type { AnyStateMachine } from 'xstate';
import { simulate } from '../../sim/run/simulate.ts';
import type { WorldDefinition } from '../../sim/world/definition.ts';
import { inspectionEvents } from '../protocol/inspectionEvents.ts';
import type { OpenRecording } from './recording.ts';

/** The machines of a world, by the names of their parties. */
export const machinesBy = ({ parties }: WorldDefinition): Record<string, AnyStateMachine> =>
  Object.fromEntries(parties.map(({ party, machine }) => [party, machine]));

/** One run of a world, as what its machines would have sent: the page has no machines but ours to run it again. */
export function recordedRun(world: WorldDefinition, seed: number, file: string): OpenRecording {
  const events = inspectionEvents(simulate(world, seed), machinesBy(world)).map((event) => ({
    ...event,
    connection: 1,
  }));
  return { file: `${file}, seed ${seed}`, events };
}
