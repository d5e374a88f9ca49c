import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';

/**
 * The gap of Single Device Emulation on a server that answers at once that nobody is registered: from the un-REGISTER's arrival the 200
 * goes to the app, its word to the push server, and REGISTER, 401 and REGISTER between that one and the server.
 */
export const gapScenario = (windowMs: number): ScenarioDocument => ({
  name: 'gap',
  title: 'A call some time after the user goes home',
  links: {
    appSip: { transport: 'udp', latency: ['20ms', '80ms'] },
    control: { latency: ['40ms', '160ms'] },
    pushServerSip: { transport: 'udp', latency: ['5ms', '15ms'] },
  },
  steps: [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { at: ['9s', `${9_000 + windowMs}ms`], do: 'dial', call: 1 },
  ],
});

/** The mean of that gap, in milliseconds, divided by the number of dates. */
export const gapLoss = (windowMs: number): number => (50 + 100 + 3 * 10) / (windowMs + 1);
