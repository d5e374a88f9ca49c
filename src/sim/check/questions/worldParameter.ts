import type { Window } from '../../data/window.ts';
import type { WorldDefinition } from '../../world/definition.ts';

/** A delay of any world, and the world with another window for it. */
export interface WorldParameter {
  readonly window: Window;
  readonly within: (window: Window) => WorldDefinition;
}

const stepIn = (name: string): number | null => {
  const [, number] = /^step\.([1-9]\d*)$/.exec(name) ?? [];
  return number === undefined ? null : Number(number) - 1;
};

/** Every name that a delay of a world has: of links, of machines, of steps. */
export const worldParameterNames = ({ links, parties, steps }: WorldDefinition): string[] => [
  ...links.map(({ name }) => `${name}.latency`),
  ...parties.flatMap(({ party, delayNames }) => delayNames.map((delay) => `${party}.${delay}`)),
  ...steps.map((_, index) => `step.${index + 1}`),
];

const replaced = <Thing>(list: readonly Thing[], place: number, thing: Thing): Thing[] =>
  list.with(place, thing) as Thing[];

/** The delay of a name such as `wire.latency`, `server.lease` or `step.2`; null where there is none. */
export function worldParameterNamed(definition: WorldDefinition, name: string): WorldParameter | null {
  const { links, parties, delays, steps, scenario } = definition;
  const link = links.findIndex((one) => `${one.name}.latency` === name);
  const found = links[link];
  if (found !== undefined) {
    const within = (latencyMs: Window) => ({ ...definition, links: replaced(links, link, { ...found, latencyMs }) });
    return { window: found.latencyMs, within };
  }
  for (const [party, { party: owner, delayNames }] of parties.entries()) {
    const delay = delayNames.findIndex((one) => `${owner}.${one}` === name);
    const own = delays[party];
    const window = own?.[delay];
    if (own === undefined || window === undefined) continue;
    return { window, within: (to) => ({ ...definition, delays: replaced(delays, party, replaced(own, delay, to)) }) };
  }
  const index = stepIn(name) ?? -1;
  const [step, given] = [steps[index], scenario.steps[index]];
  if (step === undefined || given === undefined) return null;
  return {
    window: step.afterMs,
    within: (afterMs) => ({
      ...definition,
      scenario: { ...scenario, steps: replaced(scenario.steps, index, { ...given, afterMs }) },
      steps: replaced(steps, index, { ...step, afterMs }),
    }),
  };
}
