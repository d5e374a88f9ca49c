import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alteration } from '../../src/inspector/model/alteration.ts';
import { altered } from '../../src/inspector/model/altered.ts';
import { logWith } from '../../src/inspector/model/changeLog.ts';
import { nameOfPending, nameOfStep, pendingNamed, stepNamed } from '../../src/inspector/model/eventName.ts';
import { type Experiment, isSameExperiment, seededExperiment } from '../../src/inspector/model/experiment.ts';
import { faultOn } from '../../src/inspector/model/fault.ts';
import { linkedOf } from '../../src/inspector/model/linked.ts';
import { optionsAfter } from '../../src/inspector/model/options.ts';
import { relisted } from '../../src/inspector/model/relisted.ts';
import { runExperiment } from '../../src/inspector/model/running.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { axeViolations, inBrowser, inspect, theLost, type Visited, visit } from './browser.ts';

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

/** Something that a reader could change now; where a number leads to nothing, the mode. */
function alterationAt(now: Experiment, what: number, where: number): Alteration {
  const trace = runExperiment(now);
  const record = trace.records[5 + Math.floor(where * (trace.records.length - 5))];
  if (record === undefined) throw new Error('there is no such step');
  const { pending, freedom } = optionsAfter(now, record.step);
  const words = 'it';
  if (what === 0) return { do: 'seed', seed: Math.floor(where * 100) };
  if (what === 1 && record.kind === 'message') {
    const fault = faultOn(trace, record.serial, { do: 'delay', latencyMs: Math.floor(where * 3_000) });
    if (fault !== null) return { do: where < 0.8 ? 'fault' : 'takeBack', fault };
  }
  if (what === 2) {
    const one = pending[Math.floor(where * pending.length)];
    const event = one ? nameOfPending(pending, one.serial) : null;
    if (event !== null) return { do: 'branch', event, after: nameOfStep(trace, record), words };
  }
  if (what === 3 && freedom !== null) {
    const dueMs = freedom.earliestMs + Math.round(where * (freedom.latestMs - freedom.earliestMs));
    return { do: 'move', event: nameOfStep(trace, record), dueMs, words };
  }
  if (what === 4) return { do: 'latency', link: 'appSip', takesMs: [30, 30 + Math.floor(where * 100)] };
  return { do: 'mode', mode: where < 0.5 ? 'singleDeviceEmulation' : 'standard' };
}

const choices = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), {
  minLength: 1,
  maxLength: 6,
});

/** The experiment after some changes, made one by one as the page makes them. */
function changedBy(made: readonly (readonly [number, number])[]): Experiment {
  let now: Experiment = seededExperiment(scenario, 3);
  for (const [what, where] of made) {
    const shown = now;
    const alteration = alterationAt(shown, what, where);
    const next = altered(shown, alteration, () => ({
      trace: runExperiment(shown),
      optionsAfter: (step) => optionsAfter(shown, step),
    }));
    if (next !== null && !isSameExperiment(shown, next)) now = { ...next, log: logWith(shown, alteration) };
  }
  return now;
}

test('every step and every pending event has a name by which it is found again', () => {
  const opened = seededExperiment(scenario, 3);
  const trace = runExperiment(opened);
  for (const record of trace.records) {
    expect(stepNamed(trace, nameOfStep(trace, record))).toBe(record);
    const { pending } = optionsAfter(opened, record.step);
    for (const one of pending) {
      const name = nameOfPending(pending, one.serial);
      expect(name && pendingNamed(pending, name)).toBe(one);
    }
  }
});

