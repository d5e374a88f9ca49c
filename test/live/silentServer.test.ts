import { expect, test } from 'vitest';
import type { Clock } from '../../src/live/clock.ts';
import { LiveRun } from '../../src/live/liveRun.ts';
import { liveTrace } from '../../src/live/liveTrace.ts';
import { ownContacts, type SipSocket, type SocketName } from '../../src/live/sipSocket.ts';
import { Wire } from '../../src/live/wire.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { defineWorld } from '../../src/sim/world/definition.ts';
import { headerValue } from '../../src/sip/message/headers.ts';
import type { SipRequest } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';
import { gapScenario } from './liveSetup.ts';

/** A clock that jumps to whatever is due next. */
class VirtualClock implements Clock {
  #nowMs = 0;
  #due: { atMs: number; callback: () => void }[] = [];

  readonly nowMs = () => this.#nowMs;
  readonly after = (delayMs: number, callback: () => void) => {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((one) => one !== timer);
    };
  };

  run(): void {
    for (;;) {
      const [next] = this.#due.sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) return;
      this.#due = this.#due.filter((one) => one !== next);
      this.#nowMs = next.atMs;
      next.callback();
    }
  }
}

const scenario = gapScenario('singleDeviceEmulation', serverProfiles.reject);

/** Runs in virtual time against a server that answers a request so, or not at all where the status is null. */
async function runAgainst(statusOf: (request: SipRequest) => number | null) {
  const clock = new VirtualClock();
  const definition = defineWorld(scenario);
  const requests: SipRequest[] = [];
  const socket = (name: SocketName, index: number): SipSocket => ({
    name,
    transport: 'udp',
    host: '127.0.0.1',
    port: 5070 + index,
    drop: () => {},
    send: async (bytes) => {
      const request = parseMessage(bytes);
      if (request.kind !== 'request') return undefined;
      requests.push(request);
      const status = statusOf(request);
      if (status !== null) clock.after(1, () => run.receive(name, responseTo(request, status, { toTag: 'there' })));
      return undefined;
    },
  });
  const entries = [...ownContacts, 'caller' as const].map((name, index) => [name, socket(name, index)]);
  const sockets = Object.fromEntries(entries) as Record<SocketName, SipSocket>;
  const account = { user: 'alice', domain: '127.0.0.1', password: null };
  const { askedExpiresMs } = scenario;
  const wire = new Wire({ account, sockets, identifiers: randomIdentifiers, askedExpiresMs });
  const run = new LiveRun({ definition, schedule: new SeededSchedule(definition, 1), wire, clock });
  const finished = run.finish();
  clock.run();
  const record = await finished;
  return { record, requests, trace: liveTrace(scenario, record) };
}

test('a server that says nothing: whatever the model expects is missing, and the run goes to its end', async () => {
  const { record, requests, trace } = await runAgainst(() => null);
  expect(new Set(record.divergences.map(({ kind }) => kind))).toEqual(new Set(['missing']));
  expect(requests.map(({ method }) => method)).toContain('INVITE');
  expect(replay(trace, 'live').digest).toBe(trace.digest);
  expect(record.latenessMs).toBe(0);
});

test('what the machine retransmits is the same datagram: one branch, one CSeq', async () => {
  const { requests } = await runAgainst(() => null);
  const registers = requests.filter(({ method }) => method === 'REGISTER');
  const first = registers[0] as SipRequest;
  const copies = registers.filter((one) => headerValue(one, 'CSeq') === headerValue(first, 'CSeq'));
  expect(copies.length).toBeGreaterThan(2);
  for (const copy of copies) expect(copy).toEqual(first);
});

test('a refusal keeps its code, and says no more than that where a newer REGISTER is answered', async () => {
  const { record } = await runAgainst(({ method }) => (method === 'REGISTER' ? 500 : null));
  expect(record.divergences[0]).toMatchObject({ came: { type: 'REGISTER.refused', code: 500 } });
});

test('an answer that the profile does not explain reaches the machine, and the trace tells it as a step', async () => {
  const { record, trace } = await runAgainst(({ method }) => (method === 'REGISTER' ? 603 : null));
  expect(record.divergences[0]).toMatchObject({ kind: 'unexpected', to: 'app', came: { type: 'REGISTER.refused' } });
  const told = trace.records.filter(({ kind, event }) => kind === 'step' && event.type === 'REGISTER.refused');
  expect(told.length).toBe(record.unforeseen.length);
  expect(told.length).toBeGreaterThan(0);
  expect(replay(trace, 'live').digest).toBe(trace.digest);
});
