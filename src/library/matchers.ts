import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { InputError } from '../sim/input/inputError.ts';
import type { CheckedProperty } from '../sim/own/judging.ts';
import type { OwnScenario } from '../sim/own/ownScenario.ts';
import { ladder } from '../sim/own/shown.ts';
import { properties } from '../sim/properties/properties.ts';
import { expectedOf, slipText } from '../sim/scenarioFile/expected.ts';
import type { Trace } from '../sim/trace/trace.ts';
import { type CheckSettings, check } from './check.ts';
import type { Checkable } from './subjects.ts';

/** What a matcher tells the test runner. */
export interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

const width = 100;
/** Lines of a ladder that a message shows: the last ones, up to the violation. */
const mostLines = 40;

/** The ladder of a run up to where it violates the property: it may violate another one before. */
function shortLadder(trace: Trace, property: string): string {
  const text = ladder(trace, width);
  const [heading = '', ...lines] = text.split('\n');
  const end = lines.findIndex((line) => line.includes(`✗ ${property}: `)) + 1 || lines.length;
  const shown = lines.slice(Math.max(0, end - mostLines), end);
  return [heading, ...(shown.length < end ? ['         …'] : []), ...shown].join('\n');
}

/** A violation for people: the sentence, for which delays, the run. */
const violationText = ({ property, sentence, window, trace }: CheckedProperty): string =>
  [
    sentence ?? `${property} is violated.`,
    `It is violated, all else within its windows, with`,
    ...(window.length === 0 ? ['any delays'] : window).map((line) => `  ${line}`),
    '',
    trace === null ? '' : shortLadder(trace, property),
  ].join('\n');

const listed = (checked: readonly CheckedProperty[]): string => checked.map(({ property }) => property).join(', ');

/** What a file expects of its scenario in its mode on its server, beside what was found: a sentence for each that is wrong. */
function slips(scenario: OwnScenario, checked: readonly CheckedProperty[]): string[] {
  const { document, mode, server } = scenario;
  const place = { document, mode: mode as ModeName, server: server as ServerProfile };
  return checked.flatMap((one) => {
    const expected = expectedOf(place, one.property) ?? 'holds';
    if (one.verdict === 'inconclusive' || one.verdict === expected) return [];
    const slip = slipText({ ...one, expected });
    return [one.verdict === 'violated' ? `${slip}\n${violationText(one)}` : slip];
  });
}

/** Whether a value is what `scenarioFiles` gives, in a place of which its file speaks. */
const isExpecting = (what: unknown): what is OwnScenario => {
  const { is, document, mode, server } = (what ?? {}) as Partial<OwnScenario>;
  return is === 'scenario' && typeof mode === 'string' && document?.expect?.[server?.name ?? '']?.[mode] !== undefined;
};

/** What vitest tells a matcher: whether it was asked with `.not`. */
export interface MatcherState {
  readonly isNot?: boolean;
}

/** What nobody knows meets no expectation, and none with `.not`. */
const unknown = ({ isNot = false }: MatcherState, why: string): Outcome => ({ pass: isNot, message: () => why });

const ours = new Set(properties.map(({ name }) => name));

/** Of which there is no verdict: not decided; or nothing to judge of what was named, of a property of the user's, or of all. */
function undecided(checked: readonly CheckedProperty[], property?: string): string | null {
  if (checked.length === 0) return `${property ?? 'nothing'} is not claimed of this scenario`;
  const open = checked.filter(({ verdict }) => verdict === 'inconclusive');
  if (open.length > 0) return `${listed(open)}: not decided`;
  const idle = checked.filter(({ witnessed, verdict }) => !witnessed && verdict === 'holds');
  const asked = idle.filter(
    (one) => property !== undefined || idle.length === checked.length || !ours.has(one.property),
  );
  return asked.length > 0 ? `${listed(asked)}: nothing to judge` : null;
}

/** Whether it is violated: a run that violates it is enough, whatever else is not known. */
async function judged(
  state: MatcherState,
  { what, property, settings }: { what: Checkable; property: string | undefined; settings: CheckSettings },
  outcome: (violated: readonly CheckedProperty[]) => Outcome,
): Promise<Outcome> {
  const checked = await check(what, { ...settings, ...(property !== undefined && { properties: [property] }) });
  const violated = checked.filter(({ verdict }) => verdict === 'violated');
  const why = violated.length > 0 ? null : undecided(checked, property);
  return why === null ? outcome(violated) : unknown(state, why);
}

/** The matchers: what `expect(scenario)` can be asked, or `expect(file)`. */
export const matchers = {
  toHold(this: MatcherState, what: Checkable, property?: string, settings: CheckSettings = {}): Promise<Outcome> {
    return judged(this, { what, property, settings }, (violated) => ({
      pass: violated.length === 0,
      message: () =>
        violated.length > 0
          ? violated.map(violationText).join('\n\n')
          : `expected a violation of ${property ?? 'some property'}, but every order of events and every delay keeps it`,
    }));
  },

  toBeViolated(this: MatcherState, what: Checkable, property: string, settings: CheckSettings = {}): Promise<Outcome> {
    return judged(this, { what, property, settings }, ([found]) => ({
      pass: found !== undefined,
      message: () => (found ? violationText(found) : `expected ${property} to be violated, but it holds`),
    }));
  },

  async toBeAsExpected(this: MatcherState, what: OwnScenario, settings: CheckSettings = {}): Promise<Outcome> {
    if (!isExpecting(what)) {
      const problem = {
        line: null,
        found: 'a scenario that expects nothing there',
        expected: 'a row of scenarioFiles',
      };
      throw new InputError({ file: 'toBeAsExpected', problems: [problem] });
    }
    const checked = await check(what, settings);
    const wrong = slips(what, checked);
    const why = wrong.length > 0 ? null : undecided(checked);
    if (why !== null) return unknown(this, why);
    const message = () =>
      wrong.length > 0
        ? wrong.join('\n\n')
        : 'expected something else than the file does, but everything is as it expects';
    return { pass: wrong.length === 0, message };
  },

  toLose(this: MatcherState, what: Checkable, call: number, settings: CheckSettings = {}): Promise<Outcome> {
    const ofCall = { what, property: 'noInviteLost', settings: { ...settings, call } };
    return judged(this, ofCall, ([found]) => ({
      pass: found !== undefined,
      message: () => (found ? violationText(found) : `expected call ${call} to be lost, but it is not`),
    }));
  },
};

/** The matchers as a test file sees them: each is awaited. */
export interface RingproofMatchers {
  /** Every order of events and every delay keeps the property, or all that are claimed; and there was something to judge. */
  toHold(property?: string, settings?: CheckSettings): Promise<void>;
  /** Some order of events and some delays violate the property. */
  toBeViolated(property: string, settings?: CheckSettings): Promise<void>;
  /** Every property of a row of `scenarioFiles` is as its file expects, and there was something to judge. */
  toBeAsExpected(settings?: CheckSettings): Promise<void>;
  /** Some order of events and some delays lose that call of a hand-over. */
  toLose(call: number, settings?: CheckSettings): Promise<void>;
}
