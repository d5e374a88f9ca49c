import process from 'node:process';
import { type AnyMachineSnapshot, type AnyStateMachine, transition } from 'xstate';
import type { MachineEvent } from '../src/machines/events.ts';
import { partyNames, type Role } from '../src/machines/messages.ts';
import { isPushedByServer } from '../src/machines/registrationModes.ts';
import { everyServerProfile } from '../src/profiles/furtherServers.ts';
import { check } from '../src/sim/check/questions/check.ts';
import type { FaultBudget } from '../src/sim/check/system/faultBudget.ts';
import { canonical } from '../src/sim/data/canonical.ts';
import { judge } from '../src/sim/run/simulate.ts';
import type { Scenario } from '../src/sim/scenario/scenario.ts';
import { defineWorld } from '../src/sim/sipWorld/definition.ts';
import type { WorldDefinition } from '../src/sim/world/definition.ts';
import type { PartyTable } from '../src/sim/world/partyTable.ts';
import { bundled, expectedCells, expecting, inCell, wherePushed } from './exampleWorlds.ts';
import { broken, type Mutant, mutantsOf, nameOf, useOf, watched } from './mutantsOf.ts';
import { racyWorlds } from './racy/racyWorlds.ts';
import { UnitTests } from './unitTests.ts';

/** `--pushed`: in the cells alone in which the SIP server pushes. */
const pushedOnly = process.argv.includes('--pushed');
/** Mutants named as in the table, such as `pushServer no noteAnswer`; without any, all of them. */
const named = process.argv.slice(2).filter((one) => one !== '--pushed');

/** Mutants that never come to rest: an eventless transition whose guard goes on holding. No checker can be asked about them. */
const endless: readonly string[] = ['sipServer guard hasNoToken is always true', 'sipServer no endWithoutToken'];

/** Where each mode is at home, and what a server that holds is for. */
const places = [
  ['continuous', 'multi'],
  ['singleDeviceEmulation', 'reject'],
  ['standard', 'multi'],
  ['singleDeviceTakeover', 'overwrite'],
  ['singleDeviceEmulation', 'hold'],
] as const;

/** A world with more firings than this is too expensive to be decided for every mutant. */
const mostFirings = 8_000;
/** A mutant may explode where the right machines do not; the drawn runs judge it there. */
const patience = 4_000;
/** After so many cells in which it explodes a mutant counts as a survivor. */
const mostExplosions = 6;
/** So many cells of each kind, those with the fewest firings, besides those that use what few others do. */
const mostOfAKind = 60;
const fewest = 6;
const drawnRuns = 20;

/** A question that is asked of every mutant that can make a difference to it. */
interface Cell {
  readonly label: string;
  readonly definition: WorldDefinition;
  readonly budget: FaultBudget;
  /** What is known of the right machines, by property. */
  readonly verdicts: ReadonlyMap<string, string>;
  /** What of each party is used, by party. */
  readonly uses: readonly ReadonlySet<string>[];
  readonly firings: number;
}

const noFaults: FaultBudget = { losses: 0, duplicates: 0 };

/** What the matrix would say; what cannot be decided within so many firings is left out. */
function decided(definition: WorldDefinition, budget: FaultBudget, firings: number) {
  const { decisions, extent } = check(definition, { budget, onProgress: ({ edges }) => edges < firings });
  const known = decisions.filter(({ verdict }) => verdict !== 'inconclusive');
  const verdicts = known.map(({ property, verdict, witnessed }): [string, string] => [
    property,
    verdict === 'holds' && !witnessed ? 'nothing to judge' : verdict,
  ]);
  return { verdicts: new Map(verdicts), firings: extent.edges };
}

/** The world with another machine at one of the parties. */
const replacing = (definition: WorldDefinition, party: number, table: PartyTable): WorldDefinition => ({
  ...definition,
  parties: definition.parties.map((given, index) => (index === party ? table : given)),
});

function usesOf(definition: WorldDefinition, budget: FaultBudget): Set<string>[] {
  const uses = definition.parties.map(() => new Set<string>());
  const parties = definition.parties.map((table, index) =>
    table.withMachine(watched(table.machine, (use) => uses[index]?.add(use))),
  );
  decided({ ...definition, parties }, budget, mostFirings);
  return uses;
}

/** The cells that are cheap enough, the cheapest first. */
function cheap(candidates: readonly (readonly [Scenario, string])[], budget = noFaults): Cell[] {
  const cells = candidates.flatMap(([scenario, label]): Cell[] => {
    const definition = defineWorld(scenario);
    const { verdicts, firings } = decided(definition, budget, mostFirings);
    if (firings > mostFirings || verdicts.size === 0) return [];
    return [{ label, definition, budget, verdicts, firings, uses: usesOf(definition, budget) }];
  });
  return cells.sort((one, other) => one.firings - other.firings);
}

