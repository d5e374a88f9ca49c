import { defineScenario, InputError, parseScenario, serverProfiles } from 'ringproof';
import { describe, expect, test } from 'vitest';

const base = { name: 'mine', title: 'Mine', steps: [{ at: '1s', do: 'open' }] };

const problemsOf = (define: () => unknown): InputError['problems'] => {
  try {
    define();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
};
const asValue = (document: unknown) => problemsOf(() => defineScenario(document as never));
const asFile = (document: unknown) =>
  problemsOf(() => parseScenario(JSON.stringify(document), 'mine.json', serverProfiles));

describe('A document in TypeScript is judged as in a file, with the place in it', () => {
  test.each([
    ['a reversed window', { steps: [{ at: ['3s', '1s'], do: 'open' }] }, 'for steps[1].at'],
    ['a loss of 7', { links: { appSip: { loss: 7 } } }, 'for links.appSip.loss'],
    ['an unknown verb', { steps: [{ at: '1s', do: 'opne' }] }, 'for steps[1].do', 'open'],
    ['a key misspelt', { untill: '5s' }, 'the unknown key untill', 'until'],
    ['a key misspelt inside', { links: { appSip: { latensy: '1s' } } }, 'in links.appSip', 'latency'],
    ['no steps', { steps: undefined }, 'for steps'],
    ['a fault that cannot be', { faults: [{ do: 'lose', message: 'control.background' }] }, 'for faults[1]'],
    ['a call that is not dialled', { steps: [{ at: '1s', do: 'hangUp', call: 1 }] }, 'for steps[1]'],
  ])('%s', (_, more, place, hint?: string) => {
    const [problem] = asValue({ ...base, ...more });
    const [inFile] = asFile({ ...base, ...more });
    expect(problem?.found).toContain(place);
    expect(problem?.expected).toBe(inFile?.expected);
    expect(problem?.hint).toBe(inFile?.hint);
    expect(problem?.hint).toBe(hint);
    expect([problem?.line, inFile?.line]).toEqual([null, 1]);
    expect(problem?.found.startsWith(inFile?.found as string)).toBe(true);
  });

  test('an unknown server, in the document and beside it', () => {
    for (const given of [{ server: 'rejct' }, { expect: { rejct: { standard: 'holds' } } }]) {
      const [problem] = asValue({ ...base, ...given });
      expect(problem?.found).toMatch(/^the unknown server rejct for (server|expect\.rejct)$/);
      expect(problem?.hint).toBe('reject');
    }
    const [beside] = problemsOf(() => defineScenario(base as never, { server: 'rejct' as never }));
    expect(beside).toMatchObject({ found: 'rejct for server', hint: 'reject' });
  });

  test.each([
    ['nothing', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a text', 'x', '"x"'],
    ['a function', { ...base, steps: [{ at: '1s', do: () => 'open' }] }, 'a function for steps[1].do'],
    ['no number', { ...base, links: { appSip: { loss: Number.NaN } } }, 'NaN for links.appSip.loss'],
    ['a bigint', { ...base, links: { appSip: { loss: 1n } } }, 'a bigint for links.appSip.loss'],
    ['a map', { ...base, links: new Map() }, 'a Map for links'],
    ['a date', { ...base, until: new Date(0) }, 'a Date for until'],
  ])('%s is no document', (_, document, found) => {
    expect(asValue(document)[0]?.found).toBe(found);
  });

  test('what contains itself is no document', () => {
    const document: Record<string, unknown> = { ...base };
    document.links = document;
    expect(asValue(document)[0]?.found).toBe('a circle for links');
  });

  test('a document as const is taken, and what is left undefined is left out', () => {
    const document = {
      name: 'mine',
      title: 'Mine',
      links: {
        appSip: {
          latency: ['5ms', '9ms'],
          law: [
            [0, '5ms'],
            [1, '9ms'],
          ],
        },
      },
      steps: [
        { at: ['1s', '2s'], do: 'open' },
        { after: '3s', do: 'dial', call: 1 },
      ],
      expect: { reject: { standard: ['noInviteLost'], continuous: 'holds' } },
      until: undefined,
    } as const;
    expect(defineScenario(document).document).toEqual({ ...document, until: undefined });
    expect(defineScenario(document).document).not.toHaveProperty('until');
  });
});
