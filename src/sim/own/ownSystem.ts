import { InputError } from '../input/inputError.ts';
import { problemsIn } from '../input/yamlFile.ts';
import { idleParts } from './idleParts.ts';
import type { OwnSystem, PartyDefinition, SystemDefinition } from './systemDefinition.ts';
import { misfitsIn } from './systemProblems.ts';
import { systemSchema } from './systemSchema.ts';

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
  const { parties = {}, properties: _, ...rest } = definition ?? {};
  const withoutMachine = (party: PartyDefinition) => {
    const { machine: _, ...others } = party ?? {};
    return others;
  };
  const data = {
    ...rest,
    parties: Object.fromEntries(Object.entries(parties).map(([name, party]) => [name, withoutMachine(party)])),
  };
  const malformed = problemsIn(data, systemSchema);
  const misfits = malformed.length > 0 ? malformed : misfitsIn(definition);
  const problems = misfits.length > 0 ? misfits : idleParts(definition);
  if (problems.length > 0) throw new InputError({ file: definition?.name ?? 'defineSystem', problems });
  return { is: 'system', definition };
}
