import { describe, expect, test } from 'vitest';
import type { PartyName } from '../../src/machines/messages.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { asToPhone, phoneOf, roleOf } from '../../src/machines/phones.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { verbsOfPhones } from '../../src/sim/scenarioFile/verbs.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { example } from '../support/scenarios.ts';

type Timed = Pick<Scenario, 'links' | 'timing'>;
const earliest = <Windows extends object>(windows: Windows): Windows =>
  Object.fromEntries(Object.entries(windows).map(([name, [low]]) => [name, [low, low]])) as Windows;

/** Every delay at its earliest, so that luck decides nothing. */
const exact = <Of extends Timed>({ links, timing, ...rest }: Of): Of =>
  ({
    ...rest,
    links: Object.fromEntries(
      Object.entries(links).map(([name, { law: _, ...link }]) => [
        name,
        { ...link, latencyMs: [link.latencyMs[0], link.latencyMs[0]], loss: 0, duplicate: 0 },
      ]),
    ),
    timing: Object.fromEntries(Object.entries(timing).map(([party, windows]) => [party, earliest(windows)])),
  }) as unknown as Of;

function runOf(document: ScenarioDocument, mode: ModeName, server: AnyServerProfileName): Trace {
  const { steps, phones, ...scenario } = exact(scenarioIn(document, mode, everyServerProfile[server]));
  const dated = steps.map(({ afterMs: [low], ...step }) => ({ ...step, afterMs: [low, low] as const }));
  return simulate({ ...scenario, steps: dated, ...(phones && { phones: phones.map(exact) }) }, 1);
}

/** What happened in a run, as the machines of that phone and the parties of which there is one were told it. */
const toldIn = ({ records }: Trace, phone: 1 | 2) =>
  records
    .filter(({ kind, targetRef }) => kind !== 'start' && (phoneOf(targetRef) ?? phone) === phone)
    .map(({ atMs, kind, targetRef, event, fate, undelivered }) => ({
      atMs,
      kind,
      fate,
      undelivered,
      party: roleOf(targetRef as PartyName),
      event: asToPhone(event, phone),
    }))
    // Of what happens in one millisecond, luck decides the order.
    .sort((one, other) => one.atMs - other.atMs || (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

/** The scenario with everything done to the second phone, and nothing to the first. */
const withSecond = (document: ScenarioDocument): ScenarioDocument => ({
  ...document,
  topology: { phones: 2 },
  steps: document.steps.map((step) =>
    verbsOfPhones.some((verb) => verb === step.do) || 'link' in step ? ({ ...step, phone: 2 } as typeof step) : step,
  ),
});

/** The network changes while the answer of the push server is under way, which is lost with it. */
const movingAtOnce: ScenarioDocument = {
  name: 'moving-at-once',
  title: 'Moving at once',
  steps: [
    { at: '1s', do: 'open' },
    { at: '1850ms', do: 'changeNetwork' },
  ],
};

describe('a second phone beside one that nobody touches lives as the only one does', () => {
  test.each<[name: string, document: ScenarioDocument, mode: ModeName, server: AnyServerProfileName]>([
    ['moving-at-once', movingAtOnce, 'standard', 'multi'],
    ['call-while-suspended', example('call-while-suspended'), 'standard', 'multi'],
    ['call-while-going-to-background', example('call-while-going-to-background'), 'singleDeviceEmulation', 'overwrite'],
    ['network-change', example('network-change'), 'standard', 'multi'],
    ['push-server-restarts', example('push-server-restarts'), 'continuous', 'multi'],
    ['log-out-racing-a-refresh', example('log-out-racing-a-refresh'), 'singleDeviceTakeover', 'freeswitch'],
    ['call-after-kill', example('call-after-kill'), 'swap', 'kamailio'],
    ['call-in-foreground', example('call-in-foreground'), 'sharedInstance', 'instance'],
  ])('%s', (_, document, mode, server) => {
    const alone = toldIn(runOf(document, mode, server), 1);
    const second = toldIn(runOf(withSecond(document), mode, server), 2);
    expect(alone.length).toBeGreaterThan(10);
    expect(second).toEqual(alone);
  });
});
