import { type Network, type PartyName, partyNames, type Role } from '../machines/messages.ts';
import type { Window } from '../sim/data/window.ts';
import type { LinkName, Scenario, StepAction } from '../sim/scenario/scenario.ts';
import { type Connection, isNotice } from '../sim/sipWorld/transport.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import { stepCause } from '../sim/world/causes.ts';
import type { CompiledStep } from '../sim/world/definition.ts';
import type { Pending } from '../sim/world/pending.ts';
import type { World } from '../sim/world/world.ts';
import type { Incoming } from './carried.ts';
import type { Owed } from './owed.ts';

/** The link of a party with the SIP server. */
export const linkTo = (to: PartyName): LinkName =>
  to === 'app' ? 'appSip' : to === 'caller' ? 'callerSip' : 'pushServerSip';

/** The connection of a party with the SIP server, as the transport layers name it. */
const connectionTo = (to: PartyName, network: Network | undefined): Connection => ({
  link: linkTo(to),
  ...(network && { network }),
});

/** Of several events at the same instant, the last one. */
const afterAll = 2 ** 31;

/** A step that a run has taken in, under the serial that it has there. */
export interface TakenIn {
  readonly serial: number;
  readonly atMs: number;
  readonly action: StepAction;
}

/** What comes and no party of the model has sent: it becomes steps of the scenario, which the parties are told. */
export class Unforeseen {
  readonly #world: World;
  readonly #owed: Owed;
  readonly #links: Scenario['links'];
  /** The scenario's steps, and after them these. */
  readonly #steps: CompiledStep[];
  /** Whether the SIP server is only heard, since not all who deal with it are the model's. */
  readonly #isServerHeard: boolean;
  /** Steps by which the network that is simulated tells what the SIP server has sent. */
  readonly #overNetwork = new Set<number>();
  readonly taken: TakenIn[] = [];

  constructor(setup: { world: World; owed: Owed; scenario: Scenario; steps: CompiledStep[]; isServerHeard: boolean }) {
    this.#world = setup.world;
    this.#owed = setup.owed;
    this.#links = setup.scenario.links;
    this.#steps = setup.steps;
    this.#isServerHeard = setup.isServerHeard;
  }

  /** Makes a step of it, which is pending then; its position. */
  takeIn({ to, message }: Incoming, afterMs: Window, over?: Connection): number {
    const index = this.#steps.length;
    const event = isNotice(message)
      ? { ...message, over: connectionTo(to, message.network) }
      : { ...message, ...(over && { over }) };
    this.#steps.push({
      ...{ party: partyNames.indexOf(to as Role), event: eventTable.idOf(event), cause: stepCause(index), afterMs },
      ...{ chained: false, cuts: 0, repairs: 0 },
    });
    const position = this.#world.takeIn(index);
    const { serial, dueMs } = this.#world.pending[position] as Pending;
    this.taken.push({ serial, atMs: dueMs, action: { party: to, event } });
    return position;
  }

  /** The same once the network that is simulated has carried it; on a connection not before what was sent before it. */
  takeInOverNetwork(incoming: Incoming, link: LinkName): void {
    const told = this.#world.pending[this.takeIn(incoming, this.#links[link].latencyMs)] as Pending;
    const ahead = this.#world.pending.filter((one) => one.party === told.party && this.#isUnderWay(one));
    this.#overNetwork.add(told.serial);
    told.dueMs = Math.max(told.dueMs, ...ahead.map(({ dueMs }) => dueMs));
    told.order = afterAll;
  }

  #isUnderWay(one: Pending): boolean {
    return this.#owed.broughtMs(one) !== undefined || (this.#isServerHeard && this.#overNetwork.has(one.serial));
  }
}
