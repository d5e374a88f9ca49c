import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { InputError } from '../sim/input/inputError.ts';
import type { CheckedProperty } from '../sim/own/judging.ts';
import type { OwnScenario } from '../sim/own/ownScenario.ts';
import { ladder } from '../sim/own/shown.ts';
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

/** The ladder of a run up to its violation. */
function shortLadder(trace: Trace): string {
  const text = ladder(trace, width);
  const [heading = '', ...lines] = text.split('\n');
  const end = lines.findIndex((line) => line.includes('✗')) + 1 || lines.length;
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
    trace === null ? '' : shortLadder(trace),
  ].join('\n');

const listed = (checked: readonly CheckedProperty[]): string => checked.map(({ property }) => property).join(', ');

function verdicts(what: Checkable, property: string | undefined, settings: CheckSettings): Promise<CheckedProperty[]> {
  return check(what, { ...settings, ...(property !== undefined && { properties: [property] }) });
}

/** What a file expects of its scenario in its mode on its server, beside what was found: a sentence for each that is wrong. */
function slips(scenario: OwnScenario, checked: readonly CheckedProperty[]): string[] {
  const { document, mode, server } = scenario;
  const place = { document, mode: mode as ModeName, server: server as ServerProfile };
  return checked.flatMap((one) => {
    const expected = expectedOf(place, one.property) ?? 'holds';
    if (one.verdict === 'inconclusive') return [`${one.property}: not decided`];
    if (one.verdict === expected) return [];
    const slip = slipText({ ...one, expected });
    return [one.verdict === 'violated' ? `${slip}\n${violationText(one)}` : slip];
  });
}

/** Whether a value is what `scenarioFiles` gives, in a place of which its file speaks. */
const isExpecting = (what: unknown): what is OwnScenario => {
  const { is, document, mode, server } = (what ?? {}) as Partial<OwnScenario>;
  return is === 'scenario' && typeof mode === 'string' && document?.expect?.[server?.name ?? '']?.[mode] !== undefined;
};

/** The matchers: what `expect(scenario)` can be asked, or `expect(file)`. */
export const matchers = {
  async toHold(what: Checkable, property?: string, settings: CheckSettings = {}): Promise<Outcome> {
    const checked = await verdicts(what, property, settings);
    const violated = checked.filter(({ verdict }) => verdict === 'violated');
    const open = checked.filter(({ verdict }) => verdict === 'inconclusive');
    const idle = property === undefined ? [] : checked.filter(({ witnessed }) => !witnessed);
    const pass = checked.length > 0 && violated.length + open.length + idle.length === 0;
    const message = () => {
      if (pass)
        return `expected a violation of ${property ?? 'some property'}, but every order of events and every delay keeps it`;
      if (checked.length === 0) return `${property ?? 'nothing'} is not claimed of this scenario`;
      if (violated.length > 0) return violated.map(violationText).join('\n\n');
      return open.length > 0 ? `${listed(open)}: not decided` : `${listed(idle)}: nothing to judge`;
    };
    return { pass, message };
  },

  async toBeViolated(what: Checkable, property: string, settings: CheckSettings = {}): Promise<Outcome> {
    const [found] = await verdicts(what, property, settings);
    const pass = found?.verdict === 'violated';
    const message = () =>
      found?.verdict === 'violated'
        ? violationText(found)
        : `expected ${property} to be violated, but it ${found === undefined ? 'is not claimed' : found.verdict === 'holds' ? 'holds' : 'is not decided'}`;
    return { pass, message };
  },

  async toBeAsExpected(what: OwnScenario, settings: CheckSettings = {}): Promise<Outcome> {
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
    const isIdle = !checked.some(({ witnessed }) => witnessed);
    const message = () => {
      if (wrong.length > 0) return wrong.join('\n\n');
      return isIdle
        ? 'nothing to judge'
        : 'expected something else than the file does, but everything is as it expects';
    };
    return { pass: wrong.length === 0 && !isIdle, message };
  },

  async toLose(what: Checkable, call: number, settings: CheckSettings = {}): Promise<Outcome> {
    const [found] = await verdicts(what, 'noInviteLost', settings);
    const lost = found?.trace?.verdicts.find(({ property }) => property === 'noInviteLost')?.violation?.calls ?? [];
    const pass = found?.verdict === 'violated' && lost.includes(call);
    const message = () =>
      found !== undefined && pass
        ? violationText(found)
        : `expected call ${call} to be lost, but ${lost.length > 0 ? `call ${lost.join(' and ')} is` : `noInviteLost ${found?.verdict ?? 'is not claimed'}`}`;
    return { pass, message };
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
