import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ladderModel } from '../../src/sim/report/ladderModel.ts';
import type { MessageRow, Row } from '../../src/sim/report/rows.ts';
import { fullLabel } from '../../src/sim/report/wording.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { anyRun, bundledRuns, exactRun, homeThenCall } from './support.ts';

const messagesOf = (rows: readonly Row[]): MessageRow[] =>
  rows.flatMap((row) => (row.kind === 'message' ? [row] : row.kind === 'repeats' ? row.messages : []));

const labelled = (trace: Trace, label: RegExp) =>
  messagesOf(ladderModel(trace).rows).filter((row) => label.test(row.label));

/** The serials of the messages that were sent, and the steps of everything else that happened. */
function whatHappened({ records }: Trace) {
  const others = records.filter(({ kind }) => kind === 'timer' || kind === 'step');
  return {
    messages: records.flatMap(({ sent }) => sent.map(({ serial }) => serial)),
    steps: others.map(({ step }) => step),
    messageAt: new Map(records.filter(({ kind }) => kind === 'message').map(({ step, serial }) => [step, serial])),
  };
}

function expectNothingVanishes(trace: Trace, all: boolean): void {
  const { rows, hidden } = ladderModel(trace, { all });
  const { messages, steps, messageAt } = whatHappened(trace);
  const drawn = messagesOf(rows).map(({ serial }) => serial);
  const hiddenMessages = hidden.flatMap(({ step }) => messageAt.get(step) ?? []);
  expect([...drawn, ...hiddenMessages].toSorted((a, b) => a - b)).toEqual(messages.toSorted((a, b) => a - b));
  const shown = new Set([...rows, ...hidden].map(({ step }) => step));
  expect(steps.filter((step) => !shown.has(step))).toEqual([]);
  if (all) expect(hidden).toEqual([]);
}

describe('the rows of a run', () => {
  test.each([false, true])('draw or count each message once, and everything else that happened (all: %s)', (all) => {
    for (const trace of bundledRuns()) expectNothingVanishes(trace, all);
    fc.assert(
      fc.property(anyRun, (trace) => expectNothingVanishes(trace, all)),
      { numRuns: 60 },
    );
  });

  test('go forward in time, each from where the one before has led', () => {
    fc.assert(
      fc.property(anyRun, (trace) => {
        const { rows } = ladderModel(trace);
        for (const [index, row] of rows.entries()) {
          const previous = rows[index - 1];
          if (previous === undefined) continue;
          expect(row.atMs).toBeGreaterThanOrEqual(previous.atMs);
          expect(row.before).toEqual(previous.after);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('tell every violation', () => {
    for (const trace of bundledRuns()) {
      const told = ladderModel(trace).rows.flatMap((row) => (row.kind === 'violation' ? [row.property] : []));
      const wrong = trace.verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property);
      expect(told.toSorted()).toEqual(wrong.toSorted());
    }
  });

  test('hide nothing between two folds that the folds do not count', () => {
    const { rows, hidden } = ladderModel(exactRun({ steps: [{ at: '1s', do: 'open' }] }));
    const counted = rows.flatMap((row) => (row.kind === 'idle' ? row.hidden : []));
    expect(counted).toEqual(hidden);
    expect(hidden.length).toBeGreaterThan(0);
  });

  test('outside of the window are counted', () => {
    const trace = exactRun({ steps: homeThenCall('100ms') }, 'singleDeviceEmulation', 'reject');
    const whole = ladderModel(trace).rows.filter(({ kind }) => kind !== 'idle' && kind !== 'end').length;
    const { rows, outside } = ladderModel(trace, { fromMs: 10_000, toMs: 10_250 });
    expect(outside.before + outside.after + rows.length).toBe(whole);
  });
});

describe('what became of a message', () => {
  test('lost: at the time at which it would have come', () => {
    const faults = [{ do: 'lose', message: 'notification' }] as const;
    const [push] = labelled(exactRun({ steps: homeThenCall('50s'), faults: [...faults] }), /VoIP push/);
    expect(push).toMatchObject({ arrival: 'lost', atMs: push && push.sentAtMs + 1_200, remarks: ['lost'] });
  });

  test('duplicated: both copies are drawn', () => {
    const faults = [{ do: 'duplicate', message: 'INVITE', to: 'sipServer' }] as const;
    const trace = exactRun({ steps: homeThenCall('50s'), faults: [...faults] });
    const copies = labelled(trace, /^INVITE/).filter(({ from }) => from === 'caller');
    expect(copies.map(({ remarks }) => remarks)).toEqual([['duplicated'], ['second copy']]);
  });

  test('unheard: the app is suspended', () => {
    const trace = exactRun({ steps: homeThenCall('50s') }, 'standard', 'reject');
    const invites = labelled(trace, /^INVITE/).filter(({ to }) => to === 'app');
    expect(invites[0]).toMatchObject({ arrival: 'unheard', remarks: ['app is suspended'] });
    expect(invites[1]).toMatchObject({ isRetransmission: true, remarks: ['app is suspended', 'retransmission'] });
  });

  test('unreachable: the address has gone with the network', () => {
    const steps: Parameters<typeof exactRun>[0]['steps'] = [
      { at: '1s', do: 'open' },
      { at: '2100ms', do: 'changeNetwork' },
    ];
    const trace = exactRun({ steps });
    const gone = messagesOf(ladderModel(trace).rows).filter(({ remarks }) => remarks[0] === 'address is gone');
    expect(gone.map(({ label, arrival, atMs }) => ({ label, arrival, atMs }))).toMatchInlineSnapshot(`
      [
        {
          "arrival": "lost",
          "atMs": 2100,
          "label": "enabled",
        },
      ]
    `);
    expect(trace.records.flatMap(({ lostSerials }) => lostSerials)).toEqual(gone.map(({ serial }) => serial));
  });

  test('under way when the run ends', () => {
    const faults = [{ do: 'delay', message: 'notification', latency: '1h' }] as const;
    const [push] = labelled(exactRun({ steps: homeThenCall('50s'), faults: [...faults] }), /VoIP push/);
    expect(push).toMatchObject({ arrival: 'underWay', remarks: ['still under way'] });
  });

  test('late: says how long it took', () => {
    const faults = [{ do: 'delay', message: 'notification', latency: '9s' }] as const;
    const [push] = labelled(exactRun({ steps: homeThenCall('50s'), faults: [...faults] }), /VoIP push/);
    expect(push && fullLabel(push)).toBe('VoIP push call 1 (took 9 s)');
  });
});

test('a REGISTER that swaps says whom it removes', () => {
  const { rows } = ladderModel(exactRun({ steps: homeThenCall('5s') }, 'swap', 'reject'));
  const removing = rows.flatMap((row) => (row.kind === 'message' && /old;expires=0/.test(row.label) ? [row] : []));
  expect(removing.map(({ from, remarks }) => [from, ...remarks])).toContainEqual(['pushServer', 'removes app@wifi']);
});