describe('a list of changes', () => {
  test('made again from the start leads to the same experiment, and a link keeps it', () => {
    fc.assert(
      fc.property(choices, (made) => {
        const changed = changedBy(made);
        if (changed.log === undefined) return;
        expect(isSameExperiment(relisted(changed.log).experiment, changed)).toBe(true);
        const sent = JSON.parse(JSON.stringify({ experiment: changed, digest: 'it' }));
        expect(linkedOf(sent).experiment).toEqual(JSON.parse(JSON.stringify(changed)));
      }),
      { numRuns: 60 },
    );
  });

  test('with all of it switched off leads to the experiment that was opened', () => {
    fc.assert(
      fc.property(choices, (made) => {
        const { log } = changedBy(made);
        if (log === undefined) return;
        const off = { ...log, changes: log.changes.map((one) => ({ ...one, isOff: true as const })) };
        expect(relisted(off).experiment).toEqual(log.base);
      }),
      { numRuns: 20 },
    );
  });

  test('says which change has no effect, and why', () => {
    const opened = seededExperiment(scenario, 3);
    const trace = runExperiment(opened);
    const dialled = trace.records.find(({ event }) => event.type === 'call.dial');
    if (dialled === undefined) throw new Error('nobody dials');
    const move = { do: 'move', event: nameOfStep(trace, dialled), dueMs: 10_900, words: 'it' } as const;
    const idleOf = (...changes: Alteration[]) =>
      relisted({ base: opened, changes: changes.map((what) => ({ what })) }).idle;
    expect(idleOf(move)).toEqual([null]);
    // Another mode draws the run anew; made after it, the change is of that run.
    expect(idleOf(move, { do: 'mode', mode: 'continuous' })).toEqual(['overtaken', null]);
    expect(idleOf({ do: 'mode', mode: 'continuous' }, move)).toEqual([null, null]);
    expect(idleOf({ do: 'seed', seed: 3 }, { ...move, dueMs: 60_000 })).toEqual(['same', 'absent']);
  });
});

const panel = '[aria-label="Changes"]';
const isKnown = ({ page }: Visited) => page.waitForSelector('main[aria-busy="false"] .verdict h1');

describe('the list of changes', () => {
  inBrowser('switches off, moves and removes with the keyboard, keeps the focus, and is part of the link', async () => {
    const visited = await inspect(theLost);
    const { page, faults } = visited;
    await isKnown(visited);
    const texts = () => page.locator(`${panel} li label span`).allTextContents();
    await page.click('.ladder button:has-text("Step 19,")');
    await page.click('.faults button:has-text("Drop")');
    await page.waitForSelector(`main[aria-busy="false"] ${panel}:has-text("lose INVITE, Caller → SIP server")`);
    await page.fill('[aria-label="most milliseconds: App – SIP server"]', '90');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("2 changes")');
    await page.keyboard.press('Escape');
    expect(await axeViolations(visited)).toEqual([]);
    const unswitched = page.url();
    await page.keyboard.press('x');
    await page.keyboard.press('Space');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("1 of 2 changes")');
    await page.waitForSelector('main[aria-busy="false"] .conditions:has-text("no fault")');
    await page.waitForSelector('#changes li:first-child input:focus');
    await page.waitForURL((url) => url.href !== unswitched);
    const before = page.url();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(texts).toEqual(['App – SIP server takes 30ms to 90ms', 'lose INVITE, Caller → SIP server']);
    // It is the last one now: what has the focus cannot move it further.
    await page.waitForSelector('#changes li:last-child input:focus');
    await page.waitForSelector('main[aria-busy="false"]');
    await page.waitForURL((url) => url.href !== before);
    const other = await visit(page.url());
    await isKnown(other);
    await other.page.waitForSelector('.changed:has-text("1 of 2 changes")');
    expect(await other.page.locator(`${panel} li label span`).allTextContents()).toEqual(await texts());
    await other.page.click('[aria-label^="Remove: App – SIP server"]');
    await other.page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change, off")');
    expect(await other.page.inputValue('[aria-label="most milliseconds: App – SIP server"]')).toBe('80');
    await other.page.click('.change-log button:has-text("Remove all")');
    await other.page.waitForSelector(panel, { state: 'detached' });
    await other.page.keyboard.press('u');
    await other.page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change, off")');
    expect([...faults, ...other.faults]).toEqual([]);
  });

  inBrowser('says which change is of no effect, and moving it before the other one lets it have one', async () => {
    const visited = await inspect(theLost, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page, faults } = visited;
    await isKnown(visited);
    await page.tap('.ladder button:has-text("Step 18,")');
    await page.waitForSelector('#choices[aria-busy="false"] button');
    await page.tap('#choices button:has-text("POST /background")');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
    await page.tap('.modes button:has-text("Continuous")');
    await page.waitForSelector(`${panel} li:first-child small:has-text("undone by a later change")`);
    await page.tap('[aria-label^="Later: App → Push server"]');
    await page.waitForSelector(`${panel} li:last-child small:has-text("not in this run")`);
    expect(await axeViolations(visited)).toEqual([]);
    const box = await page.locator(`${panel} [aria-label^="Remove"]`).first().boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
    expect(faults).toEqual([]);
  });
});
