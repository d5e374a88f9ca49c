import type { Finding } from '../../src/probe/experiment.ts';
import { openSipStack } from '../../src/probe/openSipStack.ts';
import { agentCount, runSession, type SessionOptions, type SessionReport } from '../../src/probe/session.ts';
import type { SipStack } from '../../src/probe/sipStack.ts';
import type { TlsClient } from '../../src/sip/transports/diallers.ts';
import type { TransportName } from '../../src/sip/transports/transport.ts';
import { loopback } from '../support/programs/loopback.ts';

/** A probe of a server on loopback as alice, at full speed; what it opens it closes again. */
export async function session(
  port: number,
  { password = null, transport = 'UDP', host = loopback, tls, ...more }: SessionWishes = {},
): Promise<SessionReport> {
  const server = { transport, host, port } as const;
  const domain = host === loopback ? host : `[${host}]`;
  const account = { user: 'alice', password, domain };
  const options = {
    account,
    caller: account,
    callee: `sip:alice@${domain}`,
    allowsRemoveAll: true,
    answers: false,
    patienceMs: 5_000,
    ringWaitMs: 2_000,
    intervalMs: 0,
    answerMs: 20_000,
    signal: AbortSignal.timeout(500_000),
    instanceId: 'urn:uuid:00000000-0000-4000-8000-000000000001',
    ...more,
  };
  const stacks: SipStack[] = [];
  try {
    for (let count = 0; count < agentCount + 1; count++) {
      stacks.push(await openSipStack(server, { host, ...(tls && { tls }) }));
    }
    const timing = { firstMs: options.ringWaitMs, nextMs: 200 };
    return await runSession(stacks, { ...options, timing }, (_finding: Finding) => {});
  } finally {
    await Promise.all(stacks.map((stack) => stack.close()));
  }
}

/** What a test wants otherwise. */
export interface SessionWishes extends Partial<SessionOptions> {
  readonly password?: string | null;
  readonly transport?: TransportName;
  readonly host?: '127.0.0.1' | '::1';
  readonly tls?: TlsClient;
}

/** The finding about one question. */
export function findingOf({ findings }: SessionReport, topic: string): Finding {
  const found = findings.find((one) => one.topic === topic);
  if (found === undefined) throw new Error(`no finding about ${topic}: ${findings.map((one) => one.topic).join(', ')}`);
  return found;
}
