import { type AnyActorRef, createActor, SimulatedClock } from 'xstate';
import { type Message, partyNames, type Role } from '../src/machines/messages.ts';
import { SeededSchedule } from '../src/sim/run/seededSchedule.ts';
import { eventTable } from '../src/sim/system/eventTable.ts';
import { messageCause, stepCause } from '../src/sim/world/causes.ts';
import type { Pending } from '../src/sim/world/pending.ts';
import type { ActorWorld } from '../test/support/actorOracle.ts';

/** XState's SimulatedClock, moved from one deadline to the next: the fastest correct way to use it. */
class JumpingClock extends SimulatedClock {
  readonly #deadlines = new Map<unknown, number>();

  override setTimeout(act: (...given: unknown[]) => void, ms: number) {
    const id = super.setTimeout(() => {
      this.#deadlines.delete(id);
      act();
    }, ms);
    this.#deadlines.set(id, this.now() + ms);
    return id;
  }

  override clearTimeout(id: number) {
    this.#deadlines.delete(id);
    super.clearTimeout(id);
  }

  jump(untilMs: number): boolean {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const deadline of this.#deadlines.values()) nextMs = Math.min(nextMs, deadline);
    if (nextMs > untilMs) return false;
    this.set(nextMs);
    return true;
  }
}

/** One run of a scenario with `createActor` and `SimulatedClock`: what one would write without the world. */
export function runWithSimulatedClock({ scenario, definition, machines }: ActorWorld, seed: number): void {
  const clock = new JumpingClock();
  const schedule = new SeededSchedule(definition, seed);
  let serial = 0;
  const wait = (what: Partial<Pending>, act: () => void) => {
    const pending = {
      index: -1,
      link: -1,
      from: -1,
      serial: serial++,
      dueMs: 0,
      order: 0,
      fate: 'happen',
      ...what,
    } as Pending;
    schedule.nowMs = clock.now();
    schedule.schedule(pending);
    clock.setTimeout(act, pending.dueMs - clock.now());
  };
  const actors = {} as Record<Role, AnyActorRef>;
  for (const [party, name] of partyNames.entries()) {
    const actor = createActor(machines[name], { clock });
    actor.on('send', ({ to, message }: { to: Role; message: Message }) => {
      const receiver = partyNames.indexOf(to);
      const link = definition.linksBetween[party]?.[receiver]?.[0] ?? -1;
      const windowMs = definition.links[link]?.latencyMs ?? [0, 0];
      const event = eventTable.idOf(message);
      const cause = messageCause(name, to, message.type, null);
      wait({ kind: 'message', party: receiver, from: party, link, event, cause, windowMs }, () =>
        actors[to].send(message),
      );
    });
    actors[name] = actor.start();
  }
  for (const [index, { afterMs, action }] of scenario.steps.entries()) {
    if (!('party' in action)) continue;
    const event = eventTable.idOf(action.event);
    wait({ kind: 'step', index, event, cause: stepCause(index), windowMs: afterMs }, () =>
      actors[action.party as Role].send(action.event),
    );
  }
  while (clock.jump(scenario.untilMs));
}
