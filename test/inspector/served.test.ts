import { expect, test } from 'vitest';
import { experimentOf, seededExperiment } from '../../src/inspector/model/experiment.ts';
import { answers } from '../../src/inspector/model/requests.ts';
import {
  type ServedName,
  servedAnswer,
  servedAt,
  servedNames,
  servedPath,
  servedText,
} from '../../src/inspector/model/served.ts';
import { example, scenarioOf } from '../support/scenarios.ts';
import { served } from './inspecting.ts';

const sent = (name: ServedName, answer: unknown) => servedAnswer(name, JSON.parse(servedText(name, answer)));

test.each(['run', 'window', 'delays', 'regions', 'modes', 'digest'] as const)(
  'what the server answers of %s is what the worker would have answered',
  (name) => {
    // A run in which something is lost, one with a violated property, and one that ends in the midst of things.
    for (const scenario of ['call-while-going-to-background', 'push-lost', 'log-out-racing-a-refresh']) {
      const experiment = seededExperiment(scenarioOf(example(scenario), 'singleDeviceEmulation', 'reject'), 3);
      expect(sent(name, answers[name](experiment))).toEqual(answers[name](experiment));
    }
  },
);

test('so is what can happen next, also what does not in this run', () => {
  const drawn = seededExperiment(scenarioOf(example('call-while-suspended')), 1);
  const { records } = answers.run(drawn).trace;
  // After a trace that ends early nothing is planned.
  const planned = experimentOf({ ...answers.run(drawn).trace, seed: null, records: records.slice(0, 30) });
  for (const experiment of [drawn, planned]) {
    const options = answers.options(experiment, 25);
    expect(options.pending.some(({ dueMs }) => dueMs === null)).toBe(experiment === planned);
    expect(sent('options', options)).toEqual(options);
  }
});

test('of a long run each event and each snapshot is there once', () => {
  const experiment = seededExperiment(scenarioOf(example('call-while-suspended')), 1);
  const { trace } = servedAnswer('run', JSON.parse(servedText('run', answers.run(experiment))));
  const snapshots = trace.records.flatMap(({ snapshot }) => snapshot ?? []);
  expect(new Set(snapshots).size).toBe(new Set(snapshots.map((one) => JSON.stringify(one))).size);
  expect(new Set(snapshots).size).toBeLessThan(snapshots.length);
});

test('an address is that of an answer, or of nothing', () => {
  for (const name of servedNames) {
    expect(servedAt(servedPath(name))).toEqual({ name, step: 0 });
    expect(servedAt(servedPath(name, 12))).toEqual({ name, step: 12 });
  }
  for (const path of ['opened/constructor.json', 'opened/prove.json', 'opened/run', 'run.json', 'opened/run/-1.json'])
    expect(servedAt(path)).toBeNull();
});

test('beside a run in a mode each bundled scenario is there, in its own mode where that one is none for it', async () => {
  const { url } = served('call-while-suspended', '--mode', '1', '--profile', 'reject');
  const response = await fetch(`${url.replace(/#.*/s, '')}scenarios.json`);
  expect(response.status).toBe(200);
  const offered = (await response.json()) as { scenario: { name: string; mode: { name: string } } }[];
  const modeOf = (name: string) => offered.find(({ scenario }) => scenario.name === name)?.scenario.mode.name;
  expect(modeOf('call-after-kill')).toBe('singleDeviceEmulation');
  expect(modeOf('push-service-not-supported')).toBe('sipServerPushes');
});
