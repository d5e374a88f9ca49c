import { parseDurationMs } from '../data/duration.ts';
import type { Window } from '../data/window.ts';
import type { InputProblem } from '../input/inputError.ts';
import { windowOf } from '../scenarioFile/resolve.ts';
import { mostLinks, mostParties } from '../world/definition.ts';
import { machineProblems } from './machineContract.ts';
import { propertyProblems } from './ownProperty.ts';
import type { StepDefinition, SystemDefinition } from './systemDefinition.ts';
import { unknownNames } from './systemNames.ts';

/** A link has two ends. */
const selfLinks = ({ links }: SystemDefinition): InputProblem[] =>
  Object.entries(links).flatMap(
    ([
      name,
      {
        between: [one, other],
      },
    ]) =>
      one === other
        ? [{ line: null, found: `${name} from ${one} to itself`, expected: 'two parties; `raise` for one' }]
        : [],
  );

/** An event that empties a link is told to one party: to another one it would be the same event. */
function doubtfulEmptying({ links, steps }: SystemDefinition): InputProblem[] {
  return Object.entries(links).flatMap(([name, { emptiedBy = [] }]) =>
    emptiedBy.flatMap((type): InputProblem[] => {
      const told = new Set(steps.flatMap((step) => ('party' in step && step.event.type === type ? [step.party] : [])));
      if (told.size < 2) return [];
      const found = `${type} for links.${name}.emptiedBy, which ${[...told].join(' and ')} are told`;
      return [{ line: null, found, expected: 'an event that one party is told' }];
    }),
  );
}

function doubtfulProperties({ properties }: SystemDefinition): InputProblem[] {
  if (!Array.isArray(properties) || properties.length === 0)
    return [{ line: null, found: 'no properties', expected: 'at least one: defineProperty' }];
  return propertyProblems(properties, []);
}

const counted = (count: number, most: number, what: string): InputProblem[] =>
  count <= most ? [] : [{ line: null, found: `${count} ${what}`, expected: `at most ${most}` }];

/** A step has one date. */
function misdated({ at, after }: StepDefinition, index: number): InputProblem[] {
  if ((at === undefined) !== (after === undefined)) return [];
  return [
    {
      line: null,
      found: at === undefined ? `no date for steps[${index + 1}]` : `at and after for steps[${index + 1}]`,
      expected: '`at` (from the start) or `after` (from the step before)',
    },
  ];
}

/** A step that comes after the end of the run. */
function lateSteps({ steps, until }: SystemDefinition): InputProblem[] {
  const untilMs = parseDurationMs(until) ?? 0;
  let before: Window = [0, 0];
  return steps.flatMap(({ at, after }, index) => {
    const [earliest, latest] = windowOf(at ?? after ?? '0s');
    const date: Window = at === undefined ? [before[0] + earliest, before[1] + latest] : [earliest, latest];
    before = date;
    // In a chain of steps few runs come to the latest date of all.
    if (date[at === undefined ? 0 : 1] <= untilMs) return [];
    const found = `steps[${index + 1}] after the end of the run`;
    return [{ line: null, found, expected: `a date of at most ${until}, as \`until\` says` }];
  });
}

/** What does not fit together in a system whose data have the right form. */
export function misfitsIn(definition: SystemDefinition): InputProblem[] {
  const { parties } = definition;
  return [
    ...(Object.keys(parties).length === 0 ? [{ line: null, found: 'no parties', expected: 'at least one' }] : []),
    ...counted(Object.keys(parties).length, mostParties, 'parties'),
    ...counted(Object.keys(definition.links).length, mostLinks, 'links'),
    ...unknownNames(definition),
    ...selfLinks(definition),
    ...doubtfulEmptying(definition),
    ...doubtfulProperties(definition),
    ...definition.steps.flatMap(misdated),
    ...lateSteps(definition),
    ...Object.entries(parties).flatMap(([name, party]) =>
      machineProblems(party?.machine, name, Object.keys(party?.delays ?? {})),
    ),
  ];
}
