import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateAt, heightOf, layOutLadder } from '../../src/inspector/model/ladderLayout.ts';
import { messagePlace, writeBeside } from '../../src/inspector/page/run/labelPlaces.ts';
import { Geometry } from '../../src/inspector/page/run/ladderGeometry.ts';
import { ladderModel } from '../../src/sim/report/ladderModel.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { axeViolations, inBrowser, inspect, theLost, visit } from './browser.ts';

const trace = simulate(
  scenarioOf(
    {
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: '50s', do: 'dial', call: 1 },
      ],
    },
    'singleDeviceEmulation',
  ),
  1,
);
const { rows } = ladderModel(trace, {});

test('words beside a lane are struck through by no arrow', () => {
  const layout = layOutLadder(trace, rows);
  const geometry = new Geometry(1_200);
  const arrows = layout.rows.flatMap((placed) => {
    const { row, y } = placed;
    const startY = messagePlace(placed, geometry)?.startY ?? y;
    return row.kind === 'message'
      ? [{ lane: row.to, from: geometry.edge(row.from, row.to), to: geometry.edge(row.to, row.from), startY, y }]
      : [];
  });
  expect(arrows.length).toBeGreaterThan(10);
  for (const { lane, y } of arrows) {
    const wish = { lines: ['race'], rightX: geometry.x(lane) + 12, leftX: geometry.x(lane) - 12, y: y + 3 };
    const written = writeBeside([wish], layout, geometry, null)[0] ?? { x: 0, y: 0 };
    const struck = arrows.filter((one) =>
      Array.from({ length: 28 }, (_, step) => written.x + step).some((x) => {
        const along = (x - one.from) / (one.to - one.from);
        const height = one.startY + (one.y - one.startY) * along;
        return along > 0 && along < 1 && height > written.y - 10 && height < written.y + 3;
      }),
    );
    expect(struck).toEqual([]);
    expect(Math.abs(written.y - wish.y)).toBeLessThan(60);
  }
});

describe('time', () => {
  test('to scale: every row is at its date, and every message leaves where it was sent', () => {
    const { rows: placed } = layOutLadder(trace, rows, 'scale', 400);
    const startMs = placed[0]?.row.atMs ?? 0;
    const firstY = placed[0]?.y ?? 0;
    for (const { row, y, sentY } of placed) {
      expect(y - firstY).toBeCloseTo((row.atMs - startMs) * 0.4);
      if (row.kind === 'message') expect(y - sentY).toBeCloseTo((row.atMs - row.sentAtMs) * 0.4);
    }
    const wordsY = placed.filter(({ isCrowded }) => !isCrowded).map(({ y }) => y);
    for (const [index, y] of wordsY.entries())
      if (index > 0) expect(y - (wordsY[index - 1] ?? 0)).toBeGreaterThanOrEqual(13);
  });

  test('in order only: every row is as far from the one before as any other', () => {
    const { rows: placed } = layOutLadder(trace, rows, 'order');
    const plain = placed.filter(({ row }) => row.kind !== 'repeats');
    expect(new Set(plain.map(({ top, bottom }) => bottom - top)).size).toBe(1);
    expect(placed.some(({ row }) => row.kind === 'idle')).toBe(false);
  });

  test.each(['folded', 'scale', 'order'] as const)('%s: rows never go back, and heights lead back to dates', (time) => {
    const layout = layOutLadder(trace, rows, time);
    for (const [index, { y }] of layout.rows.entries())
      if (index > 0) expect(y).toBeGreaterThanOrEqual(layout.rows[index - 1]?.y ?? 0);
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 60_000 }), (ms) => {
        const y = heightOf(layout, ms);
        expect(heightOf(layout, dateAt(layout, y, [0, 100_000]))).toBeCloseTo(y, 0);
      }),
    );
  });
});

test('the lifelines are those of the run, whatever of it is shown', () => {
  const all = layOutLadder(trace, rows).registered.map(({ value, fromMs, toMs }) => ({ value, fromMs, toMs }));
  const few = rows.filter(({ kind }, index) => kind === 'message' && index % 4 === 0);
  const { registered } = layOutLadder(trace, few, 'folded', 200, rows);
  expect(registered.map(({ value, fromMs, toMs }) => ({ value, fromMs, toMs }))).toEqual(all);
  for (const { fromY, toY } of registered) expect(toY).toBeGreaterThanOrEqual(fromY);
});

const names = '.head b';

