import { nearestWord } from '../input/nearestWord.ts';
import type { AnyProperty } from '../system/property.ts';
import { shownTypes } from './machineParts.ts';
import type { OwnSystem } from './systemDefinition.ts';

/** What every run shows of the steps of the environment. */
const always = 'environment';

/**
 * Why properties had nothing to judge, a line each, where that can be told from the machines: none of them shows anything that the
 * property has a handler for. A word may be misspelt.
 */
export function unshownLines({ definition }: OwnSystem, idle: readonly string[]): string[] {
  const shown = Object.values(definition.parties).map(({ machine }) => shownTypes(machine));
  if (shown.includes(null)) return [];
  const words = [...new Set(shown.flatMap((one) => one ?? []))];
  const isUnshown = ({ name, hears = [always] }: AnyProperty) =>
    idle.includes(name) && hears.length > 0 && hears.every((type) => type !== always && !words.includes(type));
  return definition.properties.filter(isUnshown).map(({ name, hears = [] }) => {
    const hint = hears.map((type) => nearestWord(type, words)).find((word) => word !== undefined);
    const known = words.length === 0 ? 'they show nothing' : `they show ${words.join(', ')}`;
    const meant = hint === undefined ? '' : `; did you mean ${hint}?`;
    return `${name} looks at ${hears.join(', ')}, which no machine shows: ${known}${meant}`;
  });
}
