import { type PartyName, phoneRoles, type Role } from '../../machines/messages.ts';
import type { PartyMachines } from '../../machines/parties.ts';
import { partiesOf, partyOf, phoneOf, roleOf } from '../../machines/phones.ts';
import { properties } from '../properties/properties.ts';
import { asOfPhone, phonesOf, type Scenario, type WorldLinkName } from '../scenario/scenario.ts';
import { eventTable } from '../system/eventTable.ts';
import { stepCause } from '../world/causes.ts';
import type { CompiledStep, WorldDefinition } from '../world/definition.ts';
import { linksAmong } from '../world/linkOf.ts';
import { configurations } from './configurations.ts';
import { delayWindows } from './delayWindows.ts';
import { sipLinksAmong } from './linkRules.ts';
import { type LinkInWorld, linksIn, transportOf } from './links.ts';
import { machineIn, type Replacement, replacedTable, tableOf } from './partyTables.ts';
import { isSeen } from './seen.ts';
import { hasConnections } from './transport.ts';

/** The world of a hand-over: the parties of one SIP registration, made ready to run. */
export type SipWorld = WorldDefinition<Scenario>;

/** The numbers of events that steps have had. */
const eventNumbers = new WeakMap<object, number>();

function eventNumberOf(event: object): number {
  const number = eventNumbers.get(event) ?? eventTable.idOf(event as never);
  eventNumbers.set(event, number);
  return number;
}

function compiledStep(
  { from, afterMs, action }: Scenario['steps'][number],
  index: number,
  parties: readonly PartyName[],
  links: readonly LinkInWorld[],
): CompiledStep {
  const bit = (name: WorldLinkName) => 1 << links.findIndex((one) => one.name === name);
  return {
    party: 'party' in action ? parties.indexOf(action.party) : -1,
    event: 'party' in action ? eventNumberOf(action.event) : -1,
    cause: stepCause(index),
    afterMs,
    chained: from === 'previous',
    cuts: 'cut' in action ? bit(action.cut) : 0,
    repairs: 'repair' in action ? bit(action.repair) : 0,
  };
}

/** By part: with several phones each has the same machine for it. */
export type Replacements = Partial<Readonly<Record<Role, Replacement>>>;

/** The same world with other steps, which need machines that are configured alike: those of a scenario of that many calls. */
export function withSteps(world: SipWorld, scenario: Scenario): SipWorld {
  const parties = world.parties.map(({ party }) => party as PartyName);
  const links = linksIn(scenario);
  const steps = scenario.steps.map((step, index) => compiledStep(step, index, parties, links));
  return { ...world, scenario, steps, judgedLike: world.scenario };
}

/** Prepares a scenario. `replaced` puts other machines in the place of the modelled ones. */
export function defineWorld(scenario: Scenario, replaced: Replacements = {}): SipWorld {
  if (scenario.workload !== undefined) throw new Error(`the day of ${scenario.name} has not been drawn`);
  const ofPhones = phonesOf(scenario).map((phone) => {
    const own = asOfPhone(scenario, phone);
    return {
      configured: configurations(scenario, own),
      transport: transportOf(scenario, phone),
      windows: delayWindows(own),
    };
  });
  const parties = partiesOf(ofPhones.length);
  const links = linksIn(scenario);
  /** What is configured for a party: the caller and the SIP server go with the first phone. */
  const of = (name: PartyName) => {
    const { configured, transport, windows } =
      ofPhones[(phoneOf(name) ?? 1) - 1] ?? (ofPhones[0] as (typeof ofPhones)[0]);
    const role = roleOf(name);
    return { role, place: { name, parties, transport }, configuration: configured[role], windows: windows[role] };
  };
  return {
    scenario,
    properties,
    claims: ({ name, appliesTo }) => isSeen(name, scenario) && appliesTo(scenario as never),
    parties: parties.map((name) => {
      const { role, place, configuration, windows } = of(name);
      const other = replaced[role];
      if (other === undefined) return tableOf(place, role, scenario, configuration);
      return replacedTable(place, other, Object.keys(other.delays ?? windows));
    }),
    delays: parties.map((name) => Object.values(replaced[roleOf(name)]?.delays ?? of(name).windows)),
    linksBetween: linksAmong(
      parties,
      links.map(({ ends }) => ends),
    ),
    links: links.map(({ name, link: { transport, latencyMs, law, loss, duplicate } }) => {
      return {
        name,
        latencyMs,
        law,
        loss,
        duplicate,
        ordered: hasConnections(transport),
        lossy: !hasConnections(transport),
      };
    }),
    rules: sipLinksAmong(
      parties,
      links.map(({ name }) => name),
    ),
    steps: scenario.steps.map((step, index) => compiledStep(step, index, parties, links)),
    cutAtStart: links.reduce((bits, { link }, bit) => (link.reachable ? bits : bits | (1 << bit)), 0),
  };
}

/** The machines that `defineWorld` would take for the scenario, to run them elsewhere or to change them. */
export function machinesOf(scenario: Scenario): PartyMachines {
  const configured = configurations(scenario, asOfPhone(scenario, 1));
  const machineOf = <Name extends Role>(name: Name) => machineIn(name, scenario, configured[name]).machine();
  const others = phonesOf(scenario)
    .slice(1)
    .flatMap((phone) => {
      const own = configurations(scenario, asOfPhone(scenario, phone));
      return phoneRoles.map((role) => [partyOf(role, phone), machineIn(role, scenario, own[role]).machine()] as const);
    });
  return {
    ...Object.fromEntries(others),
    caller: machineOf('caller'),
    sipServer: machineOf('sipServer'),
    pushServer: machineOf('pushServer'),
    notificationService: machineOf('notificationService'),
    app: machineOf('app'),
  };
}
