import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callIdOf, contactsOf, cseqOf, fromOf, toOf, viasOf } from '../../../src/sip/message/headers.ts';
import { parseMessage } from '../../../src/sip/message/parse.ts';
import { serialise } from '../../../src/sip/message/serialise.ts';
import { drawnMessage, everything } from './drawnMessages.ts';

describe('what is written is read', () => {
  it('as the same message', () => {
    fc.assert(
      fc.property(drawnMessage(everything), ({ message }) => {
        expect(parseMessage(serialise(message))).toEqual(message);
      }),
    );
  });

  it('with the same vias, addresses and numbers', () => {
    fc.assert(
      fc.property(drawnMessage(everything), ({ message, vias, from, to, contacts, cseq, callId }) => {
        expect(viasOf(message)).toEqual(vias);
        expect(fromOf(message)).toEqual(from);
        expect(toOf(message)).toEqual(to);
        expect(contactsOf(message)).toEqual(contacts);
        expect(cseqOf(message)).toEqual(cseq);
        expect(callIdOf(message)).toBe(callId);
      }),
    );
  });

  it('in every folding and capitalisation, and with compact names', () => {
    const compact: Record<string, string> = { Via: 'v', From: 'F', To: 't', 'Call-ID': 'I', Contact: 'm' };
    fc.assert(
      fc.property(drawnMessage(everything), fc.boolean(), ({ message }, isCompact) => {
        const [startLine, ...lines] = Buffer.from(serialise({ ...message, body: new Uint8Array(0) }))
          .toString()
          .split('\r\n');
        const rewritten = lines.map((line) =>
          line.replace(
            /^([\w-]+): /,
            (_, name) => `${(isCompact && compact[name]) || name.toUpperCase()} \t:\r\n \r\n\t`,
          ),
        );
        const read = parseMessage(Buffer.from([startLine, ...rewritten].join('\r\n')));
        expect(read.kind !== 'malformed' && read.headers.slice(0, -1)).toEqual(message.headers.slice(0, -1));
      }),
    );
  });

  it('whatever Content-Length its headers claim, and no line break in a value makes another header', () => {
    const headers = ['Via: SIP/2.0/UDP h', 'From: <sip:a@h>', 'To: <sip:b@h>', 'Call-ID: c', 'CSeq: 1 BYE']
      .map((line) => line.split(': '))
      .map(([name = '', value = '']) => ({ name, value }));
    const forged = { name: 'Subject', value: 'x\r\nContact: <sip:evil@h>\r\n\r\n' };
    const claimed = { name: 'Content-Length', value: '7' };
    const written = serialise({
      kind: 'request',
      method: 'BYE',
      uri: 'sip:b@h',
      headers: [...headers, forged, claimed],
      body: Buffer.from('ab'),
    });
    const read = parseMessage(written);
    expect(read).toMatchObject({ kind: 'request', body: new Uint8Array(Buffer.from('ab')) });
    expect(read.kind !== 'malformed' && contactsOf(read)).toEqual([]);
  });
});
