import type { Scenario } from '../sim/scenario/scenario.ts';

/** An OPTIONS of the real server is answered beside the run: the model need not expect any. */
export const withoutProbes = (scenario: Scenario): Scenario =>
  scenario.server.probesContacts === null
    ? scenario
    : { ...scenario, server: { ...scenario.server, probesContacts: null } };
