import { type AnyStateMachine, type AnyStateNode, createActor, type InspectionEvent } from 'xstate';
import type { WorldDefinition } from '../../world/definition.ts';
import type { PartyTable } from '../../world/partyTable.ts';

/** The states entered, transitions taken and guards decided, by name; the names of one machine share a prefix. */
export interface Coverage {
  readonly states: Tally;
  readonly transitions: Tally;
  /** A guard counts twice: once for true, once for false. */
  readonly guards: Tally;
}

export interface Tally {
  readonly reached: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

/** The names that nothing has reached, in alphabetical order. */
export const missing = ({ reached, all }: Tally): string[] => [...all].filter((name) => !reached.has(name)).sort();

/**
 * What the explorations of those worlds have covered: every step that their tables have computed is run again with
 * XState's own inspection. Machines of one party in different configurations are counted as one.
 */
export function coverageOf(definitions: readonly WorldDefinition[]): Coverage {
  const collector = new Collector();
  for (const table of new Set(definitions.flatMap(({ parties }) => parties))) collector.add(table);
  return collector;
}

/** The clock of actors whose timers must not run. */
const stoppedClock = { setTimeout: () => 0, clearTimeout: () => {} };

class Collector implements Coverage {
  readonly states = tally();
  readonly transitions = tally();
  readonly guards = tally();

  add(table: PartyTable): void {
    const machine = this.#watched(table);
    const names = this.#names(machine);
    const inspect = (event: InspectionEvent) => {
      if (event.type !== '@xstate.microstep') return;
      for (const taken of event._transitions) {
        this.transitions.reached.add(names.get(taken) ?? `unknown: ${taken.eventType}`);
        // A state that is left within the same macrostep is in no snapshot.
        this.states.reached.add(named(taken.source.id));
      }
    };
    for (const { snapshot, event } of table.explored()) {
      for (const node of nodesOf(snapshot)) this.states.reached.add(named(node.id));
      const actor = createActor(machine, { snapshot: snapshot as never, inspect, clock: stoppedClock });
      actor.start();
      actor.send(event);
      for (const node of nodesOf(actor.getSnapshot())) this.states.reached.add(named(node.id));
      actor.stop();
    }
  }

  /** The machine with guards that record their decisions. */
  #watched({ machine, party }: PartyTable): AnyStateMachine {
    const given = machine.implementations.guards as Record<string, unknown>;
    const guards = Object.entries(given).flatMap(([name, guard]) => {
      if (typeof guard !== 'function' || 'check' in guard) return [];
      for (const value of [true, false]) this.guards.all.add(`${party}: ${name} is ${value}`);
      const decide = (...args: unknown[]) => {
        const value = Boolean(guard(...args));
        this.guards.reached.add(`${party}: ${name} is ${value}`);
        return value;
      };
      return [[name, decide]];
    });
    return machine.provide({ guards: Object.fromEntries(guards) });
  }

  /** A name for every transition of a machine, which with its states is counted from now on. */
  #names(machine: AnyStateMachine): ReadonlyMap<object, string> {
    const names = new Map<object, string>();
    const visit = (node: AnyStateNode) => {
      this.states.all.add(named(node.id));
      const candidates = [...node.transitions.values(), node.always ?? []];
      for (const list of candidates) {
        for (const [index, transition] of list.entries()) {
          const event = transition.eventType.replace(/^(xstate\.after\.[^.]+)\..*/, '$1') || 'entry';
          const name = `${named(node.id)} on ${event}${list.length > 1 ? ` (${index + 1})` : ''}`;
          names.set(transition, name);
          this.transitions.all.add(name);
        }
      }
      for (const child of Object.values(node.states)) visit(child as AnyStateNode);
    };
    visit(machine.root);
    return names;
  }
}

const nodesOf = (snapshot: unknown): readonly AnyStateNode[] => (snapshot as { _nodes: AnyStateNode[] })._nodes;

/** The two slots of calls are one template. */
const named = (id: string): string => id.replace(/\.(call|dismissal|session|otherDevice)[12]\b/, '.$1');

const tally = () => ({ reached: new Set<string>(), all: new Set<string>() });
