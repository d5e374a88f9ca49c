import { describe, expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { renderLadder } from '../../src/sim/report/ladder.ts';
import { ladderModel } from '../../src/sim/report/ladderModel.ts';
import { titledLanes } from '../../src/sim/report/lanes.ts';
import { toMermaid } from '../../src/sim/report/mermaid.ts';
import { toPlantUml } from '../../src/sim/report/plantuml.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { topologyScenarios } from '../support/fieldScenarios.ts';

const plain = (text: string) => text;
const palette = { red: plain, green: plain, blue: plain, yellow: plain, magenta: plain, dim: plain };

function runOf(name: string, seed: number): Trace {
  const document = topologyScenarios.find((one) => one.name === name);
  if (document === undefined) throw new Error(`there is no topologies/${name}`);
  return simulate(scenarioIn(document, 'singleDeviceTakeover', everyServerProfile.overwrite), seed);
}

describe('a run with two phones', () => {
  const trace = runOf('second-phone-takes-over', 3);
  const ladder = renderLadder(trace, { width: 130, palette }).split('\n');
  const lineWith = (text: string) => ladder.find((line) => line.includes(text)) ?? '';

  test('has a lane for each party, those of the second phone on the right', () => {
    expect(titledLanes(trace.scenario).map(([, title]) => title)).toEqual([
      'Caller',
      'SIP server',
      'Push server',
      'APNs/FCM',
      'App',
      'Push for 2',
      'APNs/FCM 2',
      'App 2',
    ]);
    expect(ladder[0]).toMatch(/Caller .*SIP server .*Push server .*APNs\/FCM .*App .*Push for 2 .*APNs\/FCM 2 .*App 2/);
  });

  test('says at the lane of the second phone what its user does and hears', () => {
    const [heading = ''] = ladder;
    expect(Math.abs(lineWith('● user opens the app').indexOf('●') - heading.indexOf('App '))).toBeLessThan(3);
    expect(lineWith('user opens the app ●').length).toBeGreaterThan(heading.indexOf('App 2'));
    expect(lineWith('phone rings for call 1 ♪').length).toBeGreaterThan(heading.indexOf('App 2'));
  });

  test('draws what becomes of each app on its own lifeline', () => {
    const { rows } = ladderModel(trace);
    const last = rows.at(-1)?.after;
    expect(last?.lifecycle).toBe('suspended');
    expect(last?.lifecycles).toEqual({ app2: 'foreground' });
    expect(last?.sides).toEqual(['app2']);
  });

  test('says in its diagrams which phone is registered', () => {
    const registered = (text: string) => [...text.matchAll(/registered: (.+)/g)].map(([, words]) => words);
    const changes = ['nobody', 'app', 'push server', 'app 2'];
    expect(registered(toMermaid(trace))).toEqual(changes);
    expect(registered(toPlantUml(trace))).toEqual(changes);
    expect(toMermaid(trace)).toContain('participant app2 as App 2');
  });
});

test('a call that is lost at the push server says so, whichever phone it is kept for', () => {
  const lost = Array.from({ length: 40 }, (_, seed) => runOf('first-phone-in-a-drawer', seed + 1)).find(
    ({ verdicts }) => verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated'),
  );
  expect(verdictSentences(lost as Trace)[0]).toMatch(
    /^Call 1 was lost: the push server held the INVITE, but its push was lost/,
  );
});
