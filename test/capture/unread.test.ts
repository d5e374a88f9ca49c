import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/capture/endpoint.ts';
import { SipCapture } from '../../src/capture/sipCapture.ts';
import { Unread } from '../../src/capture/unread.ts';
import { captureOf, oneFile, pcapOf } from '../support/captures.ts';

const server: Endpoint = { address: '198.51.100.2', port: 443 };
const client = (number: number): Endpoint => ({ address: `192.0.2.${number}`, port: 40_000 });

/** A packet of TLS of each of so many clients to the server, where only two of them can be told apart. */
function ofClients(count: number, unread = new Unread(2)): Unread {
  for (let number = 1; number <= count; number++)
    unread.add(`${number}`, 'TLS', 100, false, () => [client(number), server]);
  return unread;
}

describe('traffic that cannot be read', () => {
  test('of hosts that are no server of SIP is left out as long as they are told apart', () => {
    expect(ofClients(2).found).toEqual([]);
    const unread = ofClients(2);
    unread.serves(server);
    expect(unread.found).toMatchObject([{ what: 'TLS', packets: 2, bytes: 200, flows: 2 }]);
  });

  test('of more connections than are told apart is named', () => {
    const unread = ofClients(5);
    const rest = {
      what: 'TLS, of more connections than are told apart',
      between: '192.0.2.3:40000 and 198.51.100.2:443',
      packets: 3,
      bytes: 300,
    };
    expect(unread.found).toMatchObject([rest]);
    for (let number = 1; number <= 5; number++) unread.markRead(`${number}`);
    expect(unread.found).toMatchObject([rest]);
  });

  test('counts whoever its ends are where servers are too many to be remembered', () => {
    const unread = ofClients(1);
    for (const number of [7, 8, 7, 8]) unread.serves(client(number));
    expect(unread.found).toEqual([]);
    unread.serves(client(9));
    expect(unread.found).toMatchObject([{ what: 'TLS', packets: 1 }]);
  });
});

/** A message as tshark exports it: tags with its dissector, its ends and its frame (LINKTYPE_WIRESHARK_UPPER_PDU). */
function exported(text: string): Buffer {
  const word = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
  const tag = (type: number, value: Buffer) => Buffer.concat([word((type << 16) | value.length), value]);
  return Buffer.concat([
    tag(12, Buffer.from('sip\0')),
    tag(20, Buffer.from([192, 0, 2, 1])),
    tag(21, Buffer.from([198, 51, 100, 2])),
    ...[word(2), word(40_000), word(443)].map((value, index) => tag(24 + index, value)),
    tag(30, word(7)),
    tag(0, Buffer.alloc(0)),
    Buffer.from(text),
  ]);
}

test('what was decrypted is read, whether or not its connection is told apart', async () => {
  const text = 'OPTIONS sip:bob@example.org SIP/2.0\r\n\r\n';
  const [plain] = oneFile(captureOf([]), 1_000);
  const [secret] = oneFile(pcapOf([{ atMs: 0, data: exported(text) }], { linkType: 252 }), 1_000);
  if (plain === undefined || secret === undefined) throw new Error('two files were made');
  const found: unknown[] = [];
  for await (const { bytes, file, frame, source } of new SipCapture([plain, { ...secret, decrypts: 0 }]).messages())
    found.push([bytes.toString(), file, frame, source]);
  expect(found).toEqual([[text, 0, 7, client(1)]]);
});
