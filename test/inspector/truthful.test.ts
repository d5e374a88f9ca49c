import { describe, expect } from 'vitest';
import { inBrowser, inspect, theLost, type Visited } from './browser.ts';

const suspended = ['call-while-suspended', '--mode', '1', '--profile', 'reject'];

const opened = async (args: readonly string[]): Promise<Visited> => {
  const visited = await inspect(args);
  await visited.page.waitForSelector('main[aria-busy="false"] #choices[aria-busy="false"] button');
  return visited;
};

describe('a filter', () => {
  inBrowser('ends with Escape, and with the cross of the field', async () => {
    const visited = await opened(theLost);
    const { page } = visited;
    for (const clear of [
      () => page.keyboard.press('Escape'),
      // Their cross empties the field and tells of it by this event alone.
      () => page.evaluate("filter.value = ''; filter.dispatchEvent(new Event('search'))"),
    ]) {
      await page.keyboard.press('/');
      await page.keyboard.type('push');
      expect(await page.locator('.found').textContent()).toBe('10 of 25');
      await clear();
      await page.waitForSelector('.found', { state: 'detached' });
      expect(await page.locator('#filter').inputValue()).toBe('');
      expect(await page.locator('[aria-current="step"]').textContent()).toMatch(/^Step 21,/);
      await page.keyboard.press('Escape');
    }
  });

  inBrowser('marks no other row than the selected step, says where that is, and leads back to it', async () => {
    const visited = await opened(theLost);
    const { page } = visited;
    await page.keyboard.press('/');
    await page.keyboard.type('push server');
    expect(await page.locator('[aria-current="step"]').count()).toBe(0);
    expect(await page.locator('.hidden-step').textContent()).toContain('Step 21 at 10.203 s has no row here.');
    // The binding is as it is, whatever of its changes is shown.
    expect(await page.locator('.art .fill-app').count()).toBeGreaterThan(0);
    await page.click('.hidden-step button');
    expect(await page.locator('[aria-current="step"]').textContent()).toMatch(/^Step 21,/);
    expect(await page.locator('.hidden-step').count()).toBe(0);
  });

  inBrowser('by call takes its whole dialogue, whatever the labels say', async () => {
    const { page } = await opened(theLost);
    await page.fill('#filter', 'call 1');
    await expect
      .poll(() => page.locator('.ladder .label').allTextContents())
      .toEqual(['INVITE call 1', '480 Unavailable', 'ACK']);
  });

  inBrowser('that lets nothing through says so', async () => {
    const visited = await opened(theLost);
    const { page } = visited;
    await page.fill('#filter', 'no such words');
    expect(await page.locator('.empty').textContent()).toContain('No row has these words.');
    await page.click('.empty button');
    await page.waitForSelector('[aria-current="step"]');
  });

  inBrowser('a timer that is not shown is no other row', async () => {
    const { page } = await opened(['call-while-suspended', '--mode', '0', '--profile', 'multi']);
    await page.keyboard.press('h');
    await page.locator('.ladder button:has-text("retransmission (T1)")').first().click();
    const [, hidden] = /^Step (\d+)/.exec((await page.locator('[aria-current="step"]').textContent()) ?? '') ?? [];
    await page.keyboard.press('h');
    await page.waitForSelector(`.hidden-step:has-text("Step ${hidden} ")`);
    expect(await page.locator('[aria-current="step"]').count()).toBe(0);
    await page.click('.hidden-step button');
    await page.waitForSelector(`[aria-current="step"]:has-text("Step ${hidden}")`);
  });
});

describe('a fault', () => {
  inBrowser('stays with its message, wherever that goes; a second one like it changes nothing', async () => {
    const visited = await opened(suspended);
    const { page } = visited;
    await page.click('.ladder button:has-text("VoIP push call 1")');
    await page.fill('.faults input', '20000');
    await page.click('.faults button:has-text("Delay to")');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
    expect(await page.locator('.step-panel h2').textContent()).toContain('VoIP push');
    await page.click('.faults button:has-text("Drop")');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("2 changes")');
    expect(await page.locator('.step-panel h2').textContent()).toContain('VoIP push');
    await page.waitForSelector('.fault-list li:has-text("lose notification, APNs/FCM → App")');
    expect(await page.locator('.fault-list li').count()).toBe(1);
    await page.click('.faults button:has-text("Drop")');
    await page.waitForSelector('.notice:has-text("has that fault already")');
    expect(await page.locator('.changed').textContent()).toBe('2 changes');
    // All of it is in view, in its panel.
    const [outer, inner] = await Promise.all([
      page.locator('.step-panel').boundingBox(),
      page.locator('.faults button:has-text("Take back: lose")').boundingBox(),
    ]);
    expect((inner?.x ?? 0) + (inner?.width ?? 0)).toBeLessThan((outer?.x ?? 0) + (outer?.width ?? 0));
    await page.click('.faults button:has-text("Take back: lose")');
    await page.waitForSelector('main[aria-busy="false"] .conditions:has-text("no fault")');
    expect(visited.faults).toEqual([]);
  });

  inBrowser('is no delay where none is said', async () => {
    const visited = await opened(suspended);
    const { page } = visited;
    await page.click('.ladder button:has-text("VoIP push call 1")');
    for (const none of ['', '-5']) {
      await page.fill('.faults input', none);
      await page.click('.faults button:has-text("Delay to")');
      await page.waitForSelector('.notice:has-text("A delay is 0 ms or more.")');
      expect(await page.locator('.changed').count()).toBe(0);
    }
    await page.fill('.faults input', '0');
    await page.click('.faults button:has-text("Delay to")');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
    expect(visited.faults).toEqual([]);
  });

  inBrowser('undo leads back to the step that was selected then', async () => {
    const visited = await opened(theLost);
    const { page } = visited;
    await page.click('.ladder button:has-text("Step 19,")');
    await page.keyboard.press('m');
    await page.waitForSelector('main[aria-busy="false"] .changed');
    await page.keyboard.press('u');
    await page.waitForSelector('[aria-current="step"]:has-text("Step 19")');
  });
});

