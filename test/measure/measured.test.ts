import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { type Measured, measuredTogether, nothingMeasured } from '../../src/sim/measure/measured.ts';
import { Meter } from '../../src/sim/measure/meter.ts';
import { Run } from '../../src/sim/run/run.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { linkNames } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld, type SipWorld } from '../../src/sim/sipWorld/definition.ts';
import { sizeOf, sumOf } from '../../src/sim/statistics/histogram.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { example, exampleNames } from '../support/scenarios.ts';

/** One run with a meter that looks on, and its trace. */
function measuredRun(definition: SipWorld, seed: number, meter = new Meter(definition)): [Measured, Trace] {
  const run = new Run(definition, new SeededSchedule(definition, seed), { record: true, onlookers: [meter] });
  run.finish();
  return [meter.measured(), run.trace(seed)];
}

const worldOf = (document: ScenarioDocument, mode: ModeName, server: keyof typeof everyServerProfile) =>
  defineWorld(scenarioIn(document, mode, everyServerProfile[server]));

const places: readonly (readonly [ModeName, keyof typeof everyServerProfile])[] = [
  ['standard', 'multi'],
  ['singleDeviceEmulation', 'reject'],
  ['singleDeviceTakeover', 'overwrite'],
  ['sipServerPushes', 'flexisip'],
];

/** The same figures from the records of a trace, by the plainest means. */
function countedIn({ records, verdicts, endMs }: Trace) {
  const sightings = records.flatMap(({ atMs, observations }) => observations.map((one) => ({ atMs, ...one })));
  const placed = sightings.filter(({ type }) => type === 'call.placed');
  const endOf = (call: unknown) =>
    sightings.find((one) => /^call\.(failed|abandoned|ended)$/.test(one.type) && 'call' in one && one.call === call)
      ?.atMs ?? Number.POSITIVE_INFINITY;
  const alerts = placed.flatMap((dialled) => {
    const call = 'call' in dialled ? dialled.call : 0;
    const alert = sightings.find((one) => one.type === 'ringing.alerting' && 'call' in one && one.call === call);
    return alert && alert.atMs <= endOf(call) ? [alert.atMs - dialled.atMs] : [];
  });
  const sent = records.flatMap(({ targetRef, sent }) => sent.map((one) => ({ from: targetRef, ...one })));
  const registers = (role: string) =>
    sent.filter(({ from, event }) => event.type === 'REGISTER' && from.startsWith(role)).length;
  const heard = placed.map((dialled) =>
    records.find(
      ({ targetRef, kind, event, undelivered, fate, atMs }) =>
        'call' in dialled &&
        atMs <= endOf(dialled.call) &&
        targetRef === 'caller' &&
        kind === 'message' &&
        fate !== 'lose' &&
        undelivered === undefined &&
        /^INVITE\.(180|183|200)$/.test(event.type) &&
        'call' in event &&
        event.call === dialled.call,
    ),
  );
  return {
    made: placed.length,
    lost: verdicts.find(({ property }) => property === 'noInviteLost')?.violation?.calls.length ?? 0,
    alertSum: alerts.reduce((sum, ms) => sum + ms, 0),
    heard: heard.filter((one) => one !== undefined).length,
    registers: { app: registers('app'), pushServer: registers('pushServer') },
    pushes: sent.filter(({ event }) => /^push(\.end|\.refresh)?$/.test(event.type)).length,
    messages: sent.length,
    observedMs: endMs,
  };
}

describe.each(places)('%s on %s', (mode, server) => {
  test('every bundled scenario comes to what its trace shows', () => {
    const phones = mode === 'sipServerPushes' ? [] : ['topologies/two-phones-ring'];
    for (const [index, name] of [...exampleNames, ...phones].entries()) {
      const definition = worldOf(example(name), mode, server);
      const [measured, trace] = measuredRun(definition, index);
      const { calls, alertMs, postDialMs, registers, pushes, traffic, observedMs } = measured;
      expect(
        {
          made: calls.made,
          lost: calls.lost,
          alertSum: sumOf(alertMs),
          heard: sizeOf(postDialMs),
          registers,
          pushes,
          messages: linkNames.reduce((sum, link) => sum + traffic[link].messages, 0),
          observedMs,
        },
        name,
      ).toEqual(countedIn(trace));
      expect(calls.alerted + calls.elsewhere + calls.lost + calls.undecided, name).toBe(calls.made);
      expect(sizeOf(alertMs)).toBe(calls.alerted);
    }
  });
});

