import type { Endpoint, Transport } from '../../src/capture/endpoint.ts';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';

export const caller: Endpoint = { address: '192.0.2.1', port: 5060 };
export const server: Endpoint = { address: '198.51.100.2', port: 5060 };
export const app: Endpoint = { address: '203.0.113.5', port: 49_152 };
export const pushServer: Endpoint = { address: '203.0.113.9', port: 5060 };

/** 2026-01-01 00:00 UTC. */
const startMs = 1_767_225_600_000;

interface RegisterOptions {
  readonly expires?: number;
  /** Contacts in the 200; default: the own one, or none after an un-REGISTER. */
  readonly listed?: readonly Endpoint[];
  readonly answer?: string;
  readonly answerHeaders?: readonly string[];
  /** Milliseconds until the answer; null for none. */
  readonly answerMs?: number | null;
  readonly contact?: string;
  /** Parameters of the Contact, from the semicolon on. */
  readonly contactParams?: string;
  readonly headers?: readonly string[];
}

/** What a call does after so many milliseconds. */
interface CallOptions {
  /** Devices to which the server sends it. */
  readonly to?: readonly Endpoint[];
  /** Milliseconds until each of them alerts; null for never. */
  readonly alertMs?: number | null;
  /** The final answer, as the caller gets it; null for none. */
  readonly final?: string | null;
  readonly finalMs?: number;
  readonly cancelMs?: number;
  /** Whether devices send the final answer themselves. */
  readonly finalByDevice?: boolean;
}

const contactOf = ({ address, port }: Endpoint): string => `sip:alice@${address}:${port}`;

/** Writes the SIP of a small network as packets: REGISTERs, calls and what the server answers. Dates are given in milliseconds. */
export class Traffic {
  readonly packets: WrittenPacket[] = [];
  readonly #transport: Transport;
  readonly #sequences = new Map<string, number>();
  #calls = 0;

  constructor(transport: Transport = 'udp') {
    this.#transport = transport;
  }

  /** In the order of their dates. */
  get sorted(): WrittenPacket[] {
    return this.packets.toSorted((one, other) => one.atMs - other.atMs);
  }

