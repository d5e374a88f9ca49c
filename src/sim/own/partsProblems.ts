import { z } from 'zod';
import { everyMode } from '../../machines/modeVariants.ts';
import { partyDelays } from '../../machines/parties.ts';
import { serverRowProblems } from '../../profiles/serverRow.ts';
import { isObject } from '../data/shape.ts';
import type { InputProblem } from '../input/inputError.ts';
import { strangeProblems } from '../input/plainData.ts';
import { unknownKey, unknownWord } from '../input/unknownWord.ts';
import { problemsIn } from '../input/yamlFile.ts';
import { properties as bundledProperties } from '../properties/properties.ts';
import { machineProblems } from './machineContract.ts';
import { modeRowSchema } from './modeRow.ts';
import { propertyProblems } from './ownProperty.ts';
import { partySchema, withoutMachines } from './systemSchema.ts';

const wrong = (value: unknown, where: string, expected: string): InputProblem => ({
  line: null,
  found: `${isObject(value) ? 'an object' : (JSON.stringify(value) ?? typeof value)}${where}`,
  expected,
});

function modeProblems(mode: unknown): InputProblem[] {
  if (mode === undefined) return [];
  const names = Object.keys(everyMode);
  if (typeof mode === 'string') return Object.hasOwn(everyMode, mode) ? [] : [unknownWord(mode, 'for mode', names)];
  if (!isObject(mode))
    return [wrong(mode, ' for mode', 'the name of a mode, or a row such as registrationModes.standard')];
  const strange = strangeProblems(mode, ['mode']);
  return strange.length > 0 ? strange : problemsIn({ mode }, z.strictObject({ mode: modeRowSchema }));
}

function serverProblems(server: unknown, valid: readonly string[]): InputProblem[] {
  if (server === undefined) return [];
  if (typeof server === 'string') return valid.includes(server) ? [] : [unknownWord(server, 'for server', valid)];
  const expected = 'the name of a server, or a profile such as serverProfiles.reject';
  return isObject(server) ? serverRowProblems(server) : [wrong(server, ' for server', expected)];
}

function machinesProblems(machines: unknown): InputProblem[] {
  if (machines === undefined) return [];
  if (!isObject(machines)) return [wrong(machines, ' for machines', '{ PARTY: { machine, delays } }')];
  const valid = Object.keys(partyDelays);
  const unknown = Object.keys(machines).filter((name) => !valid.includes(name));
  if (unknown.length > 0) return unknown.map((name) => unknownWord(name, 'in machines', valid));
  const none = Object.entries(machines).filter(([, party]) => !isObject(party));
  if (none.length > 0) return none.map(([name, party]) => wrong(party, ` for machines.${name}`, '{ machine, delays }'));
  const data = withoutMachines(machines);
  const strange = strangeProblems(data, ['machines']);
  const schema = z.strictObject({ machines: z.record(z.string(), partySchema) });
  const malformed = strange.length > 0 ? strange : problemsIn({ machines: data }, schema);
  if (malformed.length > 0) return malformed;
  return Object.entries(machines).flatMap(([name, party]) => {
    const { machine, delays = {} } = party as { readonly machine: never; readonly delays?: object };
    return machineProblems(
      machine,
      name,
      Object.keys(delays),
      Object.keys(partyDelays[name as keyof typeof partyDelays]),
    );
  });
}

function propertiesProblems(properties: unknown): InputProblem[] {
  if (properties === undefined) return [];
  if (!Array.isArray(properties))
    return [wrong(properties, ' for properties', 'a list of what defineProperty returns')];
  const taken = bundledProperties.map(({ name }) => name);
  return propertyProblems(properties, taken);
}

const parts = ['mode', 'server', 'machines', 'properties'];

/** What does not fit of the parts of a hand-over that are the user's own. `servers`: the names of those that are known. */
export function partsProblems(own: unknown, servers: readonly string[]): InputProblem[] {
  if (!isObject(own)) return [wrong(own, ' beside the document', `{ ${parts.join(', ')} }`)];
  return [
    ...Object.keys(own)
      .filter((key) => !parts.includes(key))
      .map((key) => unknownKey(key, '', parts)),
    ...modeProblems(own.mode),
    ...serverProblems(own.server, servers),
    ...machinesProblems(own.machines),
    ...propertiesProblems(own.properties),
  ];
}
