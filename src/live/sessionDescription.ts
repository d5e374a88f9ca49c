/**
 * A session of one audio stream with G.711 (RFC 4566, RFC 3264), for offer and answer alike. No media flows: the port is
 * discard (RFC 863), and what is judged is the signalling.
 */
export const sessionDescription = (host: string): Uint8Array => {
  const address = host.startsWith('[') ? `IP6 ${host.slice(1, -1)}` : `IP4 ${host}`;
  const lines = ['v=0', `o=ringproof 1 1 IN ${address}`, 's=-', `c=IN ${address}`, 't=0 0', 'm=audio 9 RTP/AVP 0 8'];
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
};
