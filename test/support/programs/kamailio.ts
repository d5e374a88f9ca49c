import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { TlsIdentity } from '../../../src/sip/transports/openTransports.ts';
import { askOnce, freePort, loopback, optionsText } from './loopback.ts';
import { need, Program, testWith, until } from './program.ts';

export const kamailio = need('kamailio', 'kamailio', process.env.KAMAILIO_BIN, '/usr/sbin/kamailio');

/** A test that needs Kamailio. */
export const withKamailio = testWith(kamailio);

const moduleFolders = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib64',
];

/** A module of Kamailio that Debian packages apart. */
const neededModule = (name: string, packages: string) =>
  need(
    `module ${name} of Kamailio`,
    packages,
    ...moduleFolders.map((folder) => `${folder}/kamailio/modules/${name}.so`),
  );

const tlsModule = neededModule('tls', 'kamailio-tls-modules');
const httpModule = neededModule('http_client', 'kamailio-utils-modules');
const webSocketModule = neededModule('websocket', 'kamailio-websocket-modules');

/** Tests that need Kamailio with TLS, with WebSockets, and with both. */
export const withKamailioTls = testWith(kamailio, tlsModule);
/** A test that needs Kamailio with a client of HTTP. */
export const withPushingKamailio = testWith(kamailio, httpModule);
export const withKamailioWebSocket = testWith(kamailio, webSocketModule);
export const withKamailioSecureWebSocket = testWith(kamailio, tlsModule, webSocketModule);

/** What Kamailio is configured to do; without a word it is an ordinary registrar with several bindings. */
export interface KamailioPolicy {
  /**
   * What one binding too many meets: nothing (`multi`), 503, 403, 500, the new one alone remains (`overwrite`), or the one
   * registered longest ago goes (`replaceOldest`). Default `multi`.
   */
  readonly policy?: 'multi' | 'reject' | 'reject403' | 'reject500' | 'overwrite' | 'replaceOldest';
  /** Bindings an address of record may have, for the policies with a limit: 1, for `replaceOldest` 2. */
  readonly maximumContacts?: number;
  /** Retry-After of a 503, in seconds; 0 sends none. Default 0. */
  readonly retryAfterSeconds?: number;
  /** Holds an INVITE that finds nobody for so many milliseconds, and forks to bindings that come late. */
  readonly holdMs?: number;
  /** Asks for digest credentials: every user has this password. */
  readonly password?: string;
  /** Digest algorithm of the challenge. Default MD5. */
  readonly algorithm?: 'MD5' | 'SHA-256';
  /** Seconds for which a nonce is good. Default 300. */
  readonly nonceSeconds?: number;
  /** Challenges calls too, with 407. Needs a password. */
  readonly challengesCalls?: boolean;
  /** Shortest lifetime in seconds; a shorter wish gets 423 or is raised silently. Default none. */
  readonly minimumExpires?: { readonly seconds: number; readonly answer: 'intervalTooBrief' | 'raise' };
  /** Longest lifetime in seconds; a longer wish is lowered silently. Default 3600. */
  readonly maximumExpiresSeconds?: number;
  /** What an INVITE meets when nobody is registered. Default 404. */
  readonly withoutBinding?: 404 | 480;
  /** Calls only one binding instead of forking. */
  readonly forksToFirstOnly?: boolean;
  /** Where it listens on loopback. Default 127.0.0.1. */
  readonly host?: '127.0.0.1' | '::1';
  /** Speaks TLS with this identity, at the port after the first; `authorities` makes it ask clients for a certificate. */
  readonly tls?: TlsIdentity;
  /** Takes WebSockets (RFC 7118) at its TCP port and, with `tls`, at its TLS port. */
  readonly webSocket?: boolean;
  /** Seconds after which an idle TCP connection is closed, from the start or from the last message. Default 3605. */
  readonly connectionLifetimeSeconds?: number;
  /** A contact goes with the connection over which it was registered. */
  readonly bindingGoesWithConnection?: boolean;
  /** A REGISTER has a transaction, which absorbs its copies; without, each is processed anew. */
  readonly registerHasTransaction?: boolean;
  /**
   * Wakes phones through this push service, with the example's configuration instead, which of the rest knows the password
   * alone: `waitMs` is how long an INVITE waits, `authority` the certificate of a service over TLS. `refreshSeconds` before its
   * end a binding is refreshed by a push; without it, never.
   */
  readonly pushes?: {
    readonly url: string;
    readonly waitMs?: number;
    readonly authority?: string;
    readonly refreshSeconds?: number;
    /** The first REGISTER of a user lets the INVITE go to all bindings. */
    readonly toAll?: boolean;
  };
  /** UDP port on loopback to which all messages are mirrored as HEPv3. */
  readonly hepPort?: number;
}

