import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { renderLadder } from '../../src/sim/report/ladder.ts';
import { ladderModel } from '../../src/sim/report/ladderModel.ts';
import { toMermaid } from '../../src/sim/report/mermaid.ts';
import { toPlantUml } from '../../src/sim/report/plantuml.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { resolveScenario } from '../../src/sim/scenario/resolve.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { example, exampleNames } from '../support/scenarios.ts';

const same = (text: string) => text;
const plain = { red: same, green: same, blue: same, yellow: same, magenta: same, dim: same };

const runs = exampleNames.flatMap((name) =>
  registrationModeNames.map((mode, index) =>
    simulate(resolveScenario(example(name), serverProfiles, { mode, server: serverProfiles.reject }), index + 1),
  ),
);

const losing = () =>
  simulate(
    resolveScenario(example('call-while-going-to-background'), serverProfiles, {
      mode: 'singleDeviceEmulation',
      server: serverProfiles.reject,
    }),
    3,
  );

describe('the ladder', () => {
  test.each([72, 80, 100, 160])('is nowhere wider than %d columns', (width) => {
    for (const trace of runs) {
      for (const line of renderLadder(trace, { width, palette: plain }).split('\n').slice(0, -4)) {
        expect([...line].length).toBeLessThanOrEqual(width);
      }
    }
  });

  test('says how wide it must be', () => {
    expect(renderLadder(losing(), { width: 50, palette: plain })).toContain('needs 72 columns');
  });

  test('draws or counts everything that happened', () => {
    for (const trace of runs) {
      const { rows, hidden } = ladderModel(trace);
      const drawn = rows.filter(({ kind }) => kind === 'message' || kind === 'note').length;
      expect(drawn + hidden).toBe(trace.records.filter(({ kind }) => kind !== 'start').length);
      expect(ladderModel(trace, { all: true }).hidden).toBe(0);
    }
  });

  test('shows the lost call in the gap', () => {
    const lines = renderLadder(losing(), { width: 100, palette: plain, fromMs: 10_100, toMs: 10_205 })
      .split('\n')
      .slice(0, 8);
    expect(lines).toMatchInlineSnapshot(`
      [
        "           Caller             SIP srv           Push srv           APNs/FCM              App",
        "              │                  ╳                  │200 OK 0 contacts │                  │",
        "  10.101      │                  ╳───────────────────────────────────────────────────────▶│",
        "  10.166      ● dials call 1     ╳                  │                  │                  │",
        "              │  INVITE call 1   ╳                  │                  │                  │",
        "  10.183      │─────────────────▶╳                  │                  │                  │",
        "              │                  ╳                  │          POST /background           │",
        "  10.203      │                  ╳                  │◀╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌│",
      ]
    `);
  });
});

test('the verdict is a sentence that says why', () => {
  expect(verdictSentences(losing())).toMatchInlineSnapshot(`
    [
      "Call 1 was lost: nobody was registered for 0.193 s, and the INVITE came 0.125 s into it; the caller got 480 at 10.203 s.",
    ]
  `);
});

describe('the diagrams', () => {
  test('Mermaid: every participant is declared, blocks are balanced, nothing ends a statement early', () => {
    for (const trace of runs) {
      const lines = toMermaid(trace)
        .split('\n')
        .map((line) => line.trim());
      expect(lines[0]).toBe('sequenceDiagram');
      expect(lines.filter((line) => line.startsWith('rect ')).length).toBe(
        lines.filter((line) => line === 'end').length,
      );
      const declared = lines.flatMap((line) => /^participant (\w+)/.exec(line)?.[1] ?? []);
      for (const line of lines) {
        const [, from, to] = /^(\w+)-+(?:>>|x)(\w+):/.exec(line) ?? [];
        if (from && to) expect(declared).toEqual(expect.arrayContaining([from, to]));
        expect(line.replace(/#\d+;/g, '')).not.toMatch(/[#;]/);
      }
    }
  });

  test('PlantUML: begins, ends, activates and deactivates', () => {
    for (const trace of runs) {
      const lines = toPlantUml(trace).split('\n');
      expect([lines[0], lines.at(-1)]).toEqual(['@startuml', '@enduml']);
      const count = (word: string) => lines.filter((line) => line.startsWith(word)).length;
      expect(count('activate')).toBe(count('deactivate'));
    }
  });
});
