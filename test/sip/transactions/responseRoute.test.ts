import { describe, expect, it } from 'vitest';
import { headerValue } from '../../../src/sip/message/headers.ts';
import { responseRoute, withSource } from '../../../src/sip/transactions/responseRoute.ts';
import { permittedHost } from '../../../src/sip/transports/allowedHosts.ts';
import type { Source } from '../../../src/sip/transports/transport.ts';
import { newRequest } from './requests.ts';

const udp: Source = { transport: 'UDP', host: '127.0.0.9', port: 7_000, local: { host: '127.0.0.1', port: 5_060 } };
const tcp: Source = { ...udp, transport: 'TCP', connection: 4 };

const withVia = (value: string) => {
  const request = newRequest('OPTIONS');
  return { ...request, headers: [{ name: 'Via', value }, ...request.headers] };
};

describe('a request is marked with where it came from (RFC 3261 18.2.1, 3581 4)', () => {
  it.each([
    ['SIP/2.0/UDP 127.0.0.9;branch=x', 'SIP/2.0/UDP 127.0.0.9;branch=x'],
    ['SIP/2.0/UDP host.example;branch=x', 'SIP/2.0/UDP host.example;branch=x;received=127.0.0.9'],
    ['SIP/2.0/UDP 127.0.0.9;rport', 'SIP/2.0/UDP 127.0.0.9;rport=7000;received=127.0.0.9'],
    ['SIP/2.0/UDP 127.0.0.9;received=192.0.2.1;rport=1', 'SIP/2.0/UDP 127.0.0.9;received=127.0.0.9;rport=7000'],
  ])('%s', (value, marked) => expect(headerValue(withSource(withVia(value), udp), 'Via')).toBe(marked));
});

describe('responses go (RFC 3261 18.2.2)', () => {
  it.each([
    ['to the port that it came from where rport asks', 'SIP/2.0/UDP h:5070;rport', { host: '127.0.0.9', port: 7_000 }],
    ['else to that of the Via', 'SIP/2.0/UDP h:5070', { host: '127.0.0.9', port: 5_070 }],
    ['else to 5060', 'SIP/2.0/UDP h', { host: '127.0.0.9', port: 5_060 }],
    ['to maddr', 'SIP/2.0/UDP h:5070;maddr=127.0.0.7', { host: '127.0.0.7', port: 5_070 }],
  ])('%s', (_, value, expected) => {
    expect(responseRoute(withSource(withVia(value), udp), udp)).toEqual({ transport: 'UDP', ...expected });
  });

  it('over the connection, and where that is gone to the port of the Via', () => {
    const request = withVia('SIP/2.0/TCP h:5070;rport;maddr=127.0.0.7');
    expect(responseRoute(request, tcp)).toEqual({ transport: 'TCP', host: '127.0.0.9', port: 5_070, connection: 4 });
    const overTls = responseRoute(withVia('SIP/2.0/TLS h'), { ...tcp, transport: 'TLS' });
    expect(overTls).toMatchObject({ transport: 'TLS', port: 5_061 });
  });
});

describe('hosts', () => {
  it('are allowed by name or address, in any capitalisation; loopback always', () => {
    expect(permittedHost('PBX.example', ['192.0.2.7', 'pbx.EXAMPLE'])).toBe('PBX.example');
    expect(permittedHost('192.0.2.7', ['192.0.2.7'])).toBe('192.0.2.7');
    expect(permittedHost('LocalHost', [])).toBe('127.0.0.1');
    expect(['127.8.9.1', '::1'].map((host) => permittedHost(host, []))).toEqual(['127.8.9.1', '::1']);
    expect(permittedHost('192.0.2.8', ['192.0.2.7'])).toEqual({
      reason: 'found host 192.0.2.8; expected loopback or a host that you have allowed (192.0.2.7)',
    });
  });
});
