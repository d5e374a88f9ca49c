import type { Header, SipMessage } from './message.ts';

/** A line break inside a header would make another header of the rest; no other place can end a value. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');

const headerLine = ({ name, value }: Header): string => `${oneLine(name)}: ${oneLine(value)}\r\n`;

const startLine = (message: SipMessage): string =>
  message.kind === 'request'
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`;

/** The message as bytes; its Content-Length is computed, whatever the headers say (RFC 3261 20.14). */
export function serialise(message: SipMessage): Uint8Array {
  const headers = message.headers.filter(({ name }) => name !== 'Content-Length');
  const length: Header = { name: 'Content-Length', value: String(message.body.length) };
  const head = `${oneLine(startLine(message))}\r\n${[...headers, length].map(headerLine).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), message.body]);
}
