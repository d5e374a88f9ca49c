import type { Clock } from '../../src/live/clock.ts';
import { LiveRun } from '../../src/live/liveRun.ts';
import { liveTrace } from '../../src/live/liveTrace.ts';
import type { SipSocket, SocketName } from '../../src/live/sipSocket.ts';
import { Wire } from '../../src/live/wire.ts';
import { contacts } from '../../src/machines/messages.ts';
import type { Schedule } from '../../src/sim/run/run.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import type { SipRequest } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';

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

  readonly afterReading = (callback: () => void) => this.after(0, callback);

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

/** Runs in virtual time against a server that answers a request so, or not at all where the status is null. */
export async function runAgainst(
  scenario: Scenario,
  statusOf: (request: SipRequest) => number | null,
  scheduleOf: (definition: WorldDefinition) => Schedule = (definition) => new SeededSchedule(definition, 1),
) {
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
  const entries = [...contacts, 'caller' as const, 'callee' as const].map((name, index) => [name, socket(name, index)]);
  const sockets = Object.fromEntries(entries) as Record<SocketName, SipSocket>;
  const account = { user: 'alice', domain: '127.0.0.1', password: null };
  const { askedExpiresMs } = scenario;
  const callee = { ...account, user: 'bob' };
  const wire = new Wire({ account, callee, sockets, identifiers: randomIdentifiers, askedExpiresMs });
  const run = new LiveRun({ definition, schedule: scheduleOf(definition), wire, clock });
  const finished = run.finish();
  clock.run();
  const record = await finished;
  return { record, requests, trace: liveTrace(scenario, record) };
}
