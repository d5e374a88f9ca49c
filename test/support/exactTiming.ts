import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';

/** RFC 5626 4.5: three quarters of the longest wait each, as if 75 % were drawn; 4.4.1: the longest interval of pings. */
const registering = {
  keepAliveInterval: '120s',
  backOff1: '45s',
  backOff2: '90s',
  backOff3: '180s',
  backOff4: '360s',
  backOff5: '720s',
  backOff6: '1350s',
} as const;

/** Exact times for everything that varies by nature. */
export const exactTiming = {
  caller: { otherDeviceReaction: '5s', calleeReaction: '3s' },
  app: { coldStart: '1s', resume: '200ms', userReaction: '3s', ...registering },
  pushServer: registering,
} as const satisfies ScenarioDocument['timing'];
