import { describe, expect } from 'vitest';
import { lock } from '../../../examples/own/lock.ts';
import { payment } from '../../../examples/own/payment.ts';
import { exploreUntimed } from '../../../src/sim/check/untimed/explore.ts';
import { toPromela } from '../../../src/sim/check/untimed/promela.ts';
import { worldOfSystem } from '../../../src/sim/own/systemWorld.ts';
import { need, testWith } from '../../support/programs/program.ts';
import { counting, judging, runSpin } from '../../support/spin.ts';
import { untimedWorlds } from './untimedWorlds.ts';

const withSpin = testWith(need('spin', 'spin', 'spin'), need('gcc', 'gcc libc6-dev', 'gcc'));

/** An outside judge that shares no code with the exploration but the tables of what each party does. */
describe('SPIN agrees with the untimed exploration', () => {
  withSpin.each(untimedWorlds)('$name', ({ definition, losses }) => {
    const { states, transitions, verdicts } = exploreUntimed(definition, { losses });
    const lost = verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated');
    const [counted, judged] = runSpin(toPromela(definition, losses, 2 ** 28), ['-DNOREDUCE'], counting, judging);
    // SPIN stores the same states, and counts one transition more: the one into the initial state.
    expect(counted).toMatchObject({ states, transitions: transitions + 1, errors: 0 });
    expect(judged?.errors).toBe(lost ? 1 : 0);
  });

  withSpin.each([
    ['lock', lock('10s'), 1],
    ['payment', payment(true), 2],
    ['payment', payment(false), 0],
  ] as const)('of a system of the user’s: %s', (name, system, losses) => {
    const definition = worldOfSystem(system, name);
    const { states, transitions, verdicts } = exploreUntimed(definition, { losses });
    const asserted = ['oneHolder', 'chargedOnce'];
    const isViolated = verdicts.some((one) => asserted.includes(one.property) && one.verdict === 'violated');
    const model = toPromela(definition, losses, 2 ** 28, asserted);
    const [counted, judged] = runSpin(model, ['-DNOREDUCE'], counting, judging);
    expect(counted).toMatchObject({ states, transitions: transitions + 1, errors: 0 });
    expect(judged?.errors).toBe(isViolated ? 1 : 0);
  });
});
