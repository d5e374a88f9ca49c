import type { AnyStateMachine } from 'xstate';
import { windowOfRun } from '../../sim/check/explain/windowOfRun.ts';
import { raceWindowLines } from '../../sim/report/raceWindow.ts';
import { verdictSentences } from '../../sim/report/sentence.ts';
import { simulate } from '../../sim/run/simulate.ts';
import type { WorldDefinition } from '../../sim/world/definition.ts';
import type { InspectionEvent } from '../protocol/inspectionEvent.ts';
import { inspectionEvents } from '../protocol/inspectionEvents.ts';
import type { OpenRecording } from './recording.ts';

/** The machines of a world, by the names of their parties. */
export const machinesBy = ({ parties }: WorldDefinition): Record<string, AnyStateMachine> =>
  Object.fromEntries(parties.map(({ party, machine }) => [party, machine]));

/** One run of a world as what its machines would have sent. */
export const eventsOfRun = (world: WorldDefinition, seed: number): InspectionEvent[] =>
  inspectionEvents(simulate(world, seed), machinesBy(world));

/** One run of a world for a page that has no machines but ours to run it again; `again` is how the command shows it. */
export function recordedRun(world: WorldDefinition, seed: number, file: string, again: string): OpenRecording {
  const trace = simulate(world, seed);
  const window = windowOfRun(trace, world);
  return {
    file,
    events: inspectionEvents(trace, machinesBy(world)).map((event) => ({ ...event, connection: 1 })),
    run: {
      title: world.scenario.title,
      seed,
      said: verdictSentences(trace),
      window: window === null ? [] : raceWindowLines(window, trace),
      again,
    },
  };
}