/** The cheapest cells of each kind, and those that use something that fewer than `fewest` of the ones before do. */
function chosen(kinds: readonly (readonly Cell[])[]): Cell[] {
  const users = new Map<string, number>();
  const isRare = ({ uses }: Cell) =>
    uses.some((names, party) => [...names].some((name) => (users.get(`${party} ${name}`) ?? 0) < fewest));
  const take = (cell: Cell) => {
    for (const [party, names] of cell.uses.entries()) {
      for (const name of names) users.set(`${party} ${name}`, (users.get(`${party} ${name}`) ?? 0) + 1);
    }
    return cell;
  };
  const usual = inTurn(kinds.map((cells) => cells.slice(0, mostOfAKind))).map(take);
  const others = kinds.flatMap((cells) => cells.slice(mostOfAKind)).sort((one, other) => one.firings - other.firings);
  return [...usual, ...others.filter((cell) => isRare(cell) && take(cell))];
}

/** The cells of several kinds, one of each kind in turn, so that the first ones are no variations of one scenario. */
function inTurn(kinds: readonly (readonly Cell[])[]): Cell[] {
  const most = Math.max(...kinds.map(({ length }) => length));
  return Array.from({ length: most }, (_, position) => kinds.flatMap((cells) => cells[position] ?? [])).flat();
}

const atHome = bundled.flatMap((document) =>
  places.map(([mode, server]): [Scenario, string] => [
    inCell(document, mode, server),
    `${document.name}, ${mode} on ${server}`,
  ]),
);
const expected = expecting.flatMap((document) =>
  expectedCells(document).map((scenario): [Scenario, string] => [
    scenario,
    `${document.name}, ${scenario.mode.name} on ${scenario.server.name}`,
  ]),
);
/** What a hand-over and a call are on every server that there is a profile of. */
const everywhere = ['call-while-suspended', 'home-open-home'].flatMap((name) => {
  const document = bundled.find((one) => one.name === name);
  if (document === undefined) throw new Error(`there is no bundled scenario ${name}`);
  return Object.keys(everyServerProfile).flatMap((server) =>
    (['standard', 'singleDeviceTakeover'] as const).map((mode): [Scenario, string] => [
      inCell(document, mode, server),
      `${name}, ${mode} on ${server}`,
    ]),
  );
});
const racy = racyWorlds.map((scenario, index): [Scenario, string] => [scenario, `racy world ${index + 1}`]);

const progress = (text: string) => process.stderr.write(`${text}\n`);

const withFault = (fault: string) => atHome.map(([scenario, label]) => [scenario, `${label}, ${fault}`] as const);

const kinds: readonly (readonly [readonly (readonly [Scenario, string])[], FaultBudget])[] = [
  [atHome, noFaults],
  [expected, noFaults],
  [everywhere, noFaults],
  [wherePushed, noFaults],
  [racy, noFaults],
  [withFault('one loss'), { losses: 1, duplicates: 0 }],
  [withFault('one duplicate'), { losses: 0, duplicates: 1 }],
];
const isMeant = ([{ mode }]: readonly [Scenario, string]) => !pushedOnly || isPushedByServer(mode);
const cells = chosen(kinds.map(([candidates, budget]) => cheap(candidates.filter(isMeant), budget)));
interface Outcome {
  /** What it sends, shows and arms, as one text. */
  readonly effects: string;
  readonly next: string;
}

/** What the right machines are asked in these cells, before the tables that they share hear of a mutant. */
const asked = new Map(
  [...new Set(cells.flatMap(({ definition }) => definition.parties))].map((table) => [
    table,
    [...table.explored()].map((one) => ({
      ...one,
      right: outcomeOf(table.machine, one.snapshot, one.event as MachineEvent),
    })),
  ]),
);
progress(`${Math.round(performance.now() / 1000)} s, ${cells.length} cells`);

const mutants = new Map<string, Mutant>();
for (const { party, machine } of new Set(cells.flatMap(({ definition }) => definition.parties))) {
  for (const mutant of mutantsOf(party as Role, machine)) {
    const name = `${party} ${nameOf(mutant.defect)}`;
    if (named.length === 0 || named.includes(name)) mutants.set(name, mutant);
  }
}

interface Kill {
  readonly killer: string;
  readonly where: string;
}

type Difference = 'seen' | 'kept in mind' | 'none';

/** One mutant at work: its tables are computed once per configuration of its party. */
class Trial {
  readonly #mutant: Mutant;
  readonly #party: number;
  readonly #tables = new Map<PartyTable, PartyTable>();
  readonly #differences = new Map<PartyTable, Difference>();
  #explosions = 0;

  constructor(mutant: Mutant) {
    this.#mutant = mutant;
    this.#party = partyNames.indexOf(mutant.party);
  }

