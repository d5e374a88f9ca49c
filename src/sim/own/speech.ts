import { isObject } from '../data/shape.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { unknownKey } from '../input/unknownWord.ts';
import type { Around, MachineTransition } from '../world/machineTable.ts';

/** What a machine may say, by the type of the event that it emits. */
const fieldsOf = new Map<unknown, readonly string[]>([
  ['send', ['type', 'to', 'over', 'message']],
  ['observe', ['type', 'observation']],
]);

/** Fields of what a machine emits that would be passed over. */
function strayFields({ actions }: MachineTransition): InputProblem[] {
  return actions.flatMap(({ type, params }) => {
    if (type !== 'xstate.emit') return [];
    const { event } = params as { readonly event: unknown };
    const valid = isObject(event) ? fieldsOf.get(event.type) : undefined;
    if (!isObject(event) || valid === undefined) return [];
    const stray = Object.keys(event).filter((key) => !valid.includes(key));
    return stray.map((key) => unknownKey(key, ` in { type: '${event.type}' }`, valid));
  });
}

/** Watches that each field of what a machine emits means something. Throws an InputError with machine and state. */
export const speaking =
  (party: string, file: string, around: Around): Around =>
  (computing, compute) => {
    const transition = around(computing, compute);
    const { snapshot, event } = computing;
    const state = snapshot === null ? 'at its start' : `in state ${JSON.stringify(snapshot.value)}`;
    const where = `in the machine of ${party}, ${state}${event === null ? '' : ` on ${event.type}`}`;
    const problems = strayFields(transition).map((one) => ({ ...one, found: `${one.found} ${where}` }));
    if (problems.length > 0) throw new InputError({ file, problems });
    return transition;
  };
