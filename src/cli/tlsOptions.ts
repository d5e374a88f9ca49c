import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { TlsClient } from '../sip/transports/diallers.ts';
import type { Remote } from '../sip/transports/transport.ts';
import { readText, refuse } from './files.ts';
import { serverText } from './liveOptions.ts';

/** What the user said about TLS: names of files, never their contents. */
export interface TlsCommandOptions {
  readonly tlsCa?: string;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
  readonly insecureTls?: boolean;
}

/** Adds the options of TLS to a command. */
export const withTlsOptions = (command: Command): Command =>
  command
    .addOption(new Option('--tls-ca <file>', 'certificates (PEM) of who may have signed that of the server'))
    .addOption(new Option('--tls-certificate <file>', 'own certificate (PEM), for a server that asks for one'))
    .addOption(new Option('--tls-key <file>', 'the key (PEM) of --tls-certificate'))
    .addOption(new Option('--tls-server-name <name>', 'name in the certificate of the server (default: its host)'))
    .addOption(new Option('--insecure-tls', 'take any certificate of the server, which the output says'));

const certificatePattern = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates in a file. */
function certificatesIn(file: string): X509Certificate[] {
  const found =
    readText(file).match(certificatePattern) ?? refuse(file, 'no certificate', 'PEM: -----BEGIN CERTIFICATE-----');
  return found.map((text, index) => {
    try {
      return new X509Certificate(text);
    } catch {
      return refuse(
        file,
        `a certificate that cannot be read (the ${index + 1}. of the file)`,
        'an X.509 certificate in PEM',
      );
    }
  });
}

function keyIn(file: string) {
  const text = readText(file);
  if (/ENCRYPTED/.test(text)) refuse(file, 'a key that is encrypted', 'a key without a passphrase');
  try {
    return { text, key: createPrivateKey(text) };
  } catch {
    return refuse(file, 'no private key', 'PEM: -----BEGIN PRIVATE KEY-----');
  }
}

/** A certificate and its key, where both are named; `whose` is how the names of the two options begin. */
export function identityIn(
  certificateFile: string | undefined,
  keyFile: string | undefined,
  whose: 'tls' | 'push',
): Pick<TlsClient, 'certificate' | 'key'> {
  if (certificateFile === undefined && keyFile === undefined) return {};
  const [certificateOption, keyOption] = [`--${whose}-certificate`, `--${whose}-key`];
  if (certificateFile === undefined) return refuse(keyOption, `no ${certificateOption} with it`, 'both, or neither');
  if (keyFile === undefined) return refuse(certificateOption, `no ${keyOption} with it`, 'both, or neither');
  const [certificate] = certificatesIn(certificateFile);
  const { text, key } = keyIn(keyFile);
  if (certificate?.checkPrivateKey(key) !== true)
    refuse(keyFile, 'another key', `the key of the first certificate in ${certificateFile}`);
  return { certificate: readText(certificateFile), key: text };
}

const optionNames = {
  tlsCa: '--tls-ca',
  tlsCertificate: '--tls-certificate',
  tlsKey: '--tls-key',
  tlsServerName: '--tls-server-name',
  insecureTls: '--insecure-tls',
} as const;

/** What is known for TLS with a server; undefined where none is spoken. Refuses what contradicts itself or cannot be read. */
export function tlsFrom(server: Remote, options: TlsCommandOptions): TlsClient | undefined {
  const given = Object.entries(optionNames).filter(([key]) => options[key as keyof typeof optionNames] !== undefined);
  if (server.transport !== 'TLS' && server.transport !== 'WSS') {
    const [first] = given;
    if (first !== undefined) refuse(first[1], serverText(server), 'transport=tls or transport=wss with it');
    return undefined;
  }
  const { tlsCa, tlsServerName, insecureTls } = options;
  if (insecureTls && (tlsCa !== undefined || tlsServerName !== undefined))
    refuse(
      '--insecure-tls',
      tlsCa === undefined ? '--tls-server-name with it' : '--tls-ca with it',
      'one or the other',
    );
  return {
    ...identityIn(options.tlsCertificate, options.tlsKey, 'tls'),
    ...(tlsCa !== undefined && certificatesIn(tlsCa).length > 0 && { authorities: readText(tlsCa) }),
    ...(tlsServerName !== undefined && { serverName: tlsServerName }),
    ...(insecureTls && { isInsecure: true }),
  };
}

/** What the output says of a connection whose other end may be anybody. */
export const insecureText = 'the certificate of the server was not verified (--insecure-tls)';
