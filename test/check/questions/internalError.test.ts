import { describe, expect, test } from 'vitest';
import { everyServerProfile } from '../../../src/profiles/furtherServers.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import { type Checker, type CheckJob, checkCell, failedCells } from '../../../src/sim/jobs/cell.ts';
import { answer } from '../../../src/sim/jobs/question.ts';
import { checkUntimedCell } from '../../../src/sim/jobs/untimedCell.ts';
import { checkFormats } from '../../../src/sim/summary/checkFormats.ts';
import { judgedCells } from '../../../src/sim/summary/expectations.ts';
import { example } from '../../support/scenarios.ts';

const job: CheckJob = {
  document: example('call-while-suspended'),
  mode: 'continuous',
  server: everyServerProfile.multi,
  properties: ['noInviteLost', 'ringsOnce', 'settles'],
  budget: { losses: 0, duplicates: 0 },
  maximumBytes: 1 << 28,
  traces: false,
};

describe('an internal error', () => {
  const broken: Checker = (scenario, options) => {
    if (options?.properties?.some(({ name }) => name === 'ringsOnce')) throw new Error('a broken rule');
    return check(scenario, options);
  };

  test('makes the cells that it concerns inconclusive, and spares the others', () => {
    const cells = checkCell(job, undefined, broken);
    expect(cells.map(({ property, verdict }) => [property, verdict])).toEqual([
      ['noInviteLost', 'holds'],
      ['ringsOnce', 'inconclusive'],
      ['settles', 'holds'],
    ]);
    const [, failed] = cells;
    expect(failed?.scope).toBe('internal error: a broken rule');
    expect(failed?.internalError?.stack).toMatch(/a broken rule\n.*internalError\.test/s);
    expect(cells.filter(({ internalError }) => internalError !== undefined)).toEqual([failed]);
    expect(checkFormats.junit(judgedCells(job, cells, true))).toContain('errors="1"');
    expect(checkFormats.markdown(judgedCells(job, cells, true))).toContain('internal error: a broken rule');
  });

  test('of a job as a whole concerns the properties of the user too', () => {
    const names = (properties: string[] | null) =>
      failedCells({ ...job, properties, own: ['mine'] }, new Error('gone')).map(({ property }) => property);
    expect(names(null)).toContain('mine');
    expect(names(['settles', 'mine'])).toEqual(['settles', 'mine']);
    expect(names(['settles'])).toEqual(['settles']);
  });

  test('of the untimed world or of a question is told as well', () => {
    const server = { ...job.server };
    const untimed = { ...job, properties: ['noInviteLost'], server, untimed: true } as const;
    const stop = () => {
      throw new Error('nobody can count so far');
    };
    const [cell] = checkUntimedCell({ ...untimed, document: example('home-open-home') }, stop);
    expect([cell?.verdict, cell?.scope]).toEqual(['inconclusive', 'internal error: nobody can count so far']);
    const ask = { envelope: 'step.9', property: 'noInviteLost' } as const;
    const { text, question, internalError } = answer({ ...job, ask });
    expect(text).toBe('inconclusive: internal error: the scenario has no step 9');
    expect([question, internalError?.message]).toEqual(['noInviteLost by step.9', 'the scenario has no step 9']);
  });
});
