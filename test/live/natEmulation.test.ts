import { expect, test } from 'vitest';
import { contactOfUri } from '../../src/live/contactOfUri.ts';
import { Session } from '../../src/live/session.ts';
import { contactUri, viaOf } from '../../src/live/sipSocket.ts';
import { parseUri } from '../../src/sip/message/uri.ts';

const account = { user: 'alice', domain: 'example.com', password: 'secret' };
const opened = (natEmulation: boolean) =>
  Session.open({
    server: { host: '127.0.0.1', port: 5060, transport: 'UDP' },
    local: '127.0.0.1',
    allowed: [],
    natEmulation,
  });

test('with NATEmulation Via and Contact of the push server, and of it only, name a private address', async () => {
  const session = await opened(true);
  const { pushServer, caller } = session.sockets;
  const { host, port } = pushServer.seenAt ?? { host: '', port: 0 };
  expect(host).toBe('127.0.0.1');
  expect(viaOf(pushServer, 'z9hG4bK1')).toBe(`SIP/2.0/UDP 10.255.255.254:${port};branch=z9hG4bK1;rport`);
  expect(contactUri(account, pushServer)).toBe(`sip:alice@10.255.255.254:${port}`);
  expect([caller.host, session.sockets['app@wifi'].host]).toEqual(['127.0.0.1', '127.0.0.1']);
  for (const listed of ['10.255.255.254', '127.0.0.1']) {
    const uri = parseUri(`sip:alice@${listed}:${port}`);
    expect(uri === undefined ? null : contactOfUri(session.sockets, uri)).toBe('pushServer');
  }
  await session.close();
});

test('without it they say where it is', async () => {
  const session = await opened(false);
  expect(session.sockets.pushServer.host).toBe('127.0.0.1');
  expect(session.sockets.pushServer.seenAt).toBeUndefined();
  await session.close();
});