/** A binding as the server itself knows it. */
export interface StoredBinding {
  readonly user: string;
  readonly contact: string;
  readonly callId: string;
  /** Seconds from now. */
  readonly expires: number;
}

const limits = { multi: 0, reject: 1, reject403: 1, reject500: 1, overwrite: 0, replaceOldest: 2 } as const;
const policyDefines = {
  multi: [],
  reject: [],
  reject403: ['REFUSAL_CODE=403'],
  reject500: ['REFUSAL_CODE=500'],
  overwrite: ['POLICY_OVERWRITE'],
  replaceOldest: ['POLICY_REPLACE_OLDEST'],
} as const;

function definesOf({ policy = 'multi', ...options }: KamailioPolicy): string[] {
  const { minimumExpires } = options;
  const values: readonly (readonly [string, string | number | undefined])[] = [
    ['MAX_CONTACTS', options.maximumContacts ?? limits[policy]],
    ['RETRY_AFTER', options.retryAfterSeconds],
    ['HOLD_MS', options.holdMs],
    ['MIN_EXPIRES', minimumExpires?.seconds],
    ['MIN_EXPIRES_MODE', minimumExpires?.answer === 'intervalTooBrief' ? 1 : undefined],
    ['MAX_EXPIRES', options.maximumExpiresSeconds],
    ['NONCE_EXPIRES', options.nonceSeconds],
    ['ALGORITHM', options.algorithm && `"${options.algorithm}"`],
    ['APPEND_BRANCHES', options.forksToFirstOnly ? 0 : undefined],
    ['CONNECTION_LIFETIME', options.connectionLifetimeSeconds],
    ['PUSH_URL', options.pushes && `"${options.pushes.url}"`],
    ['PUSH_WAIT', options.pushes?.waitMs],
    ['PUSH_REFRESH', options.pushes?.refreshSeconds],
    ['PUSH_AUTHORITIES', options.pushes?.authority && '"./authorities.pem"'],
    ['HEP_URI', options.hepPort && `"sip:${loopback}:${options.hepPort}"`],
  ];
  return [
    ...policyDefines[policy],
    ...(options.password === undefined ? [] : ['WITH_AUTH']),
    ...(options.tls === undefined ? [] : ['WITH_TLS']),
    ...(options.tls?.authorities === undefined ? [] : ['TLS_ASKS_CLIENTS']),
    ...(options.webSocket ? ['WITH_WS'] : []),
    ...(options.bindingGoesWithConnection ? ['LOST_TCP'] : []),
    ...(options.registerHasTransaction ? ['REGISTER_TRANSACTION'] : []),
    ...(options.challengesCalls ? ['CHALLENGES_CALLS'] : []),
    ...(options.pushes?.toAll ? ['PUSH_TO_ALL'] : []),
    ...(options.withoutBinding === 480 ? ['WITH_480'] : []),
    ...values.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
  ];
}

interface DumpedRecord {
  readonly Info: { readonly AoR: string; readonly Contacts: readonly { readonly Contact: DumpedContact }[] };
}
interface DumpedContact {
  readonly Address: string;
  readonly 'Call-ID': string;
  readonly Expires: number;
}

/** A running Kamailio. */
export class Kamailio {
  /** UDP and TCP port on loopback; the next one is that of TLS. */
  readonly port: number;
  readonly #host: string;
  readonly #program: Program;

