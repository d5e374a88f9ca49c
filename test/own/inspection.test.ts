import { expect, test } from 'vitest';
import { lock } from '../../examples/own/lock.ts';
import { recordedRun } from '../../src/inspector/model/recordedRun.ts';
import { eventsOfRecording, recordingText } from '../../src/inspector/model/recording.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';

test('a run of one’s own system is an inspection of its machines, each with its definition', () => {
  const { events } = recordedRun(worldOfSystem(lock('10s'), 'lock'), 3, 'lock.ts', 'inspect lock.ts --seed 3');
  const actors = events.filter((one) => one.type === '@xstate.actor');
  expect(actors.map(({ name }) => name)).toEqual(['ann', 'server', 'bob']);
  expect(JSON.parse(actors[1]?.definition ?? '')).toMatchObject({ states: { free: {}, held: {} } });
  expect(eventsOfRecording(JSON.parse(recordingText(events)))).toEqual(JSON.parse(JSON.stringify(events)));
});
