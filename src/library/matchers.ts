import type { CheckedProperty } from '../sim/own/judging.ts';
import { renderLadder } from '../sim/report/ladder.ts';
import type { LadderPalette } from '../sim/report/ladderDrawing.ts';
import { isOfSystem, renderSystemLadder } from '../sim/report/systemLadder.ts';
import type { Trace } from '../sim/trace/trace.ts';
import { type CheckSettings, check } from './check.ts';
import type { Checkable } from './subjects.ts';

/** What a matcher tells the test runner. */
interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

const width = 100;
/** Lines of a ladder that a message shows: the last ones, up to the violation. */
const mostLines = 40;

const asIs = (text: string): string => text;
const plain: LadderPalette = { red: asIs, green: asIs, blue: asIs, yellow: asIs, magenta: asIs, dim: asIs };

/** The ladder of a run up to its violation. */
function shortLadder(trace: Trace): string {
  const text = isOfSystem(trace)
    ? renderSystemLadder(trace, width, plain)
    : renderLadder(trace, { width, palette: plain });
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
  /** Some order of events and some delays lose that call of a hand-over. */
  toLose(call: number, settings?: CheckSettings): Promise<void>;
}
