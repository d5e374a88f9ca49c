import type { AnyMachineSnapshot } from 'xstate';
import { canonical } from '../data/canonical.ts';
import { InputError } from '../input/inputError.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { Around, MachineTransition } from '../world/machineTable.ts';
import { Answers } from './answers.ts';
import { Impure, ofActor, thrownText, twiceWithoutOutside } from './outside.ts';

/** What is written instead of what a table of a machine refuses. */
const wordsOf: Readonly<Record<string, string>> = {
  'an actor that is spawned': 'no actors: a region of the machine, or a party of its own',
  'the delay has no value': '`delays` beside the machine',
};

/** What XState throws, without its own words around it. */
function misfit(error: unknown): readonly [found: string, expected: string] {
  const text = thrownText(error);
  if (text.startsWith('Infinite loop detected'))
    return ['transitions that never end', '`always` and `raise` that come to rest'];
  const instead = wordsOf[text.replace(/^the delay .* has/, 'the delay has')];
  if (instead !== undefined) return [text, instead];
  const [, missing] = /^Guard '(.+)' is not implemented/.exec(text) ?? [];
  if (missing !== undefined) return [`the guard ${missing}, which is not provided,`, 'a guard in `setup({ guards })`'];
  const [, name = '', inGuard] =
    /^Unable to evaluate guard ('.+' )?in transition .+? in state node '[^']*': (.*)$/.exec(text) ?? [];
  return [inGuard === undefined ? text : `${inGuard} by the guard ${name}`.trimEnd(), 'plain data and pure functions'];
}

/** More values than this of one field of the context are taken for a counter that never ends. */
const mostValues = 500;

/** Counts the values that each field of a machine's context has had. */
class FieldValues {
  readonly #seen = new Map<string, Set<string>>();

  /** The field that has had too many by now; null where none has. */
  see(context: object): string | null {
    for (const [field, value] of Object.entries(context)) {
      const values = this.#seen.get(field) ?? new Set();
      this.#seen.set(field, values.add(canonical(value)));
      if (values.size > mostValues) return field;
    }
    return null;
  }
}

const stateText = (snapshot: AnyMachineSnapshot | null): string =>
  snapshot === null ? 'at its start' : `in state ${JSON.stringify(snapshot.value)}`;

const eventText = (event: AnyEvent | null): string => (event === null ? '' : ` on ${event.type}`);

let onComputing: (where: string) => void = () => {};

/** Has somebody told of each transition before it is computed: of one that never ends nothing is known afterwards. */
export const tellComputing = (listener: (where: string) => void): void => {
  onComputing = listener;
};

/** A transition as a text: what must be the same whenever it is computed. */
const outcomeText = ({ next, actions }: MachineTransition): string =>
  JSON.stringify([next, actions.map(({ type, params }) => [type, params])]);

/**
 * Watches over a machine that is not ours. It may ask for nothing outside, gives the same result whenever it is asked, keeps
 * plain data, and no counter that never ends. Throws an InputError with machine, state and event.
 */
export function watching(party: string, file: string): Around {
  const values = new FieldValues();
  const answers = new Answers();
  const watched: Around = (computing, compute) => {
    const { snapshot, event, self } = computing;
    const here = `in the machine of ${party}, ${stateText(snapshot)}${eventText(event)}`;
    const refuse = (found: string, expected: string, where = here): never => {
      throw new InputError({ file, problems: [{ line: null, found: `${found} ${where}`, expected }] });
    };
    onComputing(here);
    answers.last = here;
    try {
      const [result, again] = twiceWithoutOutside(compute, ofActor(self));
      const text = outcomeText(result);
      const ask = () => void watched(computing, compute);
      const differs = snapshot !== null && answers.differs([snapshot, event], text, ask);
      if (differs || text !== outcomeText(again)) {
        return refuse('another result when computed again', 'one that follows from context and event alone');
      }
      const counter = snapshot === null ? null : values.see(snapshot.context as object);
      if (counter !== null) {
        return refuse(
          `more than ${mostValues} values of ${counter}`,
          'a context with few values: a slot, or a number modulo what can be under way',
        );
      }
      return result;
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (error instanceof Impure) return refuse(error.message, error.instead, answers.last);
      return refuse(...misfit(error));
    }
  };
  return watched;
}
