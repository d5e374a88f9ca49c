import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditCapture } from '../../src/audit/auditCapture.ts';
import type { AddressReport } from '../../src/audit/auditReport.ts';
import { ByteStore } from '../../src/audit/byteStore.ts';
import { Packer } from '../../src/audit/packer.ts';
import { SmallSet } from '../../src/audit/smallMap.ts';
import { TextNumbers, textHash } from '../../src/audit/textHash.ts';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import { captureOf, oneFile } from '../support/captures.ts';
import { app, pushServer, Traffic } from '../support/traffic.ts';
import { known } from './support.ts';

/** A day of one user: hand-overs, a refusal, calls of every outcome, a REGISTER without an answer. */
const day = (): Traffic =>
  new Traffic()
    .register(0, pushServer)
    .call(1_000, { to: [pushServer] })
    .unregister(10_000, pushServer)
    .call(10_100, { final: '480 Temporarily Unavailable', finalMs: 20 })
    .register(10_200, app, { answer: '403 Forbidden' })
    .register(20_200, app, { contactParams: ';+sip.instance="<urn:uuid:1>"' })
    .call(30_000, { to: [app], final: '486 Busy Here', finalByDevice: true })
    .register(40_000, pushServer, { answerMs: null })
    .register(80_000, pushServer, { listed: [pushServer, app] })
    .call(90_000, { to: [app, pushServer] })
    .call(100_000, { to: [app], alertMs: 9_000, finalMs: 12_000 })
    .call(700_000, { final: '404 Not Found', finalMs: 20 });

/** The same day of another user, a little later. */
const dayOf = (user: string, laterMs: number): WrittenPacket[] =>
  day().packets.map((packet) => ({
    ...packet,
    atMs: packet.atMs + laterMs,
    payload: Buffer.from(
      Buffer.from(packet.payload)
        .toString()
        .replaceAll('alice@', `${user}@`)
        .replaceAll(/(call|register)-/g, `${user}-$1-`),
    ),
  }));

async function reportsOf(packets: readonly WrittenPacket[]): Promise<readonly AddressReport[]> {
  const sorted = packets.toSorted((one, other) => one.atMs - other.atMs);
  return (await auditCapture(oneFile(captureOf(sorted), 65_536), { known })).report.addresses;
}

/** What does not depend on what else is in the capture. */
const comparable = (report: AddressReport | undefined): unknown =>
  JSON.parse(JSON.stringify(report, (name, value) => (name === 'frame' || name === 'ordinal' ? undefined : value)));

describe('a capture of many addresses', () => {
  test('says of each what a capture of it alone says', async () => {
    const users = Array.from({ length: 120 }, (_, index) => `user${index}`);
    // All end at the same time, up to which bindings last.
    const last = (user: string) =>
      dayOf(user, 0)
        .slice(-1)
        .map((packet) => ({ ...packet, atMs: packet.atMs + 5_000 }));
    const end = last('nobody');
    const together = await reportsOf([...users.flatMap((user, index) => dayOf(user, index * 7)), ...end]);
    expect(together.map(({ aor }) => aor)).toEqual(users.map((user) => `${user}@example.org`));
    for (const index of [0, 60, 119]) {
      const [alone] = await reportsOf([...dayOf(users[index] as string, index * 7), ...end]);
      expect(alone?.calls).toMatchObject({ made: 6, lost: 2, answered: 3, busy: 0, declined: 1 });
      expect(alone).toMatchObject({ refusals: [{ status: 403 }, { status: null }], gaps: [{}, {}] });
      expect(comparable(together[index])).toEqual(comparable(alone));
    }
  });

  test('keeps the reports that are asked for, and counts all', async () => {
    const users = Array.from({ length: 20 }, (_, index) => `user${index}`);
    const packets = users.flatMap((user, index) => dayOf(user, index * 7));
    const sorted = packets.toSorted((one, other) => one.atMs - other.atMs);
    const { report } = await auditCapture(oneFile(captureOf(sorted), 65_536), { known, maxProblems: 3, maxFine: 0 });
    expect(report.addresses).toHaveLength(3);
    expect(report.totals).toMatchObject({ addresses: 20, problems: 20, lost: 40 });
  });
});

