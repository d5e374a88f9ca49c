import { describe, expect, test } from 'vitest';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { partyNames } from '../../src/machines/messages.ts';
import { type ModeName, modeNames } from '../../src/machines/modeVariants.ts';
import { partyDelays } from '../../src/machines/parties.ts';

import { machinesOf } from '../../src/sim/sipWorld/definition.ts';
import { dayWorlds } from '../../src/sim/workload/dayWorlds.ts';
import type { OfWorkload } from '../../src/sim/workload/drawnDay.ts';
import { scenarioOf } from '../support/scenarios.ts';

const nodesOf = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodesOf)];

const typeOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : (value as { type?: string } | null)?.type;

/** Names inside and(), or() and not(), which keep their parts in `guards`. */
function guardNames(guard: unknown): string[] {
  if (guard === undefined) return [];
  const parts = (guard as { guards?: unknown[] }).guards;
  if (parts !== undefined) return parts.flatMap(guardNames);
  return typeof guard === 'function' ? [] : [typeOf(guard) ?? 'nameless'];
}

const transitionsOf = (node: AnyStateNode) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])];

const isBuiltIn = (name: string) => name.startsWith('xstate.');

const open = { at: '1s', do: 'open' } as const;

/** Every part that a scenario can add to the machines. */
const additions: Parameters<typeof scenarioOf>[0][] = [
  { steps: [open] },
  { steps: [open, { at: '2s', do: 'call' }], otherDevice: 'answers', unreportedPush: 'terminates' },
  { steps: [open], unreportedPush: 'terminates', reportsPush: 'withInvite' },
  { steps: [open], unreportedPush: 'terminates', reportsPush: 'callsOnly' },
  { steps: [open], afterTooBrief: 'givesUp', afterRetryLater: 'givesUp', readsExpires: 'largest' },
  { steps: [open], afterTooBrief: 'backsOff', afterRetryLater: 'backsOff' },
  ...(['caller', 'user'] as const).map((refresher) => ({
    steps: [open],
    links: { appSip: { transport: 'tcp' as const }, pushServerSip: { transport: 'tcp' as const } },
    keepAlive: { app: true, pushServer: true },
    noticesNetwork: false,
    sessionTimers: { refresher },
  })),
];

/** The machines of a day, which has more calls than slots. */
const ofDay = (mode: ModeName): [string, AnyStateMachine][] =>
  dayWorlds(scenarioOf({ steps: [], workload: 'office' }, mode) as OfWorkload).common.parties.map(
    ({ party, machine }) => [party, machine],
  );

const machines = modeNames.flatMap((mode) => [
  ...additions.flatMap((document) => Object.entries(machinesOf(scenarioOf(document, mode)))),
  ...ofDay(mode),
]) as [string, AnyStateMachine][];

describe.each(machines)('the machine of %s', (party, machine) => {
  const nodes = nodesOf(machine.root);

  test('names only actions, guards and delays that exist', () => {
    const { actions, guards, delays } = machine.implementations;
    const usedActions = nodes.flatMap((node) =>
      [...node.entry, ...node.exit, ...transitionsOf(node).flatMap((one) => one.actions)].map(typeOf),
    );
    const usedGuards = nodes.flatMap((node) => transitionsOf(node).flatMap(({ guard }) => guardNames(guard)));
    expect(usedActions.filter((name) => name && !isBuiltIn(name) && !(name in actions))).toEqual([]);
    expect(usedGuards.filter((name) => !(name in guards))).toEqual([]);
    for (const name of Object.keys(delays)) expect(partyDelays[party as keyof typeof partyDelays]).toHaveProperty(name);
  });

  test('uses every action and guard that it implements', () => {
    const { actions, guards } = machine.implementations;
    const usedActions = new Set(
      nodes.flatMap((node) =>
        [...node.entry, ...node.exit, ...transitionsOf(node).flatMap((one) => one.actions)].map(typeOf),
      ),
    );
    const usedGuards = new Set(nodes.flatMap((node) => transitionsOf(node).flatMap(({ guard }) => guardNames(guard))));
    expect(Object.keys(actions).filter((name) => !usedActions.has(name))).toEqual([]);
    expect(Object.keys(guards).filter((name) => !usedGuards.has(name))).toEqual([]);
  });

  test('begins no region anew by itself: XState would begin all those beside it anew as well', () => {
    const regions = nodes.filter(({ parent }) => parent?.type === 'parallel');
    const anew = (region: AnyStateNode) =>
      transitionsOf(region).filter(({ reenter, target }) => reenter && target?.includes(region));
    expect(regions.filter((region) => anew(region).length > 0).map(({ id }) => id)).toEqual([]);
  });

  test('has no wildcard, no history and no invoked actor', () => {
    for (const node of nodes) {
      expect(node.type).not.toBe('history');
      expect(node.events).not.toContain('*');
      expect(node.invoke).toEqual([]);
    }
  });
});

test('every party has a machine', () => {
  expect(new Set(machines.map(([party]) => party))).toEqual(new Set(partyNames));
});
