import { describe, expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { InputError } from '../../src/sim/input/inputError.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { workloadSources } from '../../src/sim/scenarioFile/workloadSources.ts';

const head = 'name: x\ntitle: X\n';
const latencies = Array.from({ length: 101 }, (_, index) => `${index},${1_000 - index * 10}`);
const inSeconds = ['0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1', '1.1'];
const files: Record<string, string> = {
  'good.csv': ['nth,ms', ...latencies].join('\r\n'),
  'bare.csv': '12.4\n15\n0.2s\n1s\n40\n41\n42\n43\n44\n45\n',
  'seconds.csv': ['latency_s;alertMs;delay', ...inSeconds.map((one) => `${one};7;${one}`)].join('\n'),
  'european.csv': `time;"latency, all (s)"\n${'8:00;1,25\n'.repeat(12)}`,
  'comma.csv': `latency_s\n${'0,4125\n'.repeat(12)}`,
  'surplus.csv': `time,latency_s\n${'8:00,1,25\n'.repeat(12)}`,
  'fractions.csv': `time;push latency_s\n${'8:00;1,379\n'.repeat(12)}8:01;0,421\n`,
  'thousands.csv': `time;latency_ms\n${'8:00;1,250\n'.repeat(12)}`,
  'nameless.csv': '12,5\n'.repeat(12),
  'open.csv': 'ms\n"12\n13\n',
  'small.csv': '0.4\n'.repeat(12),
  'least.csv': `latency_min,latency_us\n${'400,412ms\n'.repeat(12)}`,
  'words.csv': 'soon\nlater\n',
  'short.csv': '1\n2\n',
  'binary.csv': `\u001b]0;gone\u0007\u0000${'x'.repeat(3_000)}`,
  'bad.csv': ['ms', ...Array.from({ length: 12 }, () => '7'), 'seven', '', '-1'].join('\n'),
};

const parsed = (text: string) =>
  parseScenario(`${head}${text}`, 'x.yaml', everyServerProfile, (path) => ({ file: path, text: files[path] ?? '' }));

function complaint(text: string): string {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was complained about');
}

describe('a workload that is none is refused with file, line, what was found and what was expected', () => {
  test.each([
    ['an unknown preset', 'workload: offce', /^x\.yaml:3: found "offce" for workload; .*did you mean office\?$/],
    [
      'one like an unknown preset',
      'workload: { like: offce }',
      /x\.yaml:3: found "offce" for workload\.like; .*office/,
    ],
    ['one that never calls', 'workload: { opens: { perDay: 3 } }', /^x\.yaml:3: found a workload that never calls/],
    ['a preset made silent', 'workload: { like: home, calls: { perDay: 0 } }', /:3: found a workload that never calls/],
    [
      'quantiles that fall',
      'workload: { like: home, stay: [[0, 9s], [0.5, 3s], [1, 10s]] }',
      /^x\.yaml:3: .*expected quantiles such as .*both numbers rising/,
    ],
    ['too few hours', 'workload: { calls: { perDay: 2, byHour: [1, 2] } }', /:3: .*expected 24 numbers/],
    [
      'a day without an hour',
      `workload: { calls: { perDay: 2, byHour: [${Array.from({ length: 24 }, () => 0)}] } }`,
      /:3: .*expected at least one hour above 0/,
    ],
    ['too much of it', 'workload: { calls: { perDay: 501 } }', /:3: found 501 .*at most 500/],
    ['an unknown key', 'workload: { like: home, kill: { perDay: 1 } }', /unknown key kill.*did you mean kills/],
    [
      'calls of its own',
      'workload: home\nsteps:\n  - { at: 1s, do: dial, call: 1 }',
      /:5: found dial beside a workload/,
    ],
    ['an end of its own', 'workload: home\nuntil: 8h', /:4: found 8h beside a workload/],
    ['several phones', 'workload: home\ntopology: { phones: 2 }', /several phones with a workload/],
  ])('%s', (_, text, message) => {
    expect(complaint(text)).toMatch(message);
  });
});

describe('a file of latencies', () => {
  const law = (given: string) => `workload: home\nlinks: { notification: { law: { ${given} } } }`;
  const quantilesOf = (given: string) =>
    scenarioIn(parsed(law(given)), 'standard', everyServerProfile.multi).links.notification.law?.quantiles ?? [];

  test('is a law by the quantiles of its column, whatever their order', () => {
    const quantiles = quantilesOf('csv: good.csv, column: ms');
    expect(quantiles.length).toBe(103);
    expect([quantiles[0], quantiles[25], quantiles[50], quantiles[102]]).toEqual([
      [0, 0],
      [0.25, 250],
      [0.5, 500],
      [1, 1_000],
    ]);
    expect(quantilesOf('csv: good.csv').at(-1)).toEqual([1, 100]);
    expect(quantilesOf('csv: bare.csv')[0]).toEqual([0, 12]);
    expect(quantilesOf('csv: bare.csv').at(-1)).toEqual([1, 1_000]);
  });

  test('has its unit in the name of the column', () => {
    const quantiles = quantilesOf('csv: seconds.csv, column: latency_s');
    expect([quantiles[0], quantiles[50], quantiles.at(-1)]).toEqual([
      [0, 100],
      [0.5, 600],
      [1, 1_100],
    ]);
    expect(quantilesOf('csv: seconds.csv').at(-1)).toEqual([1, 1_100]);
    // Unless each cell has one.
    expect(quantilesOf('csv: least.csv, column: latency_us').at(-1)).toEqual([1, 412]);
    expect(quantilesOf('csv: seconds.csv, column: alertMs').at(-1)).toEqual([1, 7]);
  });

  test.each([
    ['latency_s', 2_000],
    ['latency_secs', 2_000],
    ['latency_s_p99', 2_000],
    ['alertMs', 2],
    ['rtt_min_ms', 2],
    ['latency_usec', 0],
    ['wait (min)', 120_000],
    ['wait [us]', 0],
  ])('has the unit that %s names', (name, ms) => {
    files.named = `${name}\n${'2\n'.repeat(12)}`;
    expect(quantilesOf(`csv: named, column: "${name}"`).at(-1)).toEqual([1, ms]);
  });

  test('may have commas in its numbers where cells are not apart by commas', () => {
    expect(quantilesOf('csv: european.csv, column: "latency, all (s)"').at(-1)).toEqual([1, 1_250]);
    expect(quantilesOf('csv: comma.csv').at(-1)).toEqual([1, 413]);
    // 1,379 alone may be a number of thousands; 0,421 beside it is none.
    expect(quantilesOf('csv: fractions.csv, column: push latency_s').at(-1)).toEqual([1, 1_379]);
  });

  test.each([
    [
      'commas in its numbers and between its cells',
      'csv: surplus.csv, column: latency_s',
      /^surplus\.csv:2: found 3 cells; expected 2, as in the first line: latencies with a comma need a semicolon or a tab/,
    ],
    [
      'what may be thousands',
      'csv: thousands.csv, column: latency_ms',
      /^thousands\.csv:2: found 1,250, of which the comma may be that of thousands; expected a full stop/,
    ],
    ['cells without names', 'csv: nameless.csv', /^nameless\.csv:1: found 2 cells without names; expected one on each/],
    ['an open quote', 'csv: open.csv, column: ms', /^open\.csv:2: found a quote that nothing closes/],
    [
      'what may be seconds',
      'csv: seconds.csv, column: delay',
      /^seconds\.csv: found latencies without a unit, half of them below 10; expected the unit in the name .*latency_s/,
    ],
    [
      'a unit that may be none',
      'csv: least.csv, column: latency_min',
      /^least\.csv:1: found a column latency_min, of which min may be the unit or not; expected a name such as latency_ms/,
    ],
    ['the same without names', 'csv: small.csv', /^small\.csv: found latencies without a unit/],
    ['words', 'csv: words.csv', /^words\.csv:2: found later; expected a latency in milliseconds, or with a unit$/],
    ['too few numbers', 'csv: short.csv', /^short\.csv: found 2 latencies; expected at least 10/],
    ['an empty file', 'csv: none.csv', /^none\.csv: found 0 latencies/],
    ['bad lines', 'csv: bad.csv', /^bad\.csv:14: found seven; .*\n.*bad\.csv:16: found -1; /],
    ['an empty line of names', 'csv: none.csv, column: ms', /^none\.csv:1: found an empty line; expected a first line/],
    [
      'what is no text',
      'csv: binary.csv, column: ms',
      /^binary\.csv:1: found .{2}0, gone.{2}x{100,120}…; expected [ -~]+$/,
    ],
    ['an unknown column', 'csv: good.csv, column: sm', /^good\.csv:1: found nth, ms; .*did you mean ms\?$/],
  ])('is refused with its own line for %s', (_, given, message) => {
    expect(complaint(law(given))).toMatch(message);
  });

  test('is refused where no other file is read', () => {
    const text = `${head}${law('csv: good.csv')}`;
    expect(() => parseScenario(text, 'x.yaml', everyServerProfile)).toThrow(/^x\.yaml:4: found a file of latencies/);
  });
});

test('every number of a preset has its source, or says that it is assumed', () => {
  for (const sources of Object.values(workloadSources)) {
    expect(Object.keys(sources)).toEqual(['opens', 'stay', 'calls', 'talk', 'networkChanges', 'kills']);
    for (const source of Object.values(sources)) expect(source).toMatch(/assumed|\d{4}|\.net/);
  }
});
