import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { exploreUntimed } from '../../../src/sim/check/untimed/explore.ts';
import { toPromela } from '../../../src/sim/check/untimed/promela.ts';
import { counting, hasSpin, judging, runSpin, spinInstallLine } from '../../support/spin.ts';
import { untimedWorlds } from './untimedWorlds.ts';

if (!hasSpin) process.stderr.write(`SPIN is not here to judge: ${spinInstallLine}\n`);

/** An outside judge that shares no code with the exploration but the tables of what each party does. */
describe.skipIf(!hasSpin && process.env.CI === undefined)('SPIN agrees with the untimed exploration', () => {
  test.each(untimedWorlds)('$name', ({ definition, losses }) => {
    const { states, transitions, verdicts } = exploreUntimed(definition, { losses });
    const lost = verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated');
    const [counted, judged] = runSpin(toPromela(definition, losses, 2 ** 28), ['-DNOREDUCE'], counting, judging);
    // SPIN stores the same states, and counts one transition more: the one into the initial state.
    expect(counted).toMatchObject({ states, transitions: transitions + 1, errors: 0 });
    expect(judged?.errors).toBe(lost ? 1 : 0);
  });
});
