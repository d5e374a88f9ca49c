import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Unseen } from '../../src/cli/unseen.ts';
import { NotOpened } from '../../src/live/liveJob.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { headerValues } from '../../src/sip/message/headers.ts';
import type { SipRequest } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { serialise } from '../../src/sip/message/serialise.ts';
import { gapScenario, runsAgainst } from '../live/liveSetup.ts';
import { loopback, udpSocket } from '../support/programs/loopback.ts';
import { ringproof } from '../support/programs/ringproof.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-odd-'));
afterAll(() => rmSync(folder, { recursive: true }));

const short = join(folder, 'short.yaml');
writeFileSync(
  short,
  `name: short
title: A call, soon
steps:
  - { at: 100ms, do: open }
  - { at: 1s, do: dial, call: 1 }
timing:
  app: { coldStart: 200ms, userReaction: 300ms }
until: 4s
`,
);

type Answer = (request: SipRequest, how: number) => Uint8Array | null;

const taken: Answer = (request) => {
  const contacts = headerValues(request, 'Contact').map((value) => ({
    name: 'Contact',
    value: `${value};expires=600`,
  }));
  return serialise(responseTo(request, 200, { toTag: 'odd', headers: contacts }));
};

/** Runs against a server that answers with whatever bytes. */
async function against(answer: Answer) {
  const socket = await udpSocket();
  let heard = 0;
  socket.on('message', (bytes, { port, address }) => {
    const request = parseMessage(bytes);
    const said = request.kind === 'request' ? answer(request, ++heard) : null;
    if (said !== null) socket.send(said, port, address);
  });
  const server = `sip:${loopback}:${socket.address().port}`;
  const result = await ringproof(['live', short, '--server', server, '--user', 'alice', '-m', '0', '-p', 'multi']);
  socket.close();
  return result;
}

describe.concurrent('a server that is none', () => {
  test('what cannot be read is said to be so, before the runs', async () => {
    const { status, stderr } = await against(() => Buffer.from('SIP/2.0 200 OK\r\n\r\n'));
    expect(stderr).toMatch(
      /found no answer to REGISTER within 10 s; what came cannot be read as SIP \(line \d+: found/,
    );
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
  });

  test('and in a run, whose call is then neither lost nor fine', async () => {
    const { status, stdout } = await against((request, how) =>
      request.method === 'REGISTER' ? taken(request, how) : Buffer.from([0xff, 0x00, 0x1b, 0x5b, 0x33]),
    );
    expect(stdout).toMatch(
      /not known: \d+ messages that came could not be read as SIP, so nobody was told them: line 1: /,
    );
    expect(stdout).toMatch(/calls undecided +0 of 1 +1 of 1\n/);
    expect([...stdout].some((one) => one < ' ' && one !== '\n')).toBe(false);
    expect(status).toBe(3);
  });

  test('a lifetime that is always too brief is a refusal', async () => {
    const { status, stderr } = await against((request, how) => {
      if (headerValues(request, 'Contact').length === 0) return taken(request, how);
      const minimum = { name: 'Min-Expires', value: '4000000000' };
      return request.method === 'REGISTER'
        ? serialise(responseTo(request, 423, { toTag: 'odd', headers: [minimum] }))
        : serialise(responseTo(request, 480, { toTag: 'odd' }));
    });
    expect(stderr).toMatch(/every REGISTER of a run is answered 423 Interval Too Brief/);
    expect(status).toBe(2);
  });
});

test('runs whose sockets cannot be opened are said, and the others go on', async () => {
  const scenario = gapScenario('standard', serverProfiles.multi);
  const running = runsAgainst({ scenario, port: 9, runs: 1, host: '192.0.2.1' });
  await expect(running).rejects.toThrow(NotOpened);
  const unseen = new Unseen();
  unseen.notBegun(new NotOpened('bind EMFILE 127.0.0.1'));
  expect(unseen.sentences()).toEqual([
    '1 runs could not begin: bind EMFILE 127.0.0.1 (see `ulimit -n` and --parallel)',
  ]);
});
