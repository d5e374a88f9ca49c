import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as npmSip from 'sip';
import { IncomingRequestMessage, type IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import { Parser } from 'sip.js/lib/core/messages/parser.js';
import { describe, expect, it } from 'vitest';
import { callIdOf, contactsOf, cseqOf, fromOf, toOf, viasOf } from '../../../src/sip/message/headers.ts';
import type { SipMessage } from '../../../src/sip/message/message.ts';
import { tagOf } from '../../../src/sip/message/nameAddress.ts';
import { parseMessage } from '../../../src/sip/message/parse.ts';
import { serialise } from '../../../src/sip/message/serialise.ts';
import { isSipUri } from '../../../src/sip/message/uri.ts';
import { common, drawnMessage } from './drawnMessages.ts';

const silent = { error() {}, warn() {}, log() {}, debug() {} };
const sipJs = (text: string): IncomingRequestMessage | IncomingResponseMessage | undefined =>
  Parser.parseMessage(text, silent as never);

const parsed = (bytes: Uint8Array): SipMessage => {
  const message = parseMessage(bytes);
  if (message.kind === 'malformed') throw new Error(message.found);
  return message;
};

const start = (message: SipMessage) => (message.kind === 'request' ? message.method : message.status);
const hostsOf = (message: SipMessage) => viasOf(message).map(({ host, port }) => ({ host, port }));
const lower = (text: string) => text.toLowerCase();

/** What both npm `sip` and our parser say of a message. */
function expectAgreementWithSip(message: SipMessage, other: npmSip.Parsed) {
  expect(other.method ?? other.status).toBe(start(message));
  expect(other.headers.via.map(({ host, port }) => ({ host: lower(host), port }))).toEqual(hostsOf(message));
  expect(other.headers.via.map(({ params }) => params.branch ?? undefined)).toEqual(
    viasOf(message).map(({ params }) => params.get('branch') ?? undefined),
  );
  expect([other.headers.from.params.tag ?? undefined, other.headers.to.params.tag ?? undefined]).toEqual([
    tagOf(fromOf(message)),
    tagOf(toOf(message)),
  ]);
  expect(other.headers.cseq).toEqual({ seq: cseqOf(message)?.number, method: cseqOf(message)?.method });
  expect(other.headers['call-id']).toBe(callIdOf(message));
  const contacts = contactsOf(message);
  expect(other.headers.contact?.length ?? 0).toBe(contacts.length);
}

/** What both sip.js and our parser say of a message. */
function expectAgreementWithSipJs(message: SipMessage, other: IncomingRequestMessage | IncomingResponseMessage) {
  expect(other instanceof IncomingRequestMessage ? other.method : other.statusCode).toBe(start(message));
  // Of several hops on one line sip.js mixes up the parts.
  const isOneHop = message.headers.filter(({ name, value }) => name === 'Via' && value.includes(',')).length === 0;
  const hop = { host: lower(other.via.host), port: other.via.port || undefined };
  if (isOneHop) expect(hop).toEqual(hostsOf(message)[0]);
  expect([other.from.displayName || undefined, other.to.displayName || undefined]).toEqual([
    fromOf(message)?.displayName,
    toOf(message)?.displayName,
  ]);
  const uris = [fromOf(message), toOf(message)].map((address) => address?.uri);
  expect([other.from.uri.host, other.to.uri.host].map(lower)).toEqual(
    uris.map((uri) => uri && isSipUri(uri) && uri.host),
  );
  expect([other.fromTag, other.toTag].map((tag) => tag ?? undefined)).toEqual([
    tagOf(fromOf(message)),
    tagOf(toOf(message)),
  ]);
  expect(other.cseq).toBe(cseqOf(message)?.number);
  expect(other.callId).toBe(callIdOf(message));
  expect(other.getHeaders('contact').length).toBe(contactsOf(message).length);
}

describe('the parser agrees with two others', () => {
  it('on drawn messages', () => {
    fc.assert(
      fc.property(drawnMessage(common), ({ message }) => {
        const bytes = serialise(message);
        const text = Buffer.from(bytes).toString('latin1');
        const [fromSip, fromSipJs] = [npmSip.parse(text), sipJs(text)];
        if (fromSip === undefined || fromSipJs === undefined) throw new Error('another parser refuses it');
        expectAgreementWithSip(parsed(bytes), fromSip);
        expectAgreementWithSipJs(parsed(bytes), fromSipJs);
      }),
    );
  });

  /** Of the valid ones; sip.js refuses unksm2 for its To of an unknown scheme, which RFC 4475 3.3.2 expects to be read. */
  const readable = ['badbranch', 'baddate', 'bext01', 'cparam01', 'cparam02', 'dblreq', 'esc01', 'escnull', 'invut'];
  readable.push(
    'longreq',
    'lwsdisp',
    'mpart01',
    'noreason',
    'regaut01',
    'regescrt',
    'sdp01',
    'semiuri',
    'unreason',
    'zeromf',
  );

  it.each(readable)('on %s of RFC 4475', (name) => {
    const bytes = readFileSync(`node_modules/sip/test/messages/${name}.dat`);
    const [fromSip, fromSipJs] = [npmSip.parse(bytes.toString()), sipJs(bytes.toString())];
    if (fromSip === undefined || fromSipJs === undefined) throw new Error('another parser refuses it');
    expectAgreementWithSip(parsed(bytes), fromSip);
    expectAgreementWithSipJs(parsed(bytes), fromSipJs);
  });
});
