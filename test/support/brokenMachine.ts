import { inject, vi } from 'vitest';
import { broken, type Mutant } from '../../bench/mutantsOf.ts';
import type * as parties from '../../src/machines/parties.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The machine that is broken while the tests run, if one is. */
    mutant: Mutant | null;
  }
}

/** For `npm run mutants`: whatever takes the machine of that party gets the broken one. */
vi.mock('../../src/machines/parties.ts', async (original) => {
  const right = await original<typeof parties>();
  const mutant = inject('mutant');
  if (mutant === null) return right;
  const machineOf = right.partyMachines[mutant.party];
  const wrong = (configuration: never) => broken(machineOf(configuration), mutant.defect);
  return { ...right, partyMachines: { ...right.partyMachines, [mutant.party]: wrong } };
});
