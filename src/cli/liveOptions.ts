import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import process from 'node:process';
import { InvalidArgumentError } from 'commander';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { isSipUri, parseUri } from '../sip/message/uri.ts';
import { isLoopback } from '../sip/transports/allowedHosts.ts';
import { type Remote, transportNames } from '../sip/transports/transport.ts';
import { readText, refuse } from './files.ts';

const usualPort = { UDP: 5060, TCP: 5060, TLS: 5061, WS: 80, WSS: 443 } as const;

const parameterOf = { UDP: 'udp', TCP: 'tcp', TLS: 'tls', WS: 'ws', WSS: 'wss' } as const;

/** A WebSocket server by its URL, which has a path (RFC 7118 4, RFC 6455 3). */
function parseWebSocket(text: string): Remote {
  const found = URL.canParse(text) ? new URL(text) : undefined;
  if (found === undefined || found.username !== '' || found.search !== '' || found.hash !== '') {
    throw new InvalidArgumentError(
      'expected a WebSocket server such as ws://127.0.0.1:8080/ws or wss://pbx.example.org',
    );
  }
  const transport = found.protocol === 'wss:' ? 'WSS' : 'WS';
  const port = found.port === '' ? usualPort[transport] : Number(found.port);
  return { host: found.hostname.replace(/^\[|\]$/g, ''), port, transport, path: found.pathname };
}

/**
 * A SIP server as users write it: `sip:HOST[:PORT][;transport=udp|tcp|tls|ws|wss]`, `sips:` for TLS (RFC 3261 19.1.1), or the
 * URL of a WebSocket.
 */
export function parseServer(text: string): Remote {
  if (/^wss?:/i.test(text)) return parseWebSocket(text);
  const uri = parseUri(text);
  if (uri === undefined || !isSipUri(uri) || uri.user !== undefined) {
    throw new InvalidArgumentError('expected a server such as sip:127.0.0.1:5060 or sip:pbx.example.org;transport=tcp');
  }
  const unknown = [...uri.params.keys()].find((name) => name !== 'transport');
  if (unknown !== undefined) throw new InvalidArgumentError(`found ;${unknown}; expected no parameter but ;transport=`);
  const named = uri.params.get('transport')?.toUpperCase() ?? (uri.scheme === 'sips' ? 'TLS' : 'UDP');
  const transport = transportNames.find((name) => name === named);
  if (transport === undefined) {
    const hint = nearestWord(named, transportNames)?.toLowerCase();
    throw new InvalidArgumentError(
      `found transport=${named.toLowerCase()}; expected udp, tcp, tls, ws or wss${hint === undefined ? '' : `; did you mean ${hint}?`}`,
    );
  }
  if (uri.scheme === 'sips' && transport !== 'TLS' && transport !== 'WSS') {
    throw new InvalidArgumentError(`found sips: with transport=${named.toLowerCase()}; expected tls or wss with it`);
  }
  if (uri.port === 0) throw new InvalidArgumentError('found port 0; expected a port from 1 to 65535');
  return { host: uri.host.replace(/^\[|\]$/g, ''), port: uri.port ?? usualPort[transport], transport };
}

/** Where the other side of a run listens: on this machine, as nothing is sent elsewhere that the user has not named. */
export function controlUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || !isLoopback(url.hostname)) {
    throw new InvalidArgumentError('expected an address on this machine such as http://127.0.0.1:8080');
  }
  return url;
}

/** A host as it stands in a URI: IPv6 in brackets. */
export const uriHost = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** The server as it is written on the command line. */
export const serverText = ({ host, port, transport, path }: Remote): string =>
  path === undefined
    ? `sip:${uriHost(host)}:${port}${transport === 'UDP' ? '' : `;transport=${parameterOf[transport]}`}`
    : `${parameterOf[transport]}://${uriHost(host)}:${port}${path}`;

/**
 * The password that the environment or a file holds, without the line break at its end; null where neither is named.
 * `whose` is how the names of the two options begin.
 */
export function passwordFrom(
  { passwordEnv, passwordFile }: { passwordEnv?: string | undefined; passwordFile?: string | undefined },
  whose = '',
): string | null {
  if (passwordEnv !== undefined && passwordFile !== undefined) {
    refuse(`--${whose}password-env`, `--${whose}password-file with it`, 'one place for the password');
  }
  if (passwordFile !== undefined) return readText(passwordFile).replace(/\r?\n$/, '');
  if (passwordEnv === undefined) return null;
  const password = process.env[passwordEnv];
  return (
    password ??
    refuse(
      `--${whose}password-env ${passwordEnv}`,
      'no such variable in the environment',
      'the name of one that holds the password',
    )
  );
}

/** The address of this machine that packets to a host leave from. Nothing is sent to find out. */
export async function localAddressTowards({ host, port }: Remote): Promise<string> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.connect(port, host);
    await once(socket, 'connect');
    return socket.address().address;
  } catch (error) {
    return refuse(host, (error as Error).message, 'a host that is reachable from here');
  } finally {
    socket.close();
  }
}
