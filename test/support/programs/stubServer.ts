import { headerValue, headerValues } from '../../../src/sip/message/headers.ts';
import type { SipRequest } from '../../../src/sip/message/message.ts';
import { parseMessage } from '../../../src/sip/message/parse.ts';
import { responseTo } from '../../../src/sip/message/response.ts';
import { serialise } from '../../../src/sip/message/serialise.ts';
import { loopback, udpSocket } from './loopback.ts';

/** A SIP server of a test: it answers each request with a status, or not at all where that is null. */
export interface StubServer {
  readonly port: number;
  close(): void;
}

/**
 * Starts one over UDP. It says of a REGISTER that it takes what it is given; who is called never rings.
 * @param removes whether an un-REGISTER does what it asks for, or nothing
 */
export async function stubServer(
  statusOf: (request: SipRequest) => number | null,
  removes = true,
): Promise<StubServer> {
  const socket = await udpSocket();
  socket.on('message', (bytes, { port, address }) => {
    const request = parseMessage(bytes);
    if (request.kind !== 'request') return;
    const status = statusOf(request);
    if (status === null) return;
    const isBound = request.method === 'REGISTER' && !(removes && isRemoval(request));
    const taken = status < 300 && isBound ? headerValues(request, 'Contact') : [];
    const headers = taken.map((value) => ({
      name: 'Contact',
      value: `${value.replace(/;expires=\d+/, '')};expires=600`,
    }));
    const answer = responseTo(request, status, { headers, ...(status > 100 && { toTag: 'stub' }) });
    socket.send(serialise(answer), port, address);
  });
  const { port } = socket.address();
  return { port, close: () => socket.close() };
}

const isRemoval = (request: SipRequest): boolean =>
  headerValue(request, 'Expires') === '0' || headerValues(request, 'Contact').some((one) => one.endsWith(';expires=0'));

export const stubAddress = ({ port }: StubServer): string => `sip:${loopback}:${port}`;