  /** The cells that use what is broken, and in which that makes a difference. */
  get cells(): readonly Cell[] {
    const users = cells.filter(({ uses }) => uses[this.#party]?.has(useOf(this.#mutant.defect)));
    return users.filter(({ definition }) => this.#differenceIn(this.#right(definition)) !== 'none');
  }

  /** How the machine differs from the right one, at most. */
  get difference(): Difference {
    const all = new Set(this.#differences.values());
    return all.has('seen') ? 'seen' : all.has('kept in mind') ? 'kept in mind' : 'none';
  }

  /** The first cell in which something notices the mutant. */
  firstKill(): Kill | null {
    for (const cell of this.cells) {
      const killer = this.#killerIn(cell);
      if (killer !== null) return { killer, where: cell.label };
      if (this.#explosions > mostExplosions) return null;
    }
    return null;
  }

  #killerIn(cell: Cell): string | null {
    try {
      const definition = this.#world(cell.definition);
      const found = decided(definition, cell.budget, Math.max(patience, 2 * cell.firings)).verdicts;
      for (const [property, before] of cell.verdicts) {
        const after = found.get(property);
        if (after !== undefined && after !== before) return `${property}: ${before} → ${after}`;
      }
      if ([...cell.verdicts.keys()].every((property) => found.has(property))) return null;
      this.#explosions++;
      return cell.budget === noFaults ? this.#drawn(definition, cell) : null;
    } catch (error) {
      return `fails: ${(error as Error).message}`;
    }
  }

  /**
   * How the machine differs in a step from any state of the right one in that configuration: in what it sends, shows or
   * arms, or in what it keeps in mind only, whatever may come of that, or not at all, and then never.
   */
  #differenceIn(table: PartyTable): Difference {
    const known = this.#differences.get(table);
    if (known !== undefined) return known;
    const wrongMachine = broken(table.machine, this.#mutant.defect);
    let difference: Difference = 'none';
    for (const { snapshot, event, right } of asked.get(table) ?? []) {
      const wrong = outcomeOf(wrongMachine, snapshot, event as MachineEvent);
      if (right.next !== wrong.next) difference = 'kept in mind';
      if (right.effects === wrong.effects) continue;
      difference = 'seen';
      break;
    }
    this.#differences.set(table, difference);
    return difference;
  }

  #right(definition: WorldDefinition): PartyTable {
    return definition.parties[this.#party] as PartyTable;
  }

  #world(definition: WorldDefinition): WorldDefinition {
    const right = this.#right(definition);
    const table = this.#tables.get(right) ?? right.withMachine(broken(right.machine, this.#mutant.defect));
    this.#tables.set(right, table);
    return replacing(definition, this.#party, table);
  }

  /** A drawn run that violates what holds in every run of the right machines. */
  #drawn(definition: WorldDefinition, { verdicts }: Cell): string | null {
    for (let seed = 1; seed <= drawnRuns; seed++) {
      for (const { property, verdict } of judge(definition, seed)) {
        if (verdict === 'violated' && verdicts.get(property) === 'holds') return `${property}: violated in a drawn run`;
      }
    }
    return null;
  }
}

function outcomeOf(machine: AnyStateMachine, { value, context }: AnyMachineSnapshot, event: MachineEvent): Outcome {
  try {
    const [next, actions] = transition(machine, machine.resolveState({ value, context }), event as never);
    const effects = actions.map(({ type, params }) => {
      const { event: raised, id, delay, sendId } = params as unknown as Record<string, unknown>;
      return JSON.stringify([type, raised, id, delay, sendId]);
    });
    return { effects: effects.join(), next: canonical({ value: next.value, context: next.context as never }) };
  } catch (error) {
    return { effects: `fails: ${(error as Error).message}`, next: '' };
  }
}

const differences = {
  seen: 'yes',
  'kept in mind': 'not at once: it keeps something else in mind',
  none: 'no step differs',
} as const;
const line = (...columns: string[]) => process.stdout.write(`| ${columns.join(' | ')} |\n`);
line('party', 'mutant', 'killed by', 'in', 'seen in the trace', 'unit test');
line('---', '---', '---', '---', '---', '---');
const count = { killed: 0, seen: 0, 'kept in mind': 0, none: 0, held: 0 };
const unitTests = await UnitTests.open();
for (const mutant of mutants.values()) {
  const name = nameOf(mutant.defect);
  const trial = new Trial(mutant);
  const kill = endless.includes(`${mutant.party} ${name}`)
    ? { killer: 'fails: never comes to rest', where: 'all of them' }
    : trial.firstKill();
  progress(`${Math.round(performance.now() / 1000)} s, ${mutant.party} ${name}: ${kill?.killer ?? 'survives'}`);
  if (kill !== null) {
    count.killed++;
    line(mutant.party, name, kill.killer, kill.where, '', '');
    continue;
  }
  const { difference, cells: tried } = trial;
  const test = await unitTests.failingOn(mutant);
  count[difference]++;
  if (test !== null) count.held++;
  line(mutant.party, name, '**survives**', `${tried.length} cells`, differences[difference], test ?? '**none**');
}
await unitTests.close();
const survivors = mutants.size - count.killed;
process.stdout.write(
  `\n${mutants.size} mutants in ${cells.length} cells. A property kills ${count.killed}. Of the ${survivors} that survive, ` +
    `${count.seen} are seen in the trace, ${count['kept in mind']} keep something else in mind, ${count.none} differ in ` +
    `no step; a unit test fails on ${count.held} of the ${survivors}.\n`,
);
