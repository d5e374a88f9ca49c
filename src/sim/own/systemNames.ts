import type { InputProblem } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import type { SystemDefinition } from './systemDefinition.ts';

/** What the names in a system refer to, and what they must be one of. */
function namesIn({ parties, links, steps, faults = [] }: SystemDefinition) {
  const [party, one] = [Object.keys(parties), Object.keys(links)];
  const told = steps.flatMap((step) => ('party' in step ? [step.event.type] : []));
  return [
    ...Object.entries(links).flatMap(([name, { between }]) =>
      between.map((end) => ({ where: `links.${name}.between`, found: end, valid: party })),
    ),
    ...Object.entries(links).flatMap(([name, { emptiedBy = [] }]) =>
      emptiedBy.map((found) => ({ where: `links.${name}.emptiedBy`, found, valid: told })),
    ),
    ...steps.map((step, index) =>
      'party' in step
        ? { where: `steps[${index + 1}].party`, found: step.party, valid: party }
        : { where: `steps[${index + 1}]`, found: 'cut' in step ? step.cut : step.repair, valid: one },
    ),
    ...faults.flatMap(({ from, to, link }, index) => [
      ...[from, to].flatMap((end) =>
        end === undefined ? [] : [{ where: `faults[${index + 1}]`, found: end, valid: party }],
      ),
      ...(link === undefined ? [] : [{ where: `faults[${index + 1}].link`, found: link, valid: one }]),
    ]),
  ];
}

/** The names that refer to nothing. */
export const unknownNames = (system: SystemDefinition): InputProblem[] =>
  namesIn(system)
    .filter(({ found, valid }) => !valid.includes(found))
    .map(({ where, found, valid }) => unknownWord(found, `for ${where}`, valid));
