import { isObject } from '../data/shape.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { inexactProblems, strangeProblems } from '../input/plainData.ts';
import { problemsIn } from '../input/yamlFile.ts';
import { idleParts } from './idleParts.ts';
import type { OwnSystem, SystemDefinition } from './systemDefinition.ts';
import { misfitsIn } from './systemProblems.ts';
import { systemSchema, withoutMachines } from './systemSchema.ts';

/**
 * A system of your own. Throws an InputError with everything that is wrong with it.
 *
 * @example
 * ```ts
 * import { check, defineProperty, defineSystem } from 'ringproof';
 * import { createMachine, emit } from 'xstate';
 *
 * const seen = emit({ type: 'observe', observation: { type: 'seen' } } as never);
 * const ping = emit({ type: 'send', to: 'b', message: { type: 'ping' } } as never);
 * const property = defineProperty<boolean, { type: 'seen' }>({
 *   name: 'arrives',
 *   says: 'a ping arrives',
 *   initial: false,
 *   on: { seen: () => true },
 *   unfinished: (isSeen) => (isSeen ? null : 'it did not'),
 *   witnessed: (isSeen) => isSeen,
 * });
 * const system = defineSystem({
 *   name: 'ping',
 *   title: 'A ping',
 *   parties: {
 *     a: { machine: createMachine({ on: { go: { actions: ping } } }) },
 *     b: { machine: createMachine({ on: { ping: { actions: seen } } }) },
 *   },
 *   links: { wire: { between: ['a', 'b'], transport: 'udp', latency: ['5ms', '90ms'], loss: 0.1 } },
 *   steps: [{ at: '1s', party: 'a', event: { type: 'go' } }],
 *   properties: [property],
 *   until: '3s',
 * });
 * console.log((await check(system)).map(({ verdict }) => verdict));
 * ```
 */
export function defineSystem(definition: SystemDefinition): OwnSystem {
  const problems = problemsOf(definition);
  if (problems.length > 0) throw new InputError({ file: definition?.name ?? 'defineSystem', problems });
  return { is: 'system', definition };
}

function problemsOf(definition: SystemDefinition): InputProblem[] {
  const { parties, properties: _, ...rest } = definition ?? {};
  const data = { ...rest, parties: isObject(parties) ? withoutMachines(parties) : parties };
  const strange = strangeProblems(data);
  const malformed = strange.length > 0 ? strange : problemsIn(data, systemSchema);
  const inexact = malformed.length > 0 ? malformed : inexactSteps(definition);
  const misfits = inexact.length > 0 ? inexact : misfitsIn(definition);
  return misfits.length > 0 ? misfits : idleParts(definition);
}

/** What parties are told is kept as it is, and told apart by its text. */
const inexactSteps = ({ steps }: SystemDefinition): InputProblem[] =>
  steps.flatMap((step, index) => ('party' in step ? inexactProblems(step.event, ['steps', index, 'event']) : []));
