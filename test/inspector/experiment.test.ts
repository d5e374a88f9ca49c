import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedAfter, experimentOf, movedTo, seededExperiment } from '../../src/inspector/model/experiment.ts';
import { regressionTest } from '../../src/inspector/model/export/regression.ts';
import { faultOn, withFault } from '../../src/inspector/model/fault.ts';
import { answers } from '../../src/inspector/model/requests.ts';
import { runExperiment, situationAfter } from '../../src/inspector/model/running.ts';
import { faultText } from '../../src/inspector/page/run/words.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioOf } from '../support/scenarios.ts';

const scenario = {
  ...scenarioOf(
    {
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: ['10s', '11s'], do: 'dial', call: 1 },
      ],
    },
    'singleDeviceEmulation',
  ),
  server: serverProfiles.reject,
};

const seeds = fc.integer({ min: 0, max: 1000 });
const places = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('an experiment with nothing changed is the run of its seed', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(runExperiment(seededExperiment(scenario, seed)).digest).toBe(simulate(scenario, seed).digest);
    }),
    { numRuns: 30 },
  );
});

test('the page gets a run without its digest, which it asks for by itself', () => {
  const [one, other] = [1, 2].map((seed) => seededExperiment(scenario, seed));
  for (const asked of [one, other, one]) {
    if (asked === undefined) throw new Error('there is no such experiment');
    expect(answers.run(asked).trace).not.toHaveProperty('digest');
    expect(answers.digest(structuredClone(asked))).toBe(simulate(scenario, asked.seed).digest);
  }
});

test('whatever pending event is chosen happens next, after the same past, and the run replays', () => {
  fc.assert(
    fc.property(seeds, places, places, fc.boolean(), (seed, where, which, isRecorded) => {
      const trace = simulate(scenario, seed);
      const start = isRecorded ? experimentOf({ ...trace, seed: null }) : seededExperiment(scenario, seed);
      const at = trace.records[5 + Math.floor(where * (trace.records.length - 5))];
      if (at === undefined) throw new Error('there is no such step');
      const { pending, nextOrder, definition } = situationAfter(start, at.step);
      // On TCP and HTTPS nothing overtakes: there a choice may have to wait.
      const free = pending.filter(({ link }) => link < 0 || definition.links[link]?.lossy);
      const chosen = free[Math.floor(which * free.length)];
      if (chosen === undefined) return;
      const moved = { serial: chosen.serial, dueMs: at.atMs, order: nextOrder };
      const run = runExperiment(changedAfter(start, at, { moved }));
      expect(run.records.slice(0, at.step + 1)).toEqual(trace.records.slice(0, at.step + 1));
      expect(run.records[at.step + 1]).toMatchObject({ serial: chosen.serial, atMs: at.atMs });
      expect(replay(run, 'it').digest).toBe(run.digest);
    }),
    { numRuns: 100 },
  );
});

test('an event is moved within its window: it happens at that date, after the same past, and the run replays', () => {
  fc.assert(
    fc.property(seeds, places, places, fc.boolean(), (seed, which, where, isRecorded) => {
      const trace = simulate(scenario, seed);
      const start = isRecorded ? experimentOf({ ...trace, seed: null }) : seededExperiment(scenario, seed);
      const record = trace.records[5 + Math.floor(which * (trace.records.length - 5))];
      if (record === undefined) throw new Error('there is no such step');
      const { freedom } = situationAfter(start, record.step);
      if (freedom === null) throw new Error('it has no window');
      expect([freedom.serial, freedom.atMs]).toEqual([record.serial, record.atMs]);
      const { earliestMs, latestMs } = freedom;
      const dueMs = earliestMs + Math.round(where * (latestMs - earliestMs));
      const { changed, past } = movedTo(start, trace, freedom, dueMs);
      const run = runExperiment(changed);
      expect(run.records.slice(0, past + 1)).toEqual(trace.records.slice(0, past + 1));
      const isFree = record.link === null || record.link === 'appSip' || record.link === 'callerSip';
      const moved = run.records.find(({ kind, serial }) => kind !== 'start' && serial === record.serial);
      // Where nothing overtakes, one that was sent before holds it up.
      if (isFree) expect(moved?.atMs).toBe(dueMs);
      expect(replay(run, 'it').digest).toBe(run.digest);
    }),
    { numRuns: 100 },
  );
});

test('a dropped message is lost, after the same past', () => {
  fc.assert(
    fc.property(seeds, places, (seed, which) => {
      const trace = simulate(scenario, seed);
      const arrived = trace.records.filter(
        ({ kind, link }) => kind === 'message' && link !== 'control' && link !== 'pushRequest',
      );
      const message = arrived[Math.floor(which * arrived.length)];
      const fault = message && faultOn(trace, message.serial, { do: 'lose' });
      if (message === undefined || fault === undefined || fault === null) throw new Error('there is no such message');
      const run = runExperiment(seededExperiment({ ...scenario, faults: withFault(scenario.faults, fault) }, seed));
      expect(run.records.slice(0, message.step)).toEqual(trace.records.slice(0, message.step));
      expect(run.records[message.step]).toMatchObject({ serial: message.serial, fate: 'lose' });
    }),
    { numRuns: 50 },
  );
});

test('a fault says whose message it befalls, and one on the same message takes its place', () => {
  const faults = [
    { do: 'lose', message: 'REGISTER', from: 'app', to: 'sipServer', occurrence: 2 },
    { do: 'lose', message: 'INVITE', from: 'caller', to: 'sipServer', occurrence: 1 },
  ] as const;
  expect(faults.map(faultText)).toEqual(['lose REGISTER no. 2, App → SIP server', 'lose INVITE, Caller → SIP server']);
  const delayed = { ...faults[0], do: 'delay', latencyMs: [500, 500] } as const;
  expect(faultText(delayed)).toBe('delay REGISTER no. 2, App → SIP server to 0.5s');
  expect(withFault(faults, faults[0])).toEqual(faults);
  expect(withFault(faults, delayed)).toEqual([delayed, faults[1]]);
});

test('the exported test of a run whose title has quotes and lines is one that parses', () => {
  const title = 'Bob\'s\n"call" \\\u2028twice';
  for (const seed of [1, null]) {
    const text = regressionTest({ ...simulate({ ...scenario, title }, 1), seed }, ['A\nverdict.'], "it's.json");
    const names: string[] = [];
    const code = text.replaceAll(/^import .*$| as const/gm, '').replaceAll('import.meta.url', "'file:///'");
    new Function('test', code)((name: string) => names.push(name));
    expect(names[0]).toContain(title);
  }
});