describe('lanes', () => {
  inBrowser('are moved with keys and pointer, collapsed, and so they are in the window that a link opens', async () => {
    const { page, faults } = await inspect(theLost);
    await page.waitForSelector('main[aria-busy="false"] .verdict h1');
    const labels = () => page.locator('.ladder .label').count();
    const before = await labels();
    await page.focus('.head:has-text("App")');
    await page.keyboard.press('Shift+ArrowLeft');
    expect(await page.locator(names).allTextContents()).toEqual([
      'Caller',
      'SIP server',
      'Push server',
      'App',
      'APNs/FCM',
    ]);
    await page.keyboard.press('Shift+ArrowLeft');
    expect(await page.locator(names).allTextContents()).toEqual([
      'Caller',
      'SIP server',
      'App',
      'Push server',
      'APNs/FCM',
    ]);
    const [caller, push] = await Promise.all(
      ['Caller', 'Push'].map((name) => page.locator(`.head:has-text("${name}")`).boundingBox()),
    );
    await page.mouse.move((caller?.x ?? 0) + 20, (caller?.y ?? 0) + 10);
    await page.mouse.down();
    await page.mouse.move((push?.x ?? 0) + 80, (push?.y ?? 0) + 10, { steps: 5 });
    await page.mouse.up();
    expect(await page.locator(names).allTextContents()).toEqual([
      'SIP server',
      'App',
      'Push server',
      'Caller',
      'APNs/FCM',
    ]);
    await page.click('.head:has-text("SIP server")');
    await page.click('.head:has-text("Caller")');
    expect(await page.locator('.head[aria-expanded="false"]').count()).toBe(2);
    // What is between the two has no row any more.
    expect(await labels()).toBeLessThan(before);
    expect(await page.locator('.ladder .label:has-text("INVITE")').count()).toBe(0);
    await page.waitForURL(/lanes=-sipServer,app,pushServer,-caller,notificationService/);
    const opened = await visit(page.url());
    await opened.page.waitForSelector('.head.collapsed');
    expect(await opened.page.locator(names).allTextContents()).toEqual([
      'SIP server',
      'App',
      'Push server',
      'Caller',
      'APNs/FCM',
    ]);
    expect([...faults, ...opened.faults]).toEqual([]);
  });
});

inBrowser('T draws time folded, to scale, in order only; + enlarges; the address says which', async () => {
  const { page, faults } = await inspect(theLost);
  await page.waitForSelector('main[aria-busy="false"] .verdict h1');
  const height = () => page.evaluate<number>("document.querySelector('.ladder').clientHeight");
  await page.keyboard.press('t');
  await page.waitForURL(/time=scale200/);
  const first = await height();
  await page.keyboard.press('+');
  await page.waitForURL(/time=scale400/);
  expect(await height()).toBeGreaterThan(first * 1.8);
  expect(await page.locator('.torn').count()).toBe(0);
  const opened = await visit(page.url());
  await opened.page.waitForSelector('main[aria-busy="false"] .verdict h1');
  expect(await opened.page.locator('.time').inputValue()).toBe('scale');
  await page.keyboard.press('t');
  await page.waitForURL(/time=order/);
  await page.keyboard.press('t');
  await page.waitForURL((url) => !url.hash.includes('time='));
  expect(await page.locator('.torn').count()).toBeGreaterThan(0);
  expect(faults).toEqual([]);
});

describe('room', () => {
  inBrowser(
    'R folds the panels on the right, and so they are in the link; what leads into them opens them',
    async () => {
      const visited = await inspect(theLost);
      const { page } = visited;
      await page.waitForSelector('.choices button');
      const widthOf = async () => (await page.locator('.ladder-panel').boundingBox())?.width ?? 0;
      const before = await widthOf();
      await page.keyboard.press('r');
      await page.waitForSelector('.right', { state: 'detached' });
      expect(await widthOf()).toBeGreaterThan(before + 300);
      expect(await axeViolations(visited)).toEqual([]);
      await page.waitForURL(/wide=1/);
      const other = await visit(page.url());
      await other.page.waitForSelector('main[aria-busy="false"] .verdict h1');
      expect(await other.page.locator('.right').count()).toBe(0);
      await page.keyboard.press('f');
      await page.waitForSelector('.faults button:has-text("Drop"):focus');
      expect(await widthOf()).toBe(before);
      await page.click('[aria-label="Panels on the right"]');
      await page.waitForSelector('.right', { state: 'detached' });
      expect(visited.faults).toEqual([]);
    },
  );

  inBrowser('a finger selects a step, and moves through the run on the strip', async () => {
    const { page } = await inspect(theLost, { hasTouch: true });
    await page.waitForSelector('.choices button');
    await page.tap('.ladder button:has-text("Step 19,")');
    await page.waitForSelector('[aria-current="step"]:has-text("Step 19,")');
    const box = await page.locator('.scrubber').boundingBox();
    if (box === null) throw new Error('there is no strip');
    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
      client.send('Input.dispatchTouchEvent', { type, touchPoints: x === undefined ? [] : [{ x, y: box.y + 30 }] });
    await touch('touchStart', box.x + 300);
    for (let x = 320; x < 1_000; x += 40) await touch('touchMove', box.x + x);
    await touch('touchEnd');
    const selected = Number.parseInt((await page.textContent('.transport output')) ?? '', 10);
    expect(selected).toBeGreaterThan(24);
  });
});
