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

/** A REGISTER in plain text, without the code under test; the same again for the same registration and port. */
export const registerText =
  ({ user = 'alice', contacts = [], ...rest }: Registration) =>
  (ownPort: number): string => {
    const { expires = 600, callId = contacts.join(), sequence = 1 } = rest;
    const branch = `z9hG4bK${ownPort}${sequence}${callId.replace(/\W/g, '')}`;
    return [
      `REGISTER sip:${loopback} SIP/2.0`,
      `Via: SIP/2.0/UDP ${loopback}:${ownPort};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: <sip:${user}@${loopback}>;tag=${ownPort}`,
      `To: <sip:${user}@${loopback}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${sequence} REGISTER`,
      ...contacts.map((contact) => `Contact: ${contact}`),
      `Expires: ${expires}`,
      'Content-Length: 0\r\n\r\n',
    ].join('\r\n');
  };

/** Sends one REGISTER and resolves with the first answer. */
export const register = (port: number, registration: Registration) => askOnce(port, registerText(registration), 60_000);