  send(atMs: number, source: Endpoint, destination: Endpoint, lines: readonly string[]): void {
    const payload = Buffer.from([...lines, 'Content-Length: 0', '', ''].join('\r\n'));
    this.packets.push({ atMs: startMs + atMs, source, destination, transport: this.#transport, payload });
  }

  register(atMs: number, from: Endpoint, options: RegisterOptions = {}): this {
    const { expires = 600, answer = '200 OK', answerMs = 10, contact = contactOf(from), headers = [] } = options;
    const callId = `register-${from.address}`;
    const sequence = (this.#sequences.get(callId) ?? 0) + 1;
    this.#sequences.set(callId, sequence);
    const common = [
      `Via: SIP/2.0/UDP ${from.address}:${from.port};branch=z9hG4bK${callId}${sequence}`,
      'From: <sip:alice@example.org>;tag=r',
      'To: <sip:alice@example.org>',
      `Call-ID: ${callId}`,
      `CSeq: ${sequence} REGISTER`,
    ];
    this.send(atMs, from, server, [
      'REGISTER sip:example.org SIP/2.0',
      ...common,
      'Max-Forwards: 70',
      `Contact: <${contact}>${options.contactParams ?? ''}`,
      `Expires: ${expires}`,
      ...headers,
    ]);
    if (answerMs === null) return this;
    const listed = options.listed?.map(contactOf) ?? (expires === 0 ? [] : [contact]);
    const contacts = answer.startsWith('200') ? listed.map((uri) => `Contact: <${uri}>;expires=600`) : [];
    this.send(atMs + answerMs, server, from, [
      `SIP/2.0 ${answer}`,
      ...common,
      ...contacts,
      ...(options.answerHeaders ?? []),
    ]);
    return this;
  }

  unregister(atMs: number, from: Endpoint, options: RegisterOptions = {}): this {
    return this.register(atMs, from, { ...options, expires: 0 });
  }

  call(atMs: number, options: CallOptions = {}): this {
    const {
      to = [],
      alertMs = 200,
      final = to.length > 0 ? '200 OK' : '404 Not Found',
      finalMs = 1_000,
      cancelMs,
    } = options;
    const callId = `call-${++this.#calls}`;
    const common = (branch: string, tag: string, method: string) => [
      `Via: SIP/2.0/UDP ${branch};branch=z9hG4bK${branch}${callId}`,
      'From: <sip:bob@example.net>;tag=c',
      `To: <sip:alice@example.org>${tag === '' ? '' : `;tag=${tag}`}`,
      `Call-ID: ${callId}`,
      `CSeq: 1 ${method}`,
    ];
    const invite = (uri: string, branch: string) => [
      `INVITE ${uri} SIP/2.0`,
      ...common(branch, '', 'INVITE'),
      'Max-Forwards: 70',
      'Contact: <sip:bob@192.0.2.1>',
    ];
    const answer = (status: string, branch: string, tag: string, method = 'INVITE') => [
      `SIP/2.0 ${status}`,
      ...common(branch, tag, method),
      ...(status.startsWith('2') && method === 'INVITE' ? ['Contact: <sip:alice@198.51.100.2>'] : []),
    ];
    this.send(atMs, caller, server, invite('sip:alice@example.org', 'caller'));
    for (const [index, device] of to.entries()) {
      const [branch, tag] = [`leg${index}`, `device${index}`];
      this.send(atMs + 5, server, device, invite(contactOf(device), branch));
      if (alertMs !== null) {
        this.send(atMs + alertMs, device, server, answer('180 Ringing', branch, tag));
        this.send(atMs + alertMs + 5, server, caller, answer('180 Ringing', 'caller', tag));
      }
      if (final !== null && cancelMs === undefined && index === 0 && (options.finalByDevice ?? final.startsWith('2'))) {
        this.send(atMs + finalMs - 5, device, server, answer(final, branch, tag));
      }
    }
    if (cancelMs !== undefined) {
      this.send(atMs + cancelMs, caller, server, [
        'CANCEL sip:alice@example.org SIP/2.0',
        ...common('caller', '', 'CANCEL'),
        'Max-Forwards: 70',
      ]);
      this.send(atMs + cancelMs + 5, server, caller, answer('200 OK', 'caller', 's', 'CANCEL'));
      this.send(atMs + cancelMs + 10, server, caller, answer('487 Request Terminated', 'caller', 's'));
    } else if (final !== null) {
      this.send(atMs + finalMs, server, caller, answer(final, 'caller', to.length > 0 ? 'device0' : 's'));
    }
    return this;
  }
}

/** What each mode looks like on the wire, once through all of a day: opened, left, and a call in each state. */
export const modeTraffic = {
  standard: () =>
    new Traffic()
      .register(0, pushServer)
      .register(10_000, app, { listed: [app, pushServer] })
      .unregister(10_100, pushServer, { listed: [app] })
      .call(20_000, { to: [app] })
      .register(30_000, pushServer, { listed: [app, pushServer] })
      .unregister(30_100, app, { listed: [pushServer] })
      .call(40_000, { to: [pushServer] }),
  singleDeviceEmulation: () =>
    new Traffic()
      .register(0, pushServer)
      .unregister(10_000, pushServer)
      .register(10_200, app)
      .call(20_000, { to: [app] })
      .unregister(30_000, app)
      .register(30_200, pushServer)
      .call(40_000, { to: [pushServer] }),
  continuous: () =>
    new Traffic()
      .register(0, pushServer)
      .call(20_000, { to: [pushServer] })
      .register(25_000, pushServer)
      .call(40_000, { to: [pushServer] }),
  singleDeviceTakeover: () =>
    new Traffic()
      .register(0, pushServer)
      .register(10_000, app)
      .call(20_000, { to: [app] })
      .register(30_000, pushServer)
      .call(40_000, { to: [pushServer] })
      .register(50_000, app)
      .call(70_000, { to: [app] }),
} as const;

/** The loss of Single Device Emulation: a call between un-REGISTER and REGISTER. */
export const lostInGap = () =>
  new Traffic()
    .register(0, pushServer)
    .unregister(10_000, pushServer)
    .call(10_125, { finalMs: 20, final: '480 Temporarily Unavailable' })
    .register(10_200, app)
    .call(20_000, { to: [app] });
