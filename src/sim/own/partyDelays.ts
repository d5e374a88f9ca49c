import type { Window } from '../data/window.ts';
import { windowOf } from '../scenarioFile/resolve.ts';
import { delayNamesOf, ownDelayMs } from './delayContract.ts';
import type { PartyDefinition } from './systemDefinition.ts';

/**
 * The windows of the delays of a machine: as they are said beside it, else as `usual` has them, else as the machine says itself.
 */
export function delaysOf(
  { machine, delays = {} }: PartyDefinition,
  usual: Readonly<Record<string, Window>> = {},
): Record<string, Window> {
  const windows = delayNamesOf(machine).map((name): [string, Window] => {
    const given = Object.hasOwn(delays, name) ? delays[name] : undefined;
    if (given !== undefined) return [name, windowOf(given)];
    const ms = ownDelayMs(machine, name) ?? 0;
    return [name, (Object.hasOwn(usual, name) ? usual[name] : undefined) ?? [ms, ms]];
  });
  return Object.fromEntries(windows);
}
