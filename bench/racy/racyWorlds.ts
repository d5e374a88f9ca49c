import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { branchRaces } from './branches.ts';
import { designRaces } from './designs.ts';
import { handOverRaces } from './handOvers.ts';
import { phoneRaces } from './phone.ts';
import { pushRaces } from './pushes.ts';
import { registrationRaces } from './registrations.ts';
import { restartRaces } from './restarts.ts';

/** Scenarios in which rare races happen: the checker finds them, luck would not. */
export const racyWorlds: readonly Scenario[] = [
  ...handOverRaces,
  ...phoneRaces,
  ...restartRaces,
  ...branchRaces,
  ...registrationRaces,
  ...designRaces,
  ...pushRaces,
];