  private constructor(host: string, port: number, program: Program) {
    this.#host = host;
    this.port = port;
    this.#program = program;
  }

  /**
   * Starts one on a free port, or on that of one that was closed; resolves when it answers OPTIONS. It ends with the test
   * file at the latest.
   */
  static async start(policy: KamailioPolicy = {}, wanted?: number): Promise<Kamailio> {
    const host = policy.host ?? loopback;
    for (let attempt = 0; ; attempt++) {
      const port = wanted ?? (await freePort());
      const program = new Program();
      if (policy.tls !== undefined) writeIdentity(program.folder, policy.tls);
      const authority = policy.pushes?.authority;
      if (authority !== undefined) writeFileSync(join(program.folder, 'authorities.pem'), authority);
      program.start(kamailio.binary, commandLine(program.folder, port, policy), {
        SIP_PASSWORD: policy.password ?? '',
      });
      try {
        await until(program, 'OPTIONS is answered', () => askOnce(port, optionsText(loopback, port), 100, host));
        return new Kamailio(host, port, program);
      } catch (error) {
        const isPortTaken = /Address already in use/.test(program.output);
        program.close();
        if (!isPortTaken || attempt === 3) throw error;
      }
    }
  }

  /** Calls a function of its JSON-RPC interface. Throws on an error of the server. */
  async rpc<Result>(method: string, ...params: readonly unknown[]): Promise<Result> {
    const request = { jsonrpc: '2.0', method, params, id: 1 };
    const response = await fetch(`http://${written(this.#host)}:${this.port}/RPC`, {
      method: 'POST',
      body: JSON.stringify(request),
    });
    const { result, error } = (await response.json()) as { result: Result; error?: { message: string } };
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** The ground truth: every binding that it has. */
  async bindings(): Promise<StoredBinding[]> {
    const { Domains } = await this.rpc<{ Domains: { Domain: { AoRs: DumpedRecord[] } }[] }>('ul.dump');
    return Domains.flatMap(({ Domain }) =>
      Domain.AoRs.flatMap(({ Info }) =>
        Info.Contacts.map(({ Contact }) => ({
          user: Info.AoR,
          contact: Contact.Address,
          callId: Contact['Call-ID'],
          expires: Contact.Expires,
        })),
      ),
    );
  }

  /** What it has written to its log. */
  get log(): string {
    return this.#program.output;
  }

  /** From now on it hears everything and says nothing. */
  freeze(): void {
    this.#program.freeze();
  }

  close(): void {
    this.#program.close();
  }
}

/** IPv6 in brackets, as in URIs. */
const written = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Its configuration finds the files in its working directory. */
function writeIdentity(folder: string, { key, certificate, authorities }: TlsIdentity): void {
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(folder, 'certificate.pem'), certificate);
  if (authorities !== undefined) writeFileSync(join(folder, 'authorities.pem'), authorities);
}

const ownConfiguration = fileURLToPath(new URL('./kamailio.cfg', import.meta.url));
const pushingConfiguration = fileURLToPath(new URL('../../../examples/kamailio-push.cfg', import.meta.url));

function commandLine(folder: string, port: number, policy: KamailioPolicy): string[] {
  const file = policy.pushes === undefined ? ownConfiguration : pushingConfiguration;
  const defines = definesOf(policy).flatMap((define) => ['-A', define]);
  const address = written(policy.host ?? loopback);
  const plain = ['udp', 'tcp'].map((transport) => `${transport}:${address}:${port}`);
  const encrypted = policy.tls === undefined ? [] : [`tls:${address}:${port + 1}`];
  const listen = [...plain, ...encrypted].flatMap((one) => ['-l', one]);
  // One worker: with several, answers that come back to back are reordered.
  const processes = ['-n', '1', '-N', '1', '-m', '64', '-M', '8'];
  return [
    '-DD',
    '-E',
    '-f',
    file,
    '-Y',
    folder,
    '-w',
    folder,
    '-P',
    `${folder}/pid`,
    ...processes,
    ...listen,
    ...defines,
  ];
}
