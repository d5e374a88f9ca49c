import { addressBytes, type Endpoint } from '../capture/endpoint.ts';
import { contactsOf, headerValues } from '../sip/message/headers.ts';
import { type Header, noBody, type SipMessage } from '../sip/message/message.ts';
import { type NameAddress, nameAddressText, parseNameAddress } from '../sip/message/nameAddress.ts';
import { isSipUri, parseUri, type Uri, unescaped, uriText } from '../sip/message/uri.ts';
import { parseVia, viaText } from '../sip/message/via.ts';
import { isPrivate, numberIn, sameNumberAs, withoutBrackets } from './addresses.ts';

/** Headers that say nothing of people, and are needed to judge. All others are left out, and so are bodies. */
const plainHeaders: ReadonlySet<string> = new Set([
  'CSeq',
  'Max-Forwards',
  'Expires',
  'Min-Expires',
  'Retry-After',
  'Supported',
  'Require',
  'Allow',
]);
const addressHeaders: ReadonlySet<string> = new Set(['From', 'To', 'Contact', 'Route', 'Record-Route', 'Path']);
/** Parameters of addresses that stay as they are. */
const plainParams: ReadonlySet<string> = new Set(['expires', 'q', 'transport', 'lr', 'ob', 'reg-id', 'user']);
/** Challenges and credentials keep their scheme only: that they are there is part of the story. */
const credentials: ReadonlySet<string> = new Set([
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
]);

/** Gives everybody and everything with a name another one, the same each time it comes. */
export class Anonymiser {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  message(message: SipMessage): SipMessage {
    const headers = message.headers.flatMap((header) => this.#header(message, header));
    const length = { name: 'Content-Length', value: '0' };
    if (message.kind === 'response') return { ...message, headers: [...headers, length], body: noBody };
    const uri = parseUri(message.uri);
    const called = uri === undefined ? 'sip:unreadable.invalid' : uriText(this.#uri(uri));
    return { ...message, uri: called, headers: [...headers, length], body: noBody };
  }

  endpoint = ({ address, port }: Endpoint): Endpoint => ({ address: this.address(address), port });

  /** An address of the same version and kind: what is private stays so, because many may have it. */
  address(address: string): string {
    if (address.startsWith('127.') || address === '::1') return address;
    const isIpv6 = address.includes(':');
    const kind = `${isPrivate(address) ? 'private' : 'public'}${isIpv6 ? '6' : '4'}`;
    return this.#name(kind, address, (count) => {
      if (isIpv6) return `${isPrivate(address) ? 'fd00' : '2001:db8'}::${count.toString(16)}`;
      const rest = `${(count >> 8) & 0xff}.${count & 0xff}`;
      // RFC 2544 sets 198.18.0.0/15 aside for tests.
      return isPrivate(address) ? `10.${count >> 16}.${rest}` : `198.${18 + (count >> 16)}.${rest}`;
    });
  }

  host(host: string): string {
    const address = withoutBrackets(host);
    if (addressBytes(address) === null) return this.#name('host', host, (count) => `host${count}.example`);
    return address.includes(':') ? `[${this.address(address)}]` : this.address(address);
  }

  user(user: string): string {
    const number = numberIn(user);
    if (number === null) return this.#name('user', user, (count) => `user${count}`);
    const bare = sameNumberAs(number);
    const other = this.#name('number', bare, (count) => `999${String(count).padStart(7, '0')}`);
    return `${number.slice(0, number.length - bare.length)}${other}`;
  }

  /** An address of record, a user or a host as an option names it. */
  named(name: string): string {
    const at = name.lastIndexOf('@');
    if (at >= 0) return `${this.user(name.slice(0, at))}@${this.host(name.slice(at + 1))}`;
    return name.includes('.') ? this.host(name) : this.user(name);
  }

  callId(callId: string): string {
    return this.#name('call', callId, (count) => `call${count}`);
  }

  /** A sentence, with the addresses in it. */
  text(text: string): string {
    return text
      .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, (address) =>
        addressBytes(address) === null ? address : this.address(address),
      )
      .replace(/\[([\da-f:]+)\]/gi, (whole, address: string) =>
        addressBytes(address) === null ? whole : `[${this.address(address)}]`,
      );
  }

  #header(message: SipMessage, { name, value }: Header): Header[] {
    if (plainHeaders.has(name)) return [{ name, value }];
    if (credentials.has(name)) return [{ name, value: value.split(' ', 1)[0] ?? '' }];
    if (name === 'Call-ID') return [{ name, value: this.callId(value) }];
    if (name === 'User-Agent') return [{ name, value: this.#product(value) }];
    if (name === 'Via') return headerValues({ headers: [{ name, value }] }, 'Via').flatMap((via) => this.#via(via));
    if (!addressHeaders.has(name)) return [];
    if (name === 'Contact' && contactsOf(message) === '*') return [{ name, value: '*' }];
    return headerValues({ headers: [{ name, value }] }, name).flatMap((one) => {
      const address = parseNameAddress(one);
      return address === undefined ? [] : [{ name, value: nameAddressText(this.#address(address)) }];
    });
  }

  #via(value: string): Header[] {
    const via = parseVia(value);
    if (via === undefined) return [];
    const params = new Map(
      [...via.params].flatMap(([name, param]): [string, string | null][] => {
        if (name === 'branch') return [[name, this.#name('branch', param ?? '', (count) => `z9hG4bK${count}`)]];
        if (name === 'received') return [[name, this.address(withoutBrackets(param ?? ''))]];
        return name === 'rport' ? [[name, param]] : [];
      }),
    );
    return [{ name: 'Via', value: viaText({ ...via, host: this.host(via.host), params }) }];
  }

  #address({ uri, params }: NameAddress): NameAddress {
    return { uri: this.#uri(uri), params: this.#params(params) };
  }

  #uri(uri: Uri): Uri {
    if (!isSipUri(uri)) return { scheme: uri.scheme, opaque: this.user(uri.opaque.split(';', 1)[0] ?? '') };
    const { scheme, host, port, params } = uri;
    return {
      scheme,
      ...(uri.user !== undefined && { user: this.user(unescaped(uri.user)) }),
      host: this.host(host),
      ...(port !== undefined && { port }),
      params: this.#params(params),
      headers: [],
    };
  }

  #params(params: ReadonlyMap<string, string | null>): Map<string, string | null> {
    return new Map(
      [...params].flatMap(([name, value]): [string, string | null][] => {
        if (plainParams.has(name)) return [[name, value]];
        if (name === 'tag') return [[name, this.#name('tag', value ?? '', (count) => `tag${count}`)]];
        if (name === '+sip.instance')
          return [[name, this.#name('instance', value ?? '', (count) => `<urn:x:${count}>`)]];
        if (name === 'received') return [[name, this.text(value ?? '')]];
        // That a device asks to be woken says what it is; its token is a secret.
        return name === 'pn-provider' ? [[name, value]] : [];
      }),
    );
  }

  #product(name: string): string {
    const kind = /push|sipis/i.test(name) ? 'push' : 'device';
    return this.#name(kind, name, (count) => `${kind}-${count}`);
  }

  #name(kind: string, given: string, make: (count: number) => string): string {
    const key = `${kind} ${given}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = make(count);
    this.#names.set(key, name);
    return name;
  }
}
