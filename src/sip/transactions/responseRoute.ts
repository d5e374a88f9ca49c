import { headerValues, topVia, withHeader } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { type Via, viaText } from '../message/via.ts';
import type { Remote, Source } from '../transports/transport.ts';

const withoutBrackets = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host);

/**
 * The request with where it really came from in its topmost Via: `received` where the host there is another one
 * (RFC 3261 18.2.1), and `rport` with `received` where it was asked for (RFC 3581 4).
 */
export function withSource(request: SipRequest, source: Source): SipRequest {
  const via = topVia(request);
  if (via === undefined) return request;
  const asksForPort = via.params.has('rport');
  if (!asksForPort && withoutBrackets(via.host) === source.host) return request;
  const params = new Map(via.params).set('received', source.host);
  if (asksForPort) params.set('rport', String(source.port));
  const [, ...others] = headerValues(request, 'Via');
  return { ...request, headers: withHeader(request.headers, 'Via', viaText({ ...via, params }), ...others) };
}

const defaultPort = (transport: string): number => (transport === 'TLS' ? 5061 : 5060);

const portOf = (via: Via, source: Source): number => {
  const rport = source.transport === 'UDP' && via.params.has('rport') ? source.port : undefined;
  return rport ?? via.port ?? defaultPort(source.transport);
};

/**
 * Where the responses to a request go (RFC 3261 18.2.2, RFC 3581 4): over its connection where there is one; else to
 * `maddr`, or to the address it came from, at the port it came from where `rport` asks for that, else at that of the Via.
 */
export function responseRoute(request: SipRequest, source: Source): Remote {
  const { transport, connection } = source;
  const via = topVia(request);
  if (via === undefined) return source;
  const multicast = transport === 'UDP' ? via.params.get('maddr') : undefined;
  const port = portOf(via, source);
  return { transport, host: multicast ?? source.host, port, ...(connection !== undefined && { connection }) };
}