test('a caller who has given up hears nothing of an answer that comes later', () => {
  const document = {
    name: 'late',
    title: 'Late',
    push: 'fcm',
    steps: [
      { at: '1s', do: 'open' },
      { at: '5s', do: 'home' },
      { at: '60s', do: 'dial', call: 1 },
      { at: '170s', do: 'open' },
    ],
    until: '260s',
  } as const;
  const [{ calls, postDialMs }, { records }] = measuredRun(worldOf(document, 'singleDeviceTakeover', 'asterisk'), 1);
  const late = records.find(({ targetRef, event }) => targetRef === 'caller' && event.type === 'INVITE.200');
  expect(late?.atMs).toBeGreaterThan(170_000);
  expect([calls.lost, sizeOf(postDialMs)]).toEqual([1, 0]);
});

test('a run that is measured is the same run', () => {
  const definition = worldOf(example('home-open-home'), 'singleDeviceEmulation', 'reject');
  const plain = new Run(definition, new SeededSchedule(definition, 7), { record: true });
  plain.finish();
  expect(measuredRun(definition, 7)[1].digest).toBe(plain.trace(7).digest);
});

test('one meter over several runs adds up to a meter for each', () => {
  const definition = worldOf(example('home-open-home'), 'singleDeviceEmulation', 'reject');
  const meter = new Meter(definition);
  const each = [3, 1, 2].map((seed) => measuredRun(definition, seed)[0]);
  for (const seed of [1, 2, 3]) measuredRun(definition, seed, meter);
  expect(each.reduce(measuredTogether, nothingMeasured)).toEqual(meter.measured());
  expect(structuredClone(meter.measured())).toEqual(JSON.parse(JSON.stringify(meter.measured())));
});

const gap: ScenarioDocument = {
  name: 'gap',
  title: 'Mode 1 leaves a gap',
  links: { appSip: { latency: '20ms' }, control: { latency: '50ms' }, pushServerSip: { latency: '10ms' } },
  steps: [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { at: '60s', do: 'dial', call: 1 },
  ],
};

test('the gap of mode 1 is as long as the messages of the hand-over are under way', () => {
  const [measured] = measuredRun(worldOf(gap, 'singleDeviceEmulation', 'reject'), 1);
  // The 200 to the un-REGISTER, the word to the push server, its REGISTER, the 401 and the REGISTER that answers it.
  const gaps = measured.gapMs.map(([ms]) => ms);
  expect(gaps).toContain(20 + 50 + 10 + 10 + 10);
  expect(measured.unreachableMs).toBe(sumOf(measured.gapMs));
  expect(measured.gapsOpen).toBe(0);
});

test('a call to a suspended app wakes it once; one to an app in the foreground does not', () => {
  const awake = { ...gap, steps: [gap.steps[0], { at: '20s', do: 'dial', call: 1 }] } as ScenarioDocument;
  expect(measuredRun(worldOf(gap, 'standard', 'multi'), 1)[0].wakeUps).toBe(1);
  expect(measuredRun(worldOf(awake, 'standard', 'multi'), 1)[0].wakeUps).toBe(0);
});

test('a call that the run does not see to its end is undecided, and its gap open', () => {
  const cut = { ...gap, until: '60.005s' } as ScenarioDocument;
  const { calls, alertMs } = measuredRun(worldOf(cut, 'standard', 'multi'), 1)[0];
  expect(calls).toEqual({ made: 1, alerted: 0, elsewhere: 0, lost: 0, undecided: 1 });
  expect(alertMs).toEqual([]);
  const inGap = { ...gap, steps: gap.steps.slice(0, 2), until: '10.1s' } as ScenarioDocument;
  const open = measuredRun(worldOf(inGap, 'singleDeviceEmulation', 'reject'), 1)[0];
  expect([open.calls.made, open.gapsOpen]).toEqual([0, 1]);
  expect(open.unreachableMs).toBeGreaterThan(0);
});

test('a phone keeps its connections while its app runs, and opens them again', () => {
  const overTls = {
    ...gap,
    links: { ...gap.links, appSip: { transport: 'tls', latency: '20ms' } },
  } as ScenarioDocument;
  const [tls, udp] = [overTls, gap].map((document) => measuredRun(worldOf(document, 'standard', 'multi'), 1)[0]);
  expect(tls?.connections.opened).toBeGreaterThan(udp?.connections.opened as number);
  expect(tls?.connections.keptMs).toBeGreaterThan(0);
  expect(tls?.connections.keptMs).toBeLessThan(2 * (tls?.observedMs as number));
  expect(tls?.traffic.appSip.bytes).toBeGreaterThan(udp?.traffic.appSip.bytes as number);
});
