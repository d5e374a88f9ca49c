import { deflateRawSync, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesIn, formatOf, fragmentIn, textOf } from '../../src/inspector/model/fragment.ts';

describe('a link in a text that somebody copied', () => {
  const link = 'step=19&lanes=app,-sipServer&time=scale12.5&run=eJzVWG1v-_A_';

  test.each([
    ['alone', link],
    ['behind its sign', `#${link}`],
    ['behind an address', `http://127.0.0.1:4711/token/#${link}`],
    ['in a command', `ringproof inspect '#${link}'`],
    ['in quotes', `"http://127.0.0.1:4711/token/#${link}"`],
    ['in angle brackets, at the end of a sentence', `See <http://127.0.0.1:4711/token/#${link}>.`],
    ['before the full stop of a sentence', `See http://127.0.0.1:4711/token/#${link}.`],
    ['before more words, and behind a number sign', `Ticket #12: http://127.0.0.1:4711/#${link} please`],
    ['with a line break', `#${link}\n`],
  ])('is found %s', (_, text) => {
    expect(fragmentIn(text)).toBe(link);
  });

  test.each(['', '#', 'step=19', 'http://127.0.0.1/#something', 'we run = fast', '#prun=1'])('%j has none', (text) => {
    expect(fragmentIn(text)).toBeNull();
  });

  test('to the overview is one as well', () => {
    expect(fragmentIn('http://127.0.0.1:1/#server=meant&seed=1')).toBe('server=meant&seed=1');
  });
});

test('how a link is packed is told by its first sign, and its bytes come back', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      for (const [format, deflate] of [
        ['deflate', deflateSync],
        ['deflate-raw', deflateRawSync],
      ] as const) {
        const bytes = deflate(text);
        expect(formatOf(textOf(bytes))).toBe(format);
        expect([...bytesIn(textOf(bytes))]).toEqual([...bytes]);
      }
    }),
  );
});
