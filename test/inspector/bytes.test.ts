import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bytes } from '../../src/inspector/readers/bytes.ts';
import { isIPv6 as isIPv6InBrowser } from '../../src/inspector/readers/nodeNet.ts';

/** What of `Buffer` the reader of captures calls. */
type Kind = typeof Buffer;

/** A result, or that there is none; bytes of either kind alike. */
function outcome(call: () => unknown): unknown {
  try {
    const found = call();
    return found instanceof Uint8Array ? [...found] : found;
  } catch (error) {
    return (error as Error).name;
  }
}

const calls: readonly ((kind: Kind, given: Uint8Array, at: number, text: string) => unknown)[] = [
  (kind, given) => kind.from(given),
  (kind, given, at) => kind.from(given.buffer as ArrayBuffer, at, 2),
  (kind, _, __, text) => kind.from(text),
  (kind, _, __, text) => kind.from(text, 'latin1'),
  (kind, given) => kind.concat([given, given.subarray(1)]),
  (kind, _, __, text) => kind.byteLength(text),
  (kind, _, at) => kind.alloc(at),
  (kind, given) => [kind.isBuffer(given), kind.isBuffer(kind.from(given))],
  ...(['utf8', 'latin1', 'hex'] as const).map(
    (encoding) => (kind: Kind, given: Uint8Array, at: number) => kind.from(given).toString(encoding, at, at + 9),
  ),
  (kind, given) => kind.from(given).toString(),
  (kind, given, at) => kind.from(given).slice(at, -1),
  (kind, given, at) => kind.from(given).subarray(at).toString('latin1'),
  (kind, given, at) => kind.from(given).indexOf(given[3] ?? 0, at),
  (kind, given, at) => kind.from(given).indexOf(given.subarray(2, 4), at),
  (kind, given, at) => kind.from(given).lastIndexOf(given[3] ?? 0, at),
  (kind, given, at, text) => kind.from(given).indexOf(text.slice(0, 2), at, 'latin1'),
  (kind, given, _, text) => kind.from(given).includes(text.slice(0, 1)),
  ...(['readUInt16BE', 'readUInt32BE', 'readUInt16LE', 'readUInt32LE', 'readBigUInt64BE', 'readDoubleLE'] as const).map(
    (name) => (kind: Kind, given: Uint8Array, at: number) => kind.from(given)[name](at),
  ),
  (kind, given, at) => kind.from(given).readUIntBE(at, 3),
  (kind, given, at) => {
    const target = kind.alloc(6);
    return [kind.from(given).copy(target, 1, at), ...target];
  },
  (kind, _, __, text) => {
    const target = kind.alloc(12);
    return [target.write(text, 2), target.writeDoubleLE(text.length / 3, 4), ...target];
  },
];

test('what stands for Buffer in a browser does as Buffer does', () => {
  const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8, unit: 'grapheme' }));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(44), text, (given, at, words) => {
      for (const call of calls) {
        expect(outcome(() => call(Bytes as unknown as Kind, given, at, words))).toEqual(
          outcome(() => call(Buffer, given, at, words)),
        );
      }
    }),
  );
});

test('an IPv6 address is what Node takes for one', () => {
  const texts = [
    '::1',
    '::',
    'fe80::1%eth0',
    'fe80::1%',
    '2001:db8::10',
    '1.2.3.4',
    '::ffff:1.2.3.4',
    'a:b',
    '12345::',
    '',
  ];
  expect(texts.map(isIPv6InBrowser)).toEqual(texts.map((text) => isIPv6(text)));
});
