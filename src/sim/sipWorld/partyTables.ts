import type { AnyStateMachine } from 'xstate';
import { type PartyName, partyNames, type Role } from '../../machines/messages.ts';
import { type PartyConfigurations, partyDelays, partyMachines } from '../../machines/parties.ts';
import { peersOf, phoneOf } from '../../machines/phones.ts';
import { isPushedByServer } from '../../machines/registrationModes.ts';
import { silentMachine } from '../../machines/silentMachine.ts';
import { canonical } from '../data/canonical.ts';
import type { Window } from '../data/window.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Around } from '../world/machineTable.ts';
import { PartyTable } from '../world/partyTable.ts';
import { PhoneHost } from './phoneHost.ts';
import { type TransportConfiguration, TransportLayer } from './transport.ts';

/** The machine of a party in a scenario, and what tells it from other ones of that party. */
export function machineIn<Name extends Role>(
  name: Name,
  { mode, elsewhere = [] }: Scenario,
  configuration: PartyConfigurations[Name],
) {
  // Whom the model cannot see acts on the SIP server too, so that what that one does cannot be foretold either.
  const isSilent =
    elsewhere.some((one) => one === name) ||
    (name === 'sipServer' && elsewhere.length > 0) ||
    (name === 'pushServer' && isPushedByServer(mode));
  return isSilent
    ? { key: 'silent', machine: silentMachine }
    : { key: canonical(configuration), machine: () => partyMachines[name](configuration) };
}

/** A machine in the place of a modelled one: the windows of its delays unless they are the same, and what watches over it and no other one. */
export interface Replacement {
  readonly machine: AnyStateMachine;
  readonly delays?: Readonly<Record<string, Window>>;
  readonly around?: Around;
}

const tables = new Map<string, PartyTable>();

/** A party among those of its world, and the transport layers of that world. */
export interface Place {
  readonly name: PartyName;
  readonly parties: readonly PartyName[];
  readonly transport: TransportConfiguration;
}

function partyTable(
  { name, parties, transport }: Place,
  machine: AnyStateMachine,
  delayNames: readonly string[],
  around?: Around,
): PartyTable {
  const layer = new TransportLayer(name, transport);
  const phone = phoneOf(name);
  const hasNamesOfItsOwn = phone !== null && parties.length > partyNames.length;
  const host = hasNamesOfItsOwn ? new PhoneHost(layer, phone, parties) : layer;
  const peers = hasNamesOfItsOwn ? peersOf(parties, phone) : parties;
  return new PartyTable({ name, peers }, machine, delayNames, host, around);
}

/** The table of a party, computed once per configuration and shared by every world of this process. */
export function tableOf<Name extends Role>(
  place: Place,
  role: Name,
  scenario: Scenario,
  configuration: PartyConfigurations[Name],
): PartyTable {
  const { key: machineKey, machine } = machineIn(role, scenario, configuration);
  const key = `${place.name} ${machineKey} ${canonical(place.transport as never)}`;
  const table = tables.get(key) ?? partyTable(place, machine(), Object.keys(partyDelays[role]));
  tables.set(key, table);
  return table;
}

/** The tables of machines in the place of modelled ones, by what watches over them. */
const watchedTables = new WeakMap<Around, Map<string, PartyTable>>();

/** The table of a machine in the place of a modelled one: of one that is watched over once per configuration. */
export function replacedTable(
  place: Place,
  { machine, around }: Replacement,
  delayNames: readonly string[],
): PartyTable {
  const watched = (around && watchedTables.get(around)) ?? new Map<string, PartyTable>();
  if (around) watchedTables.set(around, watched);
  const { name, transport } = place;
  const key = canonical({ name, delayNames, transport } as never);
  const table = watched.get(key) ?? partyTable(place, machine, delayNames, around);
  watched.set(key, table);
  return table;
}
