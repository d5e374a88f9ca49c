import { looksLikeHep } from './hep.ts';
import { HepStream } from './hepStream.ts';
import { SipStream } from './sipStream.ts';
import type { StreamItem, StreamReader } from './streamReader.ts';
import { beginsWebSocket, looksLikeWebSocket, WebSocketStream } from './webSocketStream.ts';

/** A stream of which is known what it is, and no more. */
class UnreadableStream implements StreamReader {
  readonly waiting = 0;
  readonly unreadable: string;

  constructor(what: string) {
    this.unreadable = what;
  }

  add(): StreamItem[] {
    return [];
  }

  cut(): void {
    // Nothing waits.
  }
}

/**
 * A record of TLS (RFC 8446 5.1), also in the midst of a connection: type, version 3.x, and at most 2^14 + 2048 bytes
 * (RFC 5246 6.2.3).
 */
function looksLikeTls(bytes: Buffer): boolean {
  const [type = 0, major, minor = 255] = bytes;
  const isRecord = type >= 0x14 && type <= 0x17 && major === 3 && minor <= 4;
  return isRecord && (bytes.length < 5 || bytes.readUInt16BE(3) <= 18_432);
}

/** The reader for a stream of which these bytes are the first that are seen, or that follow on nothing that was SIP. */
export function readerFor(bytes: Buffer): StreamReader {
  if (looksLikeTls(bytes)) return new UnreadableStream('TLS');
  if (looksLikeHep(bytes)) return new HepStream();
  if (beginsWebSocket(bytes) || looksLikeWebSocket(bytes)) return new WebSocketStream();
  return new SipStream();
}
