import fc from 'fast-check';
import type { Header, SipMessage } from '../../../src/sip/message/message.ts';
import { type NameAddress, nameAddressText } from '../../../src/sip/message/nameAddress.ts';
import type { Params } from '../../../src/sip/message/params.ts';
import { type SipUri, uriText } from '../../../src/sip/message/uri.ts';
import { type Via, viaText } from '../../../src/sip/message/via.ts';

/** What a drawn message was made of, to compare with what a parser reads. */
export interface DrawnMessage {
  readonly message: SipMessage;
  readonly vias: readonly Via[];
  readonly from: NameAddress;
  readonly to: NameAddress;
  readonly contacts: readonly NameAddress[];
  readonly cseq: { readonly number: number; readonly method: string };
  readonly callId: string;
}

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 });
const label = word.map((text) => `h${text}`);
const ipv4 = fc.ipV4();
const port = fc.integer({ min: 1, max: 65_535 });

/** Hosts that every parser of the comparison knows; npm `sip` reads no IPv6 address. */
const commonHost = fc.oneof(
  ipv4,
  fc.tuple(label, label).map((labels) => labels.join('.')),
);
const anyHost = fc.oneof(
  commonHost,
  fc.ipV6().map((address) => `[${address}]`),
);

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const params = (value: fc.Arbitrary<string>): fc.Arbitrary<Params> =>
  fc
    .uniqueArray(fc.tuple(word, fc.option(value)), { maxLength: 3, selector: ([name]) => name })
    .map((pairs) => new Map(pairs));

const withoutUndefined = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };

const uri = (host: fc.Arbitrary<string>, user: fc.Arbitrary<string>): fc.Arbitrary<SipUri> =>
  fc
    .record({
      scheme: fc.constantFrom('sip' as const, 'sips' as const),
      user: optional(user),
      host,
      port: optional(port),
      params: params(word),
      headers: fc.constant([]),
    })
    .map((drawn) => withoutUndefined(drawn) as SipUri);

const address = (anyUri: fc.Arbitrary<SipUri>, displayName: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc
    .record({ displayName: optional(displayName), uri: anyUri, params: params(value) })
    .map((drawn) => withoutUndefined(drawn) as NameAddress);

const via = (host: fc.Arbitrary<string>): fc.Arbitrary<Via> =>
  fc
    .record({
      transport: fc.constantFrom('UDP', 'TCP', 'TLS'),
      host,
      port: optional(port),
      params: params(word),
      branch: word,
    })
    .map(({ branch, ...drawn }) => ({
      ...(withoutUndefined(drawn) as Via),
      params: new Map([...drawn.params, ['branch', `z9hG4bK${branch}`]]),
    }));

const startLines = fc.oneof(
  fc.record({ kind: fc.constant('request' as const), method: fc.constantFrom('INVITE', 'REGISTER', 'BYE', 'OPTIONS') }),
  fc.record({ kind: fc.constant('response' as const), status: fc.integer({ min: 100, max: 699 }), reason: word }),
);

interface Alphabet {
  readonly host: fc.Arbitrary<string>;
  readonly user: fc.Arbitrary<string>;
  readonly displayName: fc.Arbitrary<string>;
  readonly paramValue: fc.Arbitrary<string>;
}

/** Any text that can stand in a quoted string on one line. */
const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/[\r\n]/.test(text));
const anyUser = fc.stringMatching(/^(?:[\w\-.!~*'()&=+$,;?/]|%[0-9a-fA-F]{2}){1,10}$/);

/** Everything that the codec can say. */
export const everything: Alphabet = { host: anyHost, user: anyUser, displayName: anyText, paramValue: anyText };

/** What npm `sip` and sip.js read too. */
export const common: Alphabet = {
  host: commonHost,
  user: label,
  displayName: fc.array(label, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  paramValue: word,
};

const headerOf = (name: string, ...values: readonly string[]): Header[] => values.map((value) => ({ name, value }));

/** A drawn message; lists stand on one line or on several. */
export function drawnMessage({ host, user, displayName, paramValue }: Alphabet): fc.Arbitrary<DrawnMessage> {
  const anyAddress = address(uri(host, user), displayName, paramValue);
  return fc
    .record({
      start: startLines,
      target: uri(host, user),
      vias: fc.array(via(host), { minLength: 1, maxLength: 3 }),
      from: anyAddress,
      to: anyAddress,
      contacts: fc.array(anyAddress, { maxLength: 3 }),
      number: fc.nat(),
      callId: word,
      body: fc.uint8Array({ maxLength: 40 }),
      areOnOneLine: fc.boolean(),
    })
    .map(({ start, target, vias, from, to, contacts, number, callId, body, areOnOneLine }) => {
      const method = start.kind === 'request' ? start.method : 'INVITE';
      const lines = (texts: string[]) => (areOnOneLine && texts.length > 0 ? [texts.join(', ')] : texts);
      const headers = [
        ...headerOf('Via', ...lines(vias.map(viaText))),
        ...headerOf('From', nameAddressText(from)),
        ...headerOf('To', nameAddressText(to)),
        ...headerOf('Call-ID', callId),
        ...headerOf('CSeq', `${number} ${method}`),
        ...headerOf('Contact', ...lines(contacts.map(nameAddressText))),
        ...headerOf('Content-Length', String(body.length)),
      ];
      const message: SipMessage =
        start.kind === 'request' ? { ...start, uri: uriText(target), headers, body } : { ...start, headers, body };
      return { message, vias, from, to, contacts, cseq: { number, method }, callId };
    });
}
