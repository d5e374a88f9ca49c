import { askOnce, loopback } from './loopback.ts';

/** What a REGISTER asks for. */
export interface Registration {
  readonly user?: string;
  /** Contact header fields as they are sent. */
  readonly contacts?: readonly string[];
  readonly expires?: number;
  readonly callId?: string;
  readonly sequence?: number;
}

/** Sends one REGISTER in plain text, without the code under test. Resolves with the first answer. */
export function register(port: number, { user = 'alice', contacts = [], ...rest }: Registration) {
  const { expires = 600, callId = contacts.join(), sequence = 1 } = rest;
  return askOnce(
    port,
    (ownPort) =>
      [
        `REGISTER sip:${loopback} SIP/2.0`,
        `Via: SIP/2.0/UDP ${loopback}:${ownPort};branch=z9hG4bK${ownPort}${sequence};rport`,
        'Max-Forwards: 70',
        `From: <sip:${user}@${loopback}>;tag=${ownPort}`,
        `To: <sip:${user}@${loopback}>`,
        `Call-ID: ${callId}`,
        `CSeq: ${sequence} REGISTER`,
        ...contacts.map((contact) => `Contact: ${contact}`),
        `Expires: ${expires}`,
        'Content-Length: 0\r\n\r\n',
      ].join('\r\n'),
    60_000,
  );
}
