import { partyNames } from '../../../machines/messages.ts';
import { partyDelays } from '../../../machines/parties.ts';
import type { Window } from '../../data/window.ts';
import { type LinkName, linkNames, type Scenario } from '../../scenario/scenario.ts';
import { delayWindows } from '../../sipWorld/delayWindows.ts';

/** A delay of a scenario that a question is about. */
export type Parameter =
  | { readonly of: 'link'; readonly link: LinkName }
  | { readonly of: 'delay'; readonly party: (typeof partyNames)[number]; readonly delay: string }
  | { readonly of: 'step'; readonly index: number };

/** `push` is another name for the link of the notification. */
const linkOf = (word: string): LinkName | undefined =>
  word === 'push' ? 'notification' : linkNames.find((name) => name === word);

/** Every name that a parameter can have, apart from `step.1`, `step.2`, ... */
export const parameterNames: readonly string[] = [
  ...['push', ...linkNames].map((name) => `${name}.latency`),
  ...partyNames.flatMap((party) => Object.keys(partyDelays[party]).map((delay) => `${party}.${delay}`)),
];

/** The parameter of a name such as `push.latency`, `app.coldStart` or `step.3`; null where there is none. */
export function parameterNamed(name: string): Parameter | null {
  const [first = '', second = ''] = name.split('.');
  if (first === 'step' && /^[1-9]\d*$/.test(second)) return { of: 'step', index: Number(second) - 1 };
  if (!parameterNames.includes(name)) return null;
  const link = linkOf(first);
  if (link !== undefined && second === 'latency') return { of: 'link', link };
  return { of: 'delay', party: first as (typeof partyNames)[number], delay: second };
}

/**
 * The window of a parameter in milliseconds: of the scenario, else of the server's profile, else the usual one. Throws a
 * RangeError for a step that the scenario does not have.
 */
export function windowOf(scenario: Scenario, parameter: Parameter): Window {
  if (parameter.of === 'link') return scenario.links[parameter.link].latencyMs;
  if (parameter.of === 'step') {
    const step = scenario.steps[parameter.index];
    if (step === undefined) throw new RangeError(`the scenario has no step ${parameter.index + 1}`);
    return step.afterMs;
  }
  const window = delayWindows(scenario)[parameter.party][parameter.delay];
  if (window === undefined) throw new RangeError(`${parameter.party} has no delay ${parameter.delay}`);
  return window;
}

/** The scenario with another window for that parameter. */
export function withWindow(scenario: Scenario, parameter: Parameter, window: Window): Scenario {
  const { links, timing, steps } = scenario;
  if (parameter.of === 'link') {
    const link = { ...links[parameter.link], latencyMs: window };
    return { ...scenario, links: { ...links, [parameter.link]: link } };
  }
  if (parameter.of === 'step') {
    const changed = steps.map((step, index) => (index === parameter.index ? { ...step, afterMs: window } : step));
    return { ...scenario, steps: changed };
  }
  const { party, delay } = parameter;
  return { ...scenario, timing: { ...timing, [party]: { ...timing[party], [delay]: window } } };
}
