import { type SipUri, uriText } from '../sip/message/uri.ts';
import type { SipSocket, SocketName } from './sipSocket.ts';

/** The address of a side that is somebody else's software: known once a 200 lists it, or that side says it. */
export class ElsewhereSocket implements SipSocket {
  readonly name: SocketName;
  readonly transport = 'udp';
  host = '0.0.0.0';
  port = 0;
  uri = 'sip:unknown@0.0.0.0';

  constructor(name: SocketName) {
    this.name = name;
  }

  takes(uri: SipUri): void {
    this.host = uri.host;
    this.port = uri.port ?? 5060;
    this.uri = uriText({ ...uri, params: new Map([...uri.params].filter(([name]) => name === 'transport')) });
  }

  async send(): Promise<{ reason: string }> {
    return { reason: 'somebody else sends from there' };
  }

  drop(): void {}
}
