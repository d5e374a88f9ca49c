import { describe, expect, test } from 'vitest';
import { exploreUntimed, tablesFor } from '../../../src/sim/check/untimed/explore.ts';
import { toPromela } from '../../../src/sim/check/untimed/promela.ts';
import { worldOfSystem } from '../../../src/sim/own/systemWorld.ts';
import { never, talk } from '../../own/talk.ts';
import { need, testWith } from '../../support/programs/program.ts';
import { counting, judging, runSpin } from '../../support/spin.ts';
import { exploreNaively } from '../engine/naiveExplorer.ts';

const withSpin = testWith(need('spin', 'spin', 'spin'), need('gcc', 'gcc libc6-dev', 'gcc'));

const latency = '5ms';
const [tcp, udp] = [{ transport: 'tcp', latency } as const, { transport: 'udp', latency } as const];
const say = (over: string, ...numbers: readonly number[]) => numbers.map((n) => ({ type: 'a', over, n }));

const systems = [
  ['two links of tcp', { one: tcp, other: tcp }, [[...say('one', 1, 2), ...say('other', 1, 2)]], 0],
  ['a link that loses and one that does not', { one: udp, other: tcp }, [[...say('one', 1, 2), ...say('other', 1)]], 1],
  ['udp in order', { wire: { ...udp, ordered: true } }, [say('wire', 1, 2), say('wire', 3)], 0],
  ['udp in order that loses', { wire: { ...udp, ordered: true } }, [say('wire', 1, 2), say('wire', 3)], 2],
  ['a newer one outdates an older one', { wire: { ...udp, outdates: ['a'] } }, [say('wire', 1, 2), say('wire', 3)], 0],
  ['… and one is lost', { wire: { ...udp, outdates: ['a'] } }, [say('wire', 1, 2), say('wire', 3)], 1],
  [
    'two links that outdate',
    { one: { ...udp, outdates: ['a'] }, other: { ...udp, outdates: ['a'] } },
    [[...say('one', 1, 2), ...say('other', 1, 2)]],
    0,
  ],
] as const;

const seen = 'heard a2,heard a1';

describe('Links of a system, whatever the delays', () => {
  test.each(systems)('%s: is what a naive search finds', (_, links, words, losses) => {
    const world = worldOfSystem(talk(links, words, { properties: [never(seen, 0)] }), 'talk');
    const { states, transitions, complete, verdicts } = exploreUntimed(world, { losses, rehearsal: 20 });
    const violated = Object.fromEntries(
      verdicts.flatMap(({ property, verdict, path }) => (verdict === 'violated' ? [[property, path?.length]] : [])),
    );
    expect(complete).toBe(true);
    expect({ states, transitions, violated }).toEqual(exploreNaively(world, tablesFor(world), losses, ['a']));
  });

  withSpin.each(systems)('%s: SPIN agrees', (_, links, words, losses) => {
    const world = worldOfSystem(talk(links, words, { properties: [never(seen, 0)] }), 'talk');
    const { states, transitions } = exploreUntimed(world, { losses });
    const [counted, judged] = runSpin(toPromela(world, losses, 2 ** 28, []), ['-DNOREDUCE'], counting, judging);
    expect(counted).toMatchObject({ states, transitions: transitions + 1, errors: 0 });
    expect(judged?.errors).toBe(0);
  });
});
