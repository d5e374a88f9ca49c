import type { AnyStateMachine } from 'xstate';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { simulate } from '../run/simulate.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { eventTypesOf, hears } from './machineParts.ts';
import { ofModule } from './ofModule.ts';
import { thrownText } from './outside.ts';

/** Runs before anything is said: enough to meet most of what machines do. */
const rehearsals = 20;

/** The messages of these parties that their receivers never take: a word that nobody knows. */
function unheard(definition: WorldDefinition, own: readonly string[], sent: ReadonlySet<string>): InputProblem[] {
  return [...sent].flatMap((text): InputProblem[] => {
    const [from = '', to, type = ''] = JSON.parse(text) as string[];
    const receiver = definition.parties.find(({ party }) => party === to);
    const events = receiver === undefined ? [] : eventTypesOf(receiver.machine);
    if (!own.includes(from) || hears(events, type)) return [];
    const valid = events.filter((one) => !one.startsWith('xstate.'));
    const hint = nearestWord(type, valid);
    return [
      {
        line: null,
        found: `the message ${type} from ${from}, which the machine of ${to} never takes`,
        expected: valid.length === 0 ? 'no message, since it takes none' : `one of ${valid.join(', ')}`,
        ...(hint !== undefined && { hint }),
      },
    ];
  });
}

/** The steps of the environment that a machine in the place of ours never takes, although ours does: nothing would come of them. */
function untaken(
  { scenario, parties }: WorldDefinition,
  own: readonly string[],
  ours: Readonly<Record<string, AnyStateMachine>>,
): InputProblem[] {
  return scenario.steps.flatMap(({ action }, index): InputProblem[] => {
    if (!('party' in action) || !own.includes(action.party)) return [];
    const { type } = action.event;
    const events = eventTypesOf(parties.find(({ party }) => party === action.party)?.machine as AnyStateMachine);
    const usual = ours[action.party];
    if (hears(events, type) || usual === undefined || !hears(eventTypesOf(usual), type)) return [];
    const valid = events.filter((one) => !one.startsWith('xstate.'));
    const hint = nearestWord(type, valid);
    return [
      {
        line: null,
        found: `${type} in steps[${index + 1}], which the machine of ${action.party} never takes`,
        expected: `that event in it, or no such step; it takes ${valid.length === 0 ? 'none' : valid.join(', ')}`,
        ...(hint !== undefined && { hint }),
      },
    ];
  });
}

/**
 * Lets a system run before it is judged, so that what does not fit is said first. `own`: the parties whose machines are the
 * user's; `ours`: those in whose place they are. Throws an InputError for a machine that reaches outside, never ends, says what
 * nobody takes, or never takes what the environment tells it.
 */
export function rehearse(
  definition: WorldDefinition,
  own: readonly string[],
  file: string,
  ours: Readonly<Record<string, AnyStateMachine>> = {},
): void {
  const sent = new Set<string>();
  try {
    for (let seed = 1; seed <= rehearsals; seed++) {
      for (const { targetRef, sent: messages } of simulate(definition, seed).records) {
        for (const { to, event } of messages) sent.add(JSON.stringify([targetRef, to, event.type]));
      }
    }
    for (const table of definition.parties) if (own.includes(table.party)) table.computeAgain();
  } catch (error) {
    if (error instanceof InputError) throw ofModule(error, file);
    const found = thrownText(error);
    throw new InputError({ file, problems: [{ line: null, found, expected: 'machines that fit together' }] });
  }
  const problems = [...untaken(definition, own, ours), ...unheard(definition, own, sent)];
  if (problems.length > 0) throw new InputError({ file, problems });
}
