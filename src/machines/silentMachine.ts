import { setup } from 'xstate';
import type { MachineEvent } from './events.ts';
import type { Emitted } from './observations.ts';

/** Stands for a party that is only heard: whatever it is told, it says nothing and shows nothing. */
export const silentMachine = () =>
  setup({ types: { events: {} as MachineEvent, emitted: {} as Emitted } }).createMachine({ id: 'silent' });
