import { describe, expect } from 'vitest';
import { isOpen } from '../../src/probe/experiment.ts';
import { axesOf } from '../../src/probe/probe.ts';
import type { TransportName } from '../../src/sip/transports/transport.ts';
import { selfSigned } from '../sip/transports/certificates.ts';
import {
  Kamailio,
  withKamailio,
  withKamailioSecureWebSocket,
  withKamailioTls,
  withKamailioWebSocket,
} from '../support/programs/kamailio.ts';
import { session } from './probeSession.ts';

const password = 'a secret of the tests';

describe.concurrent('a real Kamailio is probed over every transport that it takes', () => {
  const learns = async (transport: TransportName, host: '127.0.0.1' | '::1' = '127.0.0.1') => {
    const isEncrypted = transport === 'TLS' || transport === 'WSS';
    const identity = isEncrypted ? selfSigned() : undefined;
    const tls = identity && { ...identity, authorities: identity.certificate };
    const webSocket = transport.startsWith('W');
    const real = await Kamailio.start({ policy: 'overwrite', password, host, webSocket, ...(tls && { tls }) });
    const port = isEncrypted ? real.port + 1 : real.port;
    const report = await session(port, { password, transport, host, ...(tls && { tls }) });
    expect(report).toMatchObject({ failure: null, leftBehind: [], doubts: [] });
    expect(report.findings.filter(isOpen)).toEqual([]);
    expect(axesOf(report.findings)).toMatchObject({ capacity: 1, whenFull: { do: 'overwrite' }, digest: true });
    expect(await real.bindings()).toEqual([]);
    real.close();
  };

  withKamailio('UDP over IPv6', () => learns('UDP', '::1'));
  withKamailio('TCP', () => learns('TCP'));
  withKamailio('TCP over IPv6', () => learns('TCP', '::1'));
  withKamailioTls('TLS, each side with a certificate', () => learns('TLS'));
  withKamailioWebSocket('WebSocket', () => learns('WS'));
  withKamailioSecureWebSocket('WebSocket over TLS', () => learns('WSS'));
});
