import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { payment } from '../../examples/own/payment.ts';
import { findingFormats, findingsOf } from '../../src/cli/annotations.ts';
import { noFaults } from '../../src/sim/check/system/faultBudget.ts';
import { judgeAll } from '../../src/sim/jobs/cell.ts';
import { systemSubject } from '../../src/sim/own/subject.ts';
import { checkFormats } from '../../src/sim/summary/checkFormats.ts';
import { judgedSystem } from '../../src/sim/summary/expectations.ts';
import { ringproof, root } from '../support/commandLine.ts';

/** What CI is told of a system of one's own: as much as of a hand-over. */

const folder = mkdtempSync(join(tmpdir(), "ringproof's "));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'my payment.ts');
const kept = join(folder, 'kept.json');
const example = pathToFileURL(join(root, 'examples/own/payment.ts')).pathname;

/** The payment with a bank that remembers or forgets, and more. */
const write = (remembers: boolean, more = '') =>
  writeFileSync(
    file,
    `import { defineSystem } from 'ringproof';
import { payment } from '${example}';
export default defineSystem({ ...payment(${remembers}).definition, ${more} });`,
  );
const check = (...args: string[]) => ringproof('check', file, ...args);

test('its verdicts are kept in one line, and only what has changed is told', () => {
  write(true);
  expect(check('--baseline', kept, '--update')).toMatchObject({
    status: 0,
    stderr: `3 verdicts are kept in ${kept}\n`,
  });
  expect(JSON.parse(readFileSync(kept, 'utf8')).verdicts).toEqual({
    payment: { holds: ['chargedOnce', 'endsAgree', 'endsInTime'] },
  });
  write(false);
  const { status, stdout } = check('--baseline', kept);
  expect(stdout).toMatch(/^1 verdict has changed since .*:\n {2}payment: chargedOnce held, and is violated now$/m);
  expect(stdout).toMatch(/check '.*my payment\.ts' --property chargedOnce$/m);
  expect(status).toBe(1);
});

test('a fault of it that happens in no run is named, and -o - writes nothing else to standard output', () => {
  write(false, "faults: [{ do: 'lose', message: 'charge', occurrence: 9 }]");
  const { status, stdout, stderr } = check('-o', '-');
  expect(stderr).toMatch(/my payment\.ts: `lose` of charge, number 9, happens in no run$/m);
  expect(JSON.parse(stdout).format).toBe('ringproof-trace');
  expect(status).toBe(1);
});

describe('its verdicts for CI', () => {
  const question = { properties: null, budget: noFaults, maximumBytes: 1e8, traces: false };
  const verdicts = judgedSystem(judgeAll(systemSubject(payment(false), file), question));
  const given = { documents: [], givenAs: new Map(), fileOf: new Map([['payment', file]]), isBundled: false };

  test.each([
    ['junit', /<testcase classname="payment" name="chargedOnce"><failure message="chargedOnce is violated: /],
    ['markdown', /^\| payment \| {2}\| {2}\| chargedOnce \| violated \| expected: holds \|/m],
  ] as const)('as %s', (format, text) => {
    expect(checkFormats[format](verdicts)).toMatch(text);
  });

  test.each([
    ['github', /^::error file=.*my payment\.ts,title=chargedOnce::payment: chargedOnce is violated: the payment was/m],
    ['gitlab', /"description": "payment: chargedOnce is violated: the payment was charged twice/],
  ] as const)('as %s', (format, text) => {
    expect(findingFormats[format](findingsOf(verdicts, given))).toMatch(text);
  });

  test('what had nothing to judge does not pass for what holds', () => {
    const idle = verdicts.map((one) => ({ ...one, verdict: 'holds', witnessed: false, outcome: 'undecided' }) as const);
    expect(checkFormats.junit(idle)).toContain('<error message="nothing to judge">');
    expect(findingFormats.github(findingsOf(idle, given))).toContain('::payment: chargedOnce has nothing to judge: ');
  });
});
