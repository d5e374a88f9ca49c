import { defineScenario, machinesOf, sending } from 'ringproof';
import { enqueueActions } from 'xstate';

const document = {
  name: 'eager-push-server',
  title: 'Call while the push server hands back before its un-REGISTER is answered',
  links: { pushServerSip: { latency: ['5ms', '400ms'] } },
  steps: [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { at: ['30s', '31s'], do: 'open' },
    { at: ['29s', '33s'], do: 'dial', call: 1 },
  ],
} as const;

/** Our push server, but in a hurry: it tells the app that it has released as soon as its un-REGISTER has left. */
const pushServer = machinesOf(defineScenario(document, { mode: 'singleDeviceEmulation' })).pushServer.provide({
  actions: {
    removeBinding: enqueueActions(({ context, enqueue }) => {
      enqueue.raise({ type: 'registration.remove' });
      enqueue.emit(sending('app', { type: 'control.released', turn: context.turn ?? 0 }));
    }),
  },
});

export default defineScenario(document, {
  mode: 'singleDeviceEmulation',
  machines: { pushServer: { machine: pushServer } },
});
