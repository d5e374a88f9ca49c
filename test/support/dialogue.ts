import type { Endpoint } from '../../src/capture/endpoint.ts';
import { caller, server, type Traffic } from './traffic.ts';

interface InviteOptions {
  readonly uri?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly sequence?: number;
  readonly from?: Endpoint;
  readonly at?: Endpoint;
  readonly user?: string;
  readonly headers?: readonly string[];
  /** Of its Via, where a name is not to be made of all else. */
  readonly branch?: string;
}

interface ReplyOptions extends InviteOptions {
  readonly contact?: string;
  readonly tag?: string;
}

const branchOf = ({ callId, sequence, from, branch }: InviteOptions): string =>
  `z9hG4bK-${branch ?? callId ?? 'one'}-${sequence ?? 1}-${from?.port ?? 0}`;

const lines = (start: string, options: InviteOptions, tag: string): string[] => {
  const { to, callId, sequence, user, headers, from } = options;
  return [
    start,
    `Via: SIP/2.0/UDP ${from?.address ?? 'caller'};branch=${branchOf(options)}`,
    `From: <sip:${user ?? 'bob'}@example.net>;tag=c`,
    `To: <${to ?? 'sip:alice@example.org'}>${tag}`,
    `Call-ID: ${callId ?? 'one'}`,
    `CSeq: ${sequence ?? 1} INVITE`,
    ...(headers ?? []),
  ];
};

/** An INVITE, by default of the caller for alice. */
export function invite(traffic: Traffic, atMs: number, options: InviteOptions = {}): Traffic {
  const { uri = 'sip:alice@example.org', from = caller, at = server } = options;
  const contact = `Contact: <sip:bob@${from.address}>`;
  traffic.send(atMs, from, at, [...lines(`INVITE ${uri} SIP/2.0`, options, ''), 'Max-Forwards: 70', contact]);
  return traffic;
}

/** The answer to an INVITE with the same options: it goes the other way. */
export function reply(traffic: Traffic, atMs: number, status: string, options: ReplyOptions = {}): Traffic {
  const { from = caller, at = server, contact, tag = 's' } = options;
  const contacts = contact === undefined ? [] : [`Contact: <${contact}>`];
  traffic.send(atMs, at, from, [...lines(`SIP/2.0 ${status}`, options, `;tag=${tag}`), ...contacts]);
  return traffic;
}
