import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { TlsIdentity } from '../../../src/sip/transports/openTransports.ts';
import { need, testWith } from '../../support/programs/program.ts';

export const openssl = need('openssl', 'openssl', process.env.OPENSSL_BIN, 'openssl');

/** A test that needs openssl. */
export const withOpenssl = testWith(openssl);

/** A key and a certificate for 127.0.0.1 and localhost that signs itself, made now and kept nowhere. */
export function selfSigned(): TlsIdentity {
  const folder = mkdtempSync(join(tmpdir(), 'ringproof-tls-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  try {
    writeFileSync(key, '');
    const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
    const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const subject = ['-subj', '/CN=localhost', '-addext', names];
    execFileSync(openssl.binary, ['req', ...options, ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
