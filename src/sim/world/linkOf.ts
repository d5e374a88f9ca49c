import { InputError, type InputProblem } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import { eventTable } from '../system/eventTable.ts';
import type { WorldDefinition } from './definition.ts';
import type { Effect } from './partyReaction.ts';

/** Which links run between which parties, by the names of their ends: `linksBetween[from][to]`. */
export const linksAmong = (
  parties: readonly string[],
  ends: readonly (readonly [string, string])[],
): readonly (readonly (readonly number[])[])[] =>
  parties.map((from) =>
    parties.map((to) =>
      ends.flatMap((both, link) => (from !== to && both.includes(from) && both.includes(to) ? [link] : [])),
    ),
  );

/**
 * The link that a message takes: the one that it names, or the only one between the two. `local` is what its sender has come to.
 * Throws an InputError where there is none, or several and it names none.
 */
export function linkOf(definition: WorldDefinition, from: number, sending: Effect, local: number): number {
  const between = definition.linksBetween[from]?.[sending.to];
  if (between !== undefined && between.length === 1 && sending.over === null) return between[0] as number;
  return chosenLink(definition, from, sending, local, between ?? []);
}

function chosenLink(
  { parties, links }: WorldDefinition,
  from: number,
  { to, over, event }: Effect,
  local: number,
  between: readonly number[],
): number {
  const names = between.map((link) => links[link]?.name as string);
  const chosen = between[names.indexOf(over ?? '')];
  if (chosen !== undefined) return chosen;
  const sender = parties[from];
  const message = `${eventTable.of(event).type} from ${sender?.party} to ${parties[to]?.party}`;
  const where = `in the machine of ${sender?.party}, in state ${JSON.stringify(sender?.snapshotOf(local).value)}`;
  const problem: InputProblem =
    names.length === 0
      ? { line: null, found: `the message ${message}, ${where}`, expected: 'a party to which it has a link' }
      : over === null
        ? {
            line: null,
            found: `${message} without \`over\`, ${where}`,
            expected: `\`over\`: one of ${names.join(', ')}`,
          }
        : unknownWord(over, `as \`over\` of ${message}, ${where}`, names);
  throw new InputError({ file: sender?.party ?? '', problems: [problem] });
}