describe('the focus', () => {
  inBrowser('is never lost with what had it', async () => {
    const visited = await opened(theLost);
    const { page } = visited;
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    const isOnStep = () =>
      page.evaluate<boolean>(`document.activeElement.closest('.ladder [aria-current="step"], .two-runs') !== null`);
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    expect(await isOnStep()).toBe(true);
    await page.keyboard.press('s');
    await page.waitForSelector('.two-runs[aria-busy="false"]');
    await expect.poll(isOnStep).toBe(true);
    await page.focus('.menu summary');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Export');
    await page.keyboard.press('Enter');
    for (let count = 0; count < 3; count++) await page.keyboard.press('Tab');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toMatch(/\.html$/);
    expect(await focused()).toBe('Export');
    await page.keyboard.press('m');
    await page.waitForSelector('main[aria-busy="false"] .change-log');
    await page.focus('.change-log h2 button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.change-log', { state: 'detached' });
    await expect.poll(isOnStep).toBe(true);
    expect(visited.faults).toEqual([]);
  });

  inBrowser(
    'goes to the selected step after a branch and after a move, and stays where a fault is injected',
    async () => {
      const visited = await opened(theLost);
      const { page } = visited;
      const focused = () => page.evaluate<string>('document.activeElement.textContent');
      await page.click('.ladder button:has-text("Step 18,")');
      await page.waitForSelector('#choices[aria-busy="false"]');
      await page.keyboard.press('b');
      await page.keyboard.press('Enter');
      await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
      await expect.poll(focused).toMatch(/^Step 19,/);
      await page.waitForSelector('#when');
      await page.keyboard.press('w');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.waitForSelector('main[aria-busy="false"] .changed:has-text("2 changes")');
      await expect.poll(focused).toMatch(/^Step \d+,/);
      await page.click('.ladder button:has-text("INVITE call 1")');
      await page.waitForSelector('#faults');
      await page.keyboard.press('f');
      await page.keyboard.press('Enter');
      await page.waitForSelector('main[aria-busy="false"] .changed:has-text("3 changes")');
      await expect.poll(focused).toBe('Drop');
    },
  );
});

describe('while a run is worked out', () => {
  inBrowser('nothing is said of it', async () => {
    const visited = await opened(theLost);
    const { page } = visited;
    // Everything that the page says, as often as it changes.
    await page.evaluate(`(() => {
      window.said = [];
      new MutationObserver(() => {
        const busy = document.querySelector('main').getAttribute('aria-busy');
        const at = document.querySelector('.modes .current b').textContent;
        said.push([at, busy, document.querySelector('.verdict').textContent, document.querySelector('.ladder-bar .soft').textContent, document.querySelector('#choices').textContent].join('|'));
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    })()`);
    await page.keyboard.press('m');
    await page.waitForSelector('main[aria-busy="false"] #choices[aria-busy="false"] button');
    const said = await page.evaluate<string[]>('said');
    expect(said.some((one) => /^Continuous.true.Running….*.running…/.test(one))).toBe(true);
    for (const one of said) {
      expect(one).not.toContain('nothing is pending');
      expect(one).not.toContain('|0 steps');
      if (!one.startsWith('Single Device Emulation')) expect(one).not.toContain('Call 1 was lost');
    }
  });
});

inBrowser(
  'all that is violated is there as links to its steps, and a call is filtered with its whole dialogue',
  async () => {
    const { page, faults } = await opened(['call-while-suspended', '--mode', '0', '--profile', 'reject']);
    const links = page.locator('.violations button');
    expect(await links.allTextContents()).toEqual(['✗ noInviteLost', '✗ noBlackout']);
    const stepOf = async (name: string) => {
      await page.click(`.violations button:has-text("${name}")`);
      return page.locator('.transport output').textContent();
    };
    const lost = await stepOf('noInviteLost');
    expect(await page.locator('[aria-current="step"]').count()).toBe(1);
    expect(await stepOf('noBlackout')).not.toBe(lost);
    await page.fill('#filter', 'call 1');
    await page.waitForSelector('.found');
    expect(await page.locator('.found').textContent()).toMatch(/^\d+ of \d+$/);
    const words = await page.locator('.ladder .label').allTextContents();
    // The answers and the ACK name no call, and belong to it.
    expect(words.some((one) => one.startsWith('ACK'))).toBe(true);
    expect(words.some((one) => one.startsWith('REGISTER'))).toBe(false);
    expect(faults).toEqual([]);
  },
);

inBrowser('what can happen after the selected step is shown, in whatever order it is told of which step', async () => {
  const { page, faults } = await opened(theLost);
  let answer = () => {};
  const isLater = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/opened/options/20.json', async (route) => isLater.then(() => route.continue()));
  const asked = page.waitForRequest('**/opened/options/20.json');
  await page.click('.ladder button:has-text("Step 20,")');
  await asked;
  await page.keyboard.press('End');
  await page.waitForSelector('#choices[aria-busy="false"]');
  const known = await page.locator('#choices').textContent();
  const answered = page.waitForResponse('**/opened/options/20.json');
  answer();
  await (await answered).finished();
  // What the page does with it comes before what it does with this.
  await page.evaluate('new Promise((done) => setTimeout(done, 100))');
  expect(await page.locator('#choices').getAttribute('aria-busy')).toBe('false');
  expect(await page.locator('#choices').textContent()).toBe(known);
  expect(faults).toEqual([]);
});