describe('Packer', () => {
  class Held {
    readonly state: unknown;
    constructor(state: unknown) {
      this.state = state;
    }
  }
  const packer = () => new Packer([{ type: Held, restored: (state: unknown) => new Held(state) }]);
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0, 1_767_225_600_000.123),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        tie('value'),
        { maxKeys: 5, noNullPrototype: true },
      ),
      tie('value').map((state) => new Held(state)),
    ),
  })).value;

  test('gives back what it was given, whatever it has packed before', () => {
    const one = packer();
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 6 }), (values) => {
        const packed = values.map((value) => Buffer.from(one.pack(value)));
        expect(packed.map((bytes) => one.unpack(bytes))).toEqual(values);
      }),
    );
  });

  test('what is one object in two places is one afterwards', () => {
    const side = { id: 1 };
    const one = packer();
    const [first, second] = one.unpack(Buffer.from(one.pack([side, new Held(side)]))) as [object, Held];
    expect(second.state).toBe(first);
  });

  test('dates near each other and texts that come often take few bytes', () => {
    const one = packer();
    const sizeOf = (value: unknown) => one.pack(value).length;
    const date = 1_767_225_600_000.25;
    expect(sizeOf([date, date + 1_000.5]) - sizeOf([date])).toBeLessThanOrEqual(5);
    // A hash in front is not taken for a date.
    const hash = textHash('contact alice@192.0.2.10');
    expect(sizeOf([hash, date, date + 1_000.5]) - sizeOf([hash, date])).toBeLessThanOrEqual(5);
    const sizes = Array.from({ length: 4 }, () => sizeOf(['Linphone/5.2.1 (belle-sip/5.2)']));
    expect(sizes[0]).toBeGreaterThan(30);
    expect(sizes[3]).toBeLessThan(5);
  });

  test('refuses what it does not know', () => {
    expect(() => packer().pack([new Map()])).toThrow('a Map cannot be packed');
  });
});

test('SmallSet is a set, however many items it has', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 60 }), (items) => {
      const [small, usual] = [new SmallSet<number>(), new Set<number>()];
      for (const item of items) {
        expect(small.has(item)).toBe(usual.has(item));
        small.add(item);
        usual.add(item);
        expect(small.size).toBe(usual.size);
      }
      expect([...small]).toEqual([...usual]);
      small.clear();
      expect([...small, small.size]).toEqual([0]);
    }),
  );
});

describe('ByteStore', () => {
  test('keeps what was put and not what was released, and uses its place again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.boolean()), { maxLength: 60 }), (steps) => {
        const store = new ByteStore();
        const kept = new Map<number, Buffer>();
        for (const [index, [length, isReleasing]] of steps.entries()) {
          const [first] = kept.keys();
          if (isReleasing && first !== undefined) {
            store.release(first);
            kept.delete(first);
          }
          const bytes = Buffer.alloc(length + 1, index);
          const place = store.put(bytes);
          expect(kept.has(place)).toBe(false);
          kept.set(place, bytes);
        }
        for (const [place, bytes] of kept) expect(store.get(place).subarray(0, bytes.length).equals(bytes)).toBe(true);
      }),
    );
    const store = new ByteStore();
    const place = store.put(Buffer.alloc(100));
    store.release(place);
    expect(store.put(Buffer.alloc(120))).toBe(place);
  });
});

describe('TextNumbers', () => {
  test('has the latest number of each text, and forgets those that were set longest ago', () => {
    const numbers = new TextNumbers(1_000);
    for (let index = 0; index < 5_000; index++) numbers.set(`sip:user${index}@192.0.2.1`, index);
    numbers.set('sip:user4999@192.0.2.1', 7);
    expect(numbers.get('sip:user4999@192.0.2.1')).toBe(7);
    for (let index = 4_000; index < 4_999; index++) expect(numbers.get(`sip:user${index}@192.0.2.1`)).toBe(index);
    expect(numbers.get('sip:user1@192.0.2.1')).toBe(-1);
    expect(numbers.get('sip:nobody@192.0.2.1')).toBe(-1);
  });

  test('no two of very many texts have the same hash', () => {
    const hashes = new Set<number>();
    for (let index = 0; index < 200_000; index++)
      hashes.add(textHash(`user${index}@10.0.${index >> 8}.${index & 255}:5060`));
    expect(hashes.size).toBe(200_000);
  });
});
