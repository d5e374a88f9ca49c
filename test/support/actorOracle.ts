import { type AnyActorRef, type AnyStateMachine, createActor } from 'xstate';
import type { MachineEvent } from '../../src/machines/events.ts';
import { type Message, partyNames, type Role } from '../../src/machines/messages.ts';
import { partyDelays } from '../../src/machines/parties.ts';
import { canonical } from '../../src/sim/data/canonical.ts';
import { orderOf, SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { linkNames, type Scenario } from '../../src/sim/scenario/scenario.ts';
import { defineWorld, machinesOf } from '../../src/sim/sipWorld/definition.ts';
import type { Segment, TransportLayer, TransportState } from '../../src/sim/sipWorld/transport.ts';
import { eventTable } from '../../src/sim/system/eventTable.ts';
import { messageCause, stepCause } from '../../src/sim/world/causes.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import type { ProcessState } from '../../src/sim/world/host.ts';
import type { Pending } from '../../src/sim/world/pending.ts';

/** What waits on the oracle's clock: a timer of XState's scheduler, a message or a step of the environment. */
interface Waiting {
  readonly dueMs: number;
  readonly order: number;
  readonly message: Pending | null;
  readonly act: () => void;
}

/** A scenario made ready for `runWithActors`: the machines with their delays, which must be exact. */
export interface ActorWorld {
  readonly scenario: Scenario;
  readonly definition: WorldDefinition;
  readonly machines: Record<Role, AnyStateMachine>;
}

/** Builds the machines once, for many runs. XState asks for a number where the world has a window. */
export function prepareActors(scenario: Scenario): ActorWorld {
  const definition = defineWorld(scenario);
  const machines = machinesOf(scenario);
  const withDelays = (name: Role) => {
    const delays = Object.keys(partyDelays[name]).map((delay, at) => {
      const [low, high] = definition.delays[partyNames.indexOf(name)]?.[at] ?? [0, 1];
      if (low !== high) throw new Error(`the oracle needs an exact ${name}.${delay}`);
      return [delay, low];
    });
    return machines[name].provide({ delays: Object.fromEntries(delays) });
  };
  const provided = Object.fromEntries(partyNames.map((name) => [name, withDelays(name)]));
  return { scenario, definition, machines: provided as Record<Role, AnyStateMachine> };
}

/**
 * The same scenario through XState's own runtime: one real actor per party, its own timers, a clock that jumps from
 * date to date. Shares nothing with the world but the machines and the dice, and so tells whether the world is right.
 * Returns the end state of each party.
 */
export function runWithActors(
  { scenario, definition, machines }: ActorWorld,
  seed: number,
): { states: Record<Role, string>; events: number } {
  const schedule = new SeededSchedule(definition, seed);
  const waiting = new Map<number, Waiting>();
  let serial = 0;
  const clock = {
    setTimeout: (act: () => void, ms: number) => {
      const id = serial++;
      waiting.set(id, { dueMs: schedule.nowMs + ms, order: orderOf(seed, id), message: null, act });
      return id;
    },
    clearTimeout: (id: number) => void waiting.delete(id),
  };

  /** The hosts of the actors; what comes from the network in this moment; what an actor has still to be told. */
  const hosts = Object.fromEntries(
    partyNames.map((name) => [name, definition.parties[partyNames.indexOf(name)]?.host]),
  ) as Record<Role, TransportLayer>;
  const states = Object.fromEntries(partyNames.map((name) => [name, hosts[name].initial])) as Record<
    Role,
    TransportState
  >;
  let request: Segment | null = null;
  const events: { to: Role; event: MachineEvent }[] = [];
  const processOf = (name: Role): ProcessState => {
    const snapshot = actors[name].getSnapshot();
    return snapshot.hasTag('absent') ? 'absent' : snapshot.hasTag('suspended') ? 'suspended' : 'running';
  };

  const leave = (from: Role, to: Role, message: Message) => {
    const { state, segment, told } = hosts[from].send(states[from], to, message, request);
    states[from] = state;
    if (segment !== null) post(from, to, segment);
    if (told !== null) events.push({ to: from, event: told });
  };
  const post = (from: Role, to: Role, message: Segment) => {
    const [sender, receiver] = [partyNames.indexOf(from), partyNames.indexOf(to)];
    const link = definition.linksBetween[sender]?.[receiver]?.[0] ?? -1;
    const cause = messageCause(from, to, message.type, null);
    wait(
      { kind: 'message', from: sender, party: receiver, link, index: -1, event: eventTable.idOf(message), cause },
      () => deliver(to, message),
    );
  };
  const wait = (
    what: Pick<Pending, 'kind' | 'from' | 'party' | 'link' | 'index' | 'event' | 'cause'>,
    act: () => void,
  ) => {
    const windowMs =
      what.kind === 'step' ? definition.steps[what.index]?.afterMs : definition.links[what.link]?.latencyMs;
    const pending = {
      ...what,
      serial: serial++,
      windowMs: windowMs ?? [0, 0],
      isCopy: false,
      sent: -1,
      dueMs: 0,
      order: 0,
      fate: 'happen',
    } as Pending;
    schedule.schedule(pending);
    const { dueMs, order, fate } = pending;
    waiting.set(pending.serial, {
      dueMs,
      order,
      message: what.kind === 'message' ? pending : null,
      act: fate === 'lose' ? () => {} : act,
    });
  };
  const deliver = (to: Role, segment: Segment) => {
    request = segment;
    const arrival = hosts[to].arrive(states[to], segment, processOf(to));
    states[to] = arrival.state;
    if (arrival.deliver !== null) events.push({ to, event: arrival.deliver });
    if (arrival.reply !== null) post(to, hosts[to].senderOf(segment) as Role, arrival.reply);
    tell();
    request = null;
  };
  const tell = () => {
    for (let next = events.shift(); next !== undefined; next = events.shift()) {
      actors[next.to].send(next.event);
      notice(next.to);
    }
  };
  /** What follows from a process that has been suspended, goes on or has ended. */
  const notice = (name: Role) => {
    const [before, after] = [processes[name], processOf(name)];
    if (before === after) return;
    processes[name] = after;
    const change = hosts[name].changeProcess(states[name], before, after);
    states[name] = change.state;
    events.push(...change.deliver.map((one) => ({ to: name, event: one })));
    for (const { to: peer, segment } of change.notices) post(name, peer as Role, segment);
  };
  const takeStep = (index: number) => {
    const { action } = scenario.steps[index] as Scenario['steps'][number];
    if (!('party' in action)) throw new Error('the oracle cuts no links');
    if (scenario.steps[index + 1]?.from === 'previous') addStep(index + 1);
    const isTold = action.event.type !== 'network.change' || hosts.app.tellsOfChange(states.app);
    if (action.event.type === 'network.change') {
      dropInFlightToApp();
      states.app = hosts.app.changeNetwork(states.app);
    }
    if (isTold) events.push({ to: action.party as Role, event: action.event });
    tell();
  };
  const addStep = (index: number) => {
    const step = definition.steps[index];
    wait(
      {
        kind: 'step',
        from: -1,
        party: step?.party ?? -1,
        link: -1,
        index,
        event: step?.event ?? -1,
        cause: stepCause(index),
      },
      () => takeStep(index),
    );
  };
  const dropInFlightToApp = () => {
    const lost = ['appSip', 'control'].map((name) => linkNames.indexOf(name as never));
    for (const [id, { message }] of waiting) {
      if (message && partyNames[message.party] === 'app' && lost.includes(message.link)) waiting.delete(id);
    }
  };

  for (const [index, { from }] of scenario.steps.entries()) if (from === 'start' || index === 0) addStep(index);
  const actors = Object.fromEntries(
    partyNames.map((name) => {
      const actor = createActor(machines[name], { clock: clock as never });
      actor.on('send', ({ to, message }: { to: Role; message: Message }) => leave(name, to, message));
      actor.start();
      return [name, actor];
    }),
  ) as unknown as Record<Role, AnyActorRef>;

  const processes = Object.fromEntries(partyNames.map((name) => [name, processOf(name)])) as Record<Role, ProcessState>;

  let count = 0;
  for (;;) {
    let next: [number, Waiting] | undefined;
    for (const entry of waiting) {
      const [, one] = entry;
      const best = next?.[1];
      if (!best || one.dueMs < best.dueMs || (one.dueMs === best.dueMs && one.order < best.order)) next = entry;
    }
    if (next === undefined || next[1].dueMs > scenario.untilMs) break;
    waiting.delete(next[0]);
    schedule.nowMs = next[1].dueMs;
    next[1].act();
    // A timer of XState's own has no other witness.
    for (const name of partyNames) notice(name);
    tell();
    count++;
  }
  const ends = Object.fromEntries(
    partyNames.map((name) => {
      const { value, context } = actors[name].getSnapshot();
      return [name, canonical({ value, context })];
    }),
  ) as Record<Role, string>;
  for (const name of partyNames) actors[name].stop?.();
  return { states: ends, events: count };
}
