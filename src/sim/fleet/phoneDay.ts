import type { Call } from '../../machines/messages.ts';
import { SeededSchedule } from '../run/seededSchedule.ts';
import type { SipWorld } from '../sipWorld/definition.ts';
import { sipEvent } from '../sipWorld/events.ts';
import { eventTable } from '../system/eventTable.ts';
import { stepCause } from '../world/causes.ts';
import type { CompiledStep } from '../world/definition.ts';
import type { Pending } from '../world/pending.ts';
import { type Fired, World } from '../world/world.ts';
import type { Request, Surroundings } from './surroundings.ts';

/** Who looks on at a phone. */
export interface PhoneOnlooker {
  requested(request: Request, nowMs: number): void;
  happened(outcome: Fired, nowMs: number): void;
}

const requests: Readonly<Record<string, Request>> = { REGISTER: 'register', INVITE: 'invite', push: 'push' };

/** By the numbers of events, what they ask of those that phones share. */
const requestOf: (Request | null)[] = [];

function requestIn({ kind, event, fate }: Pending, toServers: boolean): Request | null {
  // What is lost on its way asks nobody.
  if (kind !== 'message' || fate === 'lose' || !toServers) return null;
  requestOf[event] ??= requests[sipEvent(event).type] ?? null;
  return requestOf[event] ?? null;
}

/** The answer of a server that is too busy (RFC 3261 21.5.4). */
function refusalOf(event: number): number | null {
  const message = sipEvent(event);
  if (message.type === 'REGISTER') {
    const { contact, expires, authorization, over } = message;
    const refusal = { type: 'REGISTER.refused', contact, expires, authorization, code: 503, retryAfter: true } as const;
    return eventTable.idOf({ ...refusal, ...(over && { over }) });
  }
  if (message.type !== 'INVITE') return null;
  const { call } = message as { readonly call: Call };
  return eventTable.idOf({ type: 'INVITE.failed', call, contact: 'addressOfRecord', code: 503 } as never);
}

/** The day of one phone, event by event, among others with which it shares servers. */
export class PhoneDay {
  /** When its next event is due, in milliseconds; Infinity once its day is over. */
  dueMs = 0;
  readonly #definition: SipWorld & { readonly steps: CompiledStep[] };
  readonly #schedule: SeededSchedule;
  readonly #world: World;
  readonly #servers: readonly boolean[];
  readonly #admitted = new Set<number>();
  #position = -1;

  constructor(definition: SipWorld, seed: number, onlooker: PhoneOnlooker) {
    // Answers of the shared server are added as steps. As the scenario has them they are of no use any more, and most of a phone's memory.
    const scenario = { ...definition.scenario, steps: [] };
    this.#definition = { ...definition, scenario, steps: [...definition.steps] };
    this.#servers = definition.parties.map(({ party }) => party === 'sipServer' || party === 'notificationService');
    this.#schedule = new SeededSchedule(this.#definition, seed);
    const { world, started } = World.start(this.#definition, this.#schedule.schedule, {
      logs: false,
      queuesSteps: true,
    });
    this.#world = world;
    for (const outcome of started) onlooker.happened(outcome, 0);
    this.#lookAhead();
  }

  /** Lets the next event happen, or wait. */
  step(surroundings: Surroundings | null, onlooker: PhoneOnlooker): void {
    const nowMs = this.dueMs;
    const next = this.#world.pending[this.#position] as Pending;
    this.#schedule.nowMs = nowMs;
    const request = requestIn(next, this.#servers[next.party] === true);
    if (request !== null && !this.#admitted.delete(next.serial)) {
      onlooker.requested(request, nowMs);
      const waitMs = surroundings === null ? 0 : surroundings.arrive(request, nowMs);
      if (waitMs === null) this.#refuse(next);
      else if (waitMs > 0) {
        this.#admitted.add(next.serial);
        next.dueMs += waitMs;
        this.#lookAhead();
        return;
      }
    }
    const outcome = this.#world.fire(this.#position, next.fate);
    this.#schedule.happened(next);
    onlooker.happened(outcome, nowMs);
    this.#lookAhead();
  }

  /** The request reaches nobody, and whoever sent it is told, unless it is a push. */
  #refuse(next: Pending): void {
    next.fate = 'lose';
    const event = refusalOf(next.event);
    const link = this.#definition.links[next.link];
    if (event === null || link === undefined) return;
    const { length } = this.#definition.steps;
    this.#definition.steps.push({
      party: next.from,
      event,
      cause: stepCause(-1),
      afterMs: link.latencyMs,
      chained: false,
      cuts: 0,
      repairs: 0,
    });
    this.#world.takeIn(length);
    this.#position = this.#world.pending.indexOf(next);
  }

  #lookAhead(): void {
    this.#position = this.#schedule.next(this.#world.pending);
    const { dueMs = Number.POSITIVE_INFINITY } = this.#world.pending[this.#position] ?? {};
    this.dueMs = dueMs > this.#definition.scenario.untilMs ? Number.POSITIVE_INFINITY : dueMs;
  }
}
