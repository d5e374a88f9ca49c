/** Audio that is neither sent nor received: some servers refuse an INVITE without an offer. */
export function silentAudio(host: string): Uint8Array {
  const address = host.startsWith('[') ? `IP6 ${host.slice(1, -1)}` : `IP4 ${host}`;
  const lines = [
    'v=0',
    `o=- 1 1 IN ${address}`,
    's=-',
    `c=IN ${address}`,
    't=0 0',
    'm=audio 9 RTP/AVP 0 8',
    'a=inactive',
  ];
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n`);
}
