import type { ScenarioDocument } from '../../src/sim/scenarioFile/schema.ts';

/** Exact times for everything that varies by nature. */
export const exactTiming = {
  caller: { otherDeviceReaction: '5s', calleeReaction: '3s' },
  app: { coldStart: '1s', resume: '200ms', userReaction: '3s', backOff1: '45s', backOff2: '90s', backOff3: '180s' },
  pushServer: { backOff1: '45s', backOff2: '90s', backOff3: '180s' },
} as const satisfies ScenarioDocument['timing'];
