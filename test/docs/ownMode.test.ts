import { expect, test, vi } from 'vitest';

test('the example of an own mode finds the loss and corrects it', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('../../examples/own-mode.ts');
  const printed = log.mock.calls.flat();
  log.mockRestore();
  expect(printed).toEqual([
    expect.stringMatching(/^Standard with a shared instance-id: Call 1 was lost: nobody was registered/),
    expect.stringMatching(/^Corrected: Call 1 alerted the user/),
  ]);
});
