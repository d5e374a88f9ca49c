import { setup } from 'xstate';
import type { Emitted, MachineEvent } from './messages.ts';

/** Stands for a party that is only heard: whatever it is told, it says nothing and shows nothing. */
export const silentMachine = () =>
  setup({ types: { events: {} as MachineEvent, emitted: {} as Emitted } }).createMachine({ id: 'silent' });
