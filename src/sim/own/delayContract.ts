import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { actionsOf, nodesOf, resolved, whereIn } from './machineParts.ts';

/** A delay that some action of a machine has: by name, in milliseconds, or computed. */
interface UsedDelay {
  readonly node: AnyStateNode;
  readonly delay: unknown;
}

/** The delays that a machine uses. */
function usedDelays(machine: AnyStateMachine): UsedDelay[] {
  return [...nodesOf(machine.root)].flatMap((node) =>
    actionsOf(node).flatMap((action) => {
      const found = resolved(machine, action);
      const delay = typeof found === 'function' ? (found as { delay?: unknown }).delay : undefined;
      return delay === undefined ? [] : [{ node, delay }];
    }),
  );
}

/**
 * The names of the delays that a machine uses or provides: what `enqueueActions` will use is not known before. A literal one is
 * named by its number.
 */
export const delayNamesOf = (machine: AnyStateMachine): string[] => [
  ...new Set([
    ...usedDelays(machine).flatMap(({ delay }) => (typeof delay === 'function' ? [] : [String(delay)])),
    ...Object.keys(machine.implementations.delays),
  ]),
];

/** What a machine itself says of a delay; undefined where it says nothing. */
const providedDelay = ({ implementations: { delays } }: AnyStateMachine, name: string): unknown =>
  Object.hasOwn(delays, name) ? delays[name] : undefined;

/** How long a delay takes by the machine itself: a literal one, or a number that it provides; undefined elsewhere. */
export function ownDelayMs(machine: AnyStateMachine, name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const provided = providedDelay(machine, name);
  return typeof provided === 'number' ? provided : undefined;
}

/** What is wrong with what a machine says of a delay; null where that is a time. Time must go on, millisecond by millisecond. */
function wrongDelay(delay: unknown): Pick<InputProblem, 'found' | 'expected'> | null {
  if (typeof delay === 'function')
    return { found: 'a delay that is computed', expected: 'a named delay, whose window the system says' };
  if (Number.isSafeInteger(delay) && Number(delay) >= 1) return null;
  const found = typeof delay === 'number' ? `a delay of ${delay} ms` : `${typeof delay} as a delay`;
  return { found, expected: 'whole milliseconds, at least 1 ms: time must go on' };
}

/** What of the delays of a machine is no time and has no window. `known`: the names of those that have one. */
export function delayProblems(machine: AnyStateMachine, party: string, known: readonly string[]): InputProblem[] {
  const used = usedDelays(machine).flatMap(({ node, delay }): InputProblem[] => {
    const where = `in ${whereIn(node)} of the machine of ${party}`;
    const name = String(delay);
    // A literal of no time may get a window from beside the machine, one that is no date at all may not.
    const isNamed = typeof delay === 'string' || delay === 0;
    if (isNamed && known.includes(name)) return [];
    const own = typeof delay === 'string' ? providedDelay(machine, name) : delay;
    if (own === undefined) {
      const hint = nearestWord(name, known);
      return [
        {
          line: null,
          found: `the delay ${name} ${where}, which has no value`,
          expected: `\`delays: { ${name}: '1s' }\` beside the machine`,
          ...(hint !== undefined && { hint }),
        },
      ];
    }
    const wrong = wrongDelay(own);
    return wrong === null
      ? []
      : [{ line: null, ...wrong, found: `${wrong.found}${typeof delay === 'string' ? ` for ${name}` : ''} ${where}` }];
  });
  const isUsed = new Set(usedDelays(machine).map(({ delay }) => delay));
  const provided = Object.keys(machine.implementations.delays).filter((name) => !isUsed.has(name));
  const others = provided.flatMap((name): InputProblem[] => {
    const wrong = known.includes(name) ? null : wrongDelay(providedDelay(machine, name));
    const found = `${wrong?.found} for ${name} in the machine of ${party}`;
    return wrong === null ? [] : [{ line: null, ...wrong, found }];
  });
  return [...used, ...others];
}
