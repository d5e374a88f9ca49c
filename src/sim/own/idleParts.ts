import type { AnyStateMachine } from 'xstate';
import type { InputProblem } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import { eventTypesOf, hears } from './machineParts.ts';
import type { FaultDefinition, SystemDefinition } from './systemDefinition.ts';

/** The types of events that parties take, without those of XState. */
const typesTakenBy = ({ parties }: SystemDefinition, names: readonly string[]): string[] =>
  names
    .flatMap((name) => eventTypesOf(parties[name]?.machine as AnyStateMachine))
    .filter((type) => !type.startsWith('xstate.'));

/** Steps that no machine takes. */
const idleSteps = (system: SystemDefinition): InputProblem[] =>
  system.steps.flatMap((step, index) => {
    if (!('party' in step)) return [];
    const types = typesTakenBy(system, [step.party]);
    const where = `for steps[${index + 1}].event`;
    return hears(types, step.event.type) ? [] : [unknownWord(step.event.type, where, types)];
  });

/** Links on which a fault can happen. */
const linksOf = ({ links }: SystemDefinition, { from, to, link }: FaultDefinition) =>
  Object.entries(links).filter(
    ([name, { between }]) =>
      (link ?? name) === name &&
      [from, to].every((end) => end === undefined || between.includes(end)) &&
      !(from && from === to),
  );

function idleFault(system: SystemDefinition, fault: FaultDefinition, index: number): InputProblem[] {
  const { message, to, do: what } = fault;
  const types = typesTakenBy(system, to === undefined ? Object.keys(system.parties) : [to]);
  const where = `for faults[${index + 1}]`;
  if (!hears(types, message)) return [unknownWord(message, `${where}.message`, types)];
  const links = linksOf(system, fault);
  if (links.length === 0)
    return [
      { line: null, found: `${what} ${where}, where no link runs`, expected: 'ends and link that belong together' },
    ];
  if (what === 'delay' || links.some(([, { transport }]) => transport === 'udp')) return [];
  return [{ line: null, found: `${what} ${where}, where every link is tcp`, expected: 'delay, or a link with udp' }];
}

/** Messages that would outdate others, but which neither end of their link takes. */
const idleOutdating = (system: SystemDefinition): InputProblem[] =>
  Object.entries(system.links).flatMap(([name, { between, outdates = [] }]) => {
    const types = typesTakenBy(system, between);
    return outdates
      .filter((type) => !hears(types, type))
      .map((type) => unknownWord(type, `for links.${name}.outdates`, types));
  });

/** What would do nothing: no machine takes such a message, or no link can lose or double it. */
export const idleParts = (system: SystemDefinition): InputProblem[] => [
  ...idleSteps(system),
  ...(system.faults ?? []).flatMap((fault, index) => idleFault(system, fault, index)),
  ...idleOutdating(system),
];
