import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { selfSigned } from '../sip/transports/certificates.ts';
import { Kamailio, withKamailioTls } from '../support/programs/kamailio.ts';
import { ringproof } from '../support/programs/ringproof.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A server whose certificate signs itself, and that asks for the same one. */
async function started() {
  const identity = selfSigned();
  const own = mkdtempSync(join(folder, 'identity-'));
  const [certificate, key] = [join(own, 'certificate.pem'), join(own, 'key.pem')];
  writeFileSync(certificate, identity.certificate);
  writeFileSync(key, identity.key);
  const real = await Kamailio.start({ tls: { ...identity, authorities: identity.certificate } });
  const server = ['--server', `sip:127.0.0.1:${real.port + 1};transport=tls`, '--user', 'alice'];
  const identified = ['--tls-certificate', certificate, '--tls-key', key];
  const live = (...args: readonly string[]) => ringproof(['live', ...server, ...args]);
  return { real, live, own: identified, authority: ['--tls-ca', certificate] };
}

describe.concurrent('live over TLS', () => {
  withKamailioTls('what a certificate must be is said, and nothing is counted where it is not', async () => {
    const { real, live, own, authority } = await started();
    const refused = async (args: readonly string[], found: RegExp) => {
      const { status, stdout, stderr } = await live(...args);
      expect(stderr).toMatch(found);
      expect(stderr).toContain('with a certificate for its name that --tls-ca or the usual authorities have signed');
      expect([status, stdout]).toEqual([2, '']);
    };
    await refused(own, /found self-signed certificate;/);
    await refused([...own, ...authority, '--tls-server-name', 'pbx.example.org'], /found Hostname\/IP does not match/);
    await refused(authority, /found the server closed the connection/);
    real.close();
  });

  withKamailioTls('any certificate is taken if the user says so, and the output says it too', async () => {
    const { real, live, own } = await started();
    const { status, stdout } = await live(...own, '--insecure-tls', '--profile', 'multi');
    expect(stdout).toContain('the certificate of the server was not verified (--insecure-tls)');
    expect(stdout).toMatch(/calls undecided +0 of 1 +0 of 1\n/);
    expect(status).toBe(0);
    real.close();
  });
});
