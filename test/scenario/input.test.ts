import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { formatDuration, parseDurationMs } from '../../src/sim/data/duration.ts';
import { InputError } from '../../src/sim/input/inputError.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';

function complaint(text: string): string {
  try {
    parseScenario(text, 'x.yaml', serverProfiles);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was complained about');
}

const head = 'name: x\ntitle: X\n';
const steps = 'steps:\n  - { at: 1s, do: open }\n';

describe('a scenario that cannot be used is refused with file, line, what was found and what was expected', () => {
  test.each([
    [
      'an unknown key',
      `${head}tilte: Y\n${steps}`,
      /^x\.yaml:3: found the unknown key tilte; expected one of .*; did you mean title\?$/,
    ],
    [
      'an unknown verb',
      `${head}steps:\n  - { at: 1s, do: opn }\n`,
      /^x\.yaml:4: found "opn" for steps\[1\]\.do; .*did you mean open\?$/,
    ],
    [
      'an unknown mode',
      `${head}mode: sharedInstanse\n${steps}`,
      /^x\.yaml:3: found "sharedInstanse" for mode; expected one of standard, .*did you mean sharedInstance\?$/,
    ],
    ['a number without unit', `${head}steps:\n  - { at: 5, do: open }\n`, /^x\.yaml:4: found 5 .*expected .*duration/],
    ['a wrong unit', `${head}steps:\n  - { at: 5 sec, do: open }\n`, /^x\.yaml:4: found "5 sec" .*expected .*duration/],
    ['a negative time', `${head}steps:\n  - { at: -5s, do: open }\n`, /^x\.yaml:4: found "-5s"/],
    ['an empty window', `${head}steps:\n  - { at: [5s, 2s], do: open }\n`, /^x\.yaml:4: .*expected .*earliest/],
    [
      'a timer that would go round in no time',
      `${head}${steps}timing: { app: { heartbeatInterval: 0s } }\n`,
      /^x\.yaml:5: found "0s" for timing\.app\.heartbeatInterval; expected at least 1ms/,
    ],
    [
      'an alias within its own anchor',
      `${head}steps: &a [*a]\n`,
      /^x\.yaml:3: found the alias \*a inside its own anchor/,
    ],
    ['no steps', `${head}steps: []\n`, /^x\.yaml:3: found no steps; expected at least one step, or a `workload`/],
    ['a missing key', steps, /found nothing for name; expected text/],
    ['missing steps', head, /found no steps; expected at least one step/],
    [
      'a word for a switch',
      `${head}autoSend180: maybe\n${steps}`,
      /^x\.yaml:3: found "maybe" .*expected true or false/,
    ],
    [
      'an unknown server',
      `${head}server: mutli\n${steps}`,
      /^x\.yaml:3: found the unknown server mutli; .*did you mean multi\?$/,
    ],
    [
      'a call dialled twice',
      `${head}steps:\n  - { at: 1s, do: dial, call: 1 }\n  - { at: 2s, do: dial, call: 1 }\n`,
      /^x\.yaml:5: found call 1 dialled twice/,
    ],
    [
      'loss on TLS',
      `${head}links: { appSip: { transport: tls, loss: 0.1 } }\n${steps}`,
      /^x\.yaml:3: found loss on tls/,
    ],
    [
      'a transport that is none there',
      `${head}links: { control: { transport: udp } }\n${steps}`,
      /^x\.yaml:3: found udp; expected one of https/,
    ],
    [
      'a message that nobody sends there',
      `${head}${steps}faults:\n  - { do: lose, message: REGISTER, from: caller }\n`,
      /^x\.yaml:6: found REGISTER from caller/,
    ],
    [
      'a step after the end',
      `${head}until: 10s\nsteps:\n  - { at: 20s, do: open }\n`,
      /^x\.yaml:5: found a step at 20s after the end/,
    ],
    [
      'a first step that waits',
      `${head}steps:\n  - { after: 1s, do: open }\n`,
      /^x\.yaml:4: found `after` in the first step/,
    ],
    ['an empty file', '', /^x\.yaml: found an empty file/],
    ['a binary file', 'a\0b', /^x\.yaml: found binary data/],
    ['brackets without end', `a: ${'['.repeat(5000)}`, /^x\.yaml: found more than 100 levels/],
    ['lists without end', `${'- '.repeat(5000)}1`, /^x\.yaml: found more than 100 levels/],
    ['broken YAML', 'name: [', /^x\.yaml:1: found invalid YAML/],
    ['something else', '- 1\n- 2\n', /^x\.yaml:1: found \[1,2\]/],
  ])('%s', (_name, text, message) => {
    expect(complaint(text)).toMatch(message);
  });

  test('all problems are named at once', () => {
    expect(complaint(`${head}modde: standard\nsteps:\n  - { at: 1, do: opn }\n`).split('\n').length).toBeGreaterThan(1);
  });

  test('no text whatever brings anything but an InputError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `${head}${text}`),
        ),
        (text) => {
          try {
            parseScenario(text, 'x.yaml', serverProfiles);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('durations', () => {
  test('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400_000 }), (ms) => {
        expect(parseDurationMs(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test('64.1 s are whole milliseconds although their binary fraction is not', () => {
    expect(parseDurationMs('64.1s')).toBe(64_100);
    expect(parseDurationMs('0.5ms')).toBeNull();
  });
});
