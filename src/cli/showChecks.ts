import { everyMode } from '../machines/modeVariants.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { intendedServer } from '../profiles/intended.ts';
import type { CheckedCell, Judged } from '../sim/jobs/cell.ts';
import type { Answered } from '../sim/jobs/question.ts';
import { propertyNamed } from '../sim/properties/properties.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { secondsText } from '../sim/report/wording.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import type { JudgedCell, JudgedPlace } from '../sim/summary/expectations.ts';
import { renderVerdicts, type Telling, telling } from '../sim/summary/verdicts.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { Common } from './checkCells.ts';
import { pasteable } from './invocation.ts';
import { colours, print, terminalWidth } from './output.ts';
import { showRun, showWindow } from './showRun.ts';

const palette = { good: colours.green, bad: colours.red, dim: colours.dim };
const serverTitles = Object.fromEntries(Object.values(everyServerProfile).map(({ name, title }) => [name, title]));
/** What a property says in each cell: of several sentences, the limits of files for example, the scenarios are named. */
function sentenceIn(cells: readonly Common[], name: string): string {
  const { sentence, appliesTo } = propertyNamed(name);
  const said = new Map<string, Set<string>>();
  for (const { document, mode, server } of cells) {
    const scenario = scenarioIn(document, mode, server);
    if (!appliesTo(scenario)) continue;
    const { limits } = scenario;
    const text = sentence({ mode: cells.length === 1 ? scenario.mode : everyMode.singleDeviceTakeover, limits });
    said.set(text, (said.get(text) ?? new Set()).add(document.name));
  }
  const [usual, ...others] = [...said].sort(([, one], [, other]) => other.size - one.size);
  return [usual?.[0] ?? '', ...others.map(([text, names]) => `in ${[...names].join(', ')}: ${text}`)].join('; ');
}

/** What was checked, how a command that checks a cell of it once more names its scenario, and what else it says. */
export interface Again {
  readonly givenAs: ReadonlyMap<string, string>;
  /** The server, where the user has named one. */
  readonly profile: string | undefined;
  readonly flags: string;
  readonly cells: readonly Common[];
}

/** A matrix for people: verdicts, then of each violated property a sentence and how to see its ladder. */
export function showMatrix(cells: readonly CheckedCell[], checked: Again): void {
  const names = [...new Set(cells.map(({ property }) => property))];
  const propertySentences = Object.fromEntries(names.map((name) => [name, sentenceIn(checked.cells, name)]));
  print(renderVerdicts(cells, { palette, intended: intendedServer, serverTitles, propertySentences }));
  for (const property of names) {
    const { tellings, isAvoided } = telling(cells, property);
    if (tellings.length === 0) continue;
    print(
      `\n${colours.bold(isAvoided ? `${property}, where another mode on the same server keeps it:` : `${property}:`)}`,
    );
    for (const one of tellings) showTelling(one, property, checked);
  }
}

/** That there is more than the four modes, and which command lays it beside them; for that server where one is named. */
export const otherDesigns = (profile?: string): string =>
  colours.dim(
    `\nWithout a push server, where the SIP server pushes (RFC 8599): ${pasteable(`compare${profile === undefined ? '' : ` --profile ${profile}`}`)}`,
  );

function showTelling({ scenario, mode, servers, sentence }: Telling, property: string, again: Again): void {
  print(`${modeTitle(mode)} on ${servers.join(', ')}: ${sentence}`);
  const [profile = ''] = servers;
  print(colours.dim(`  ${commandFor({ scenario, mode, profile, property }, again)}`));
}

/** The command that shows one verdict with its run. */
export function commandFor(
  { scenario, mode, profile, property }: Pick<JudgedPlace, 'scenario' | 'mode' | 'profile' | 'property'>,
  again: Again,
): string {
  if (mode === null) return pasteable(`check ${again.givenAs.get(scenario)} --property ${property}${again.flags}`);
  const number = everyMode[mode].number ?? mode;
  const place = `--mode ${number} --profile ${again.profile ?? profile} --property ${property}`;
  return pasteable(`check ${again.givenAs.get(scenario)} ${place}${again.flags}`);
}

const marks: Readonly<Record<CheckedCell['verdict'], (text: string) => string>> = {
  holds: colours.green,
  violated: colours.red,
  inconclusive: colours.yellow,
};

/** A property with what was expected of it; whose system has no modes. */
export type JudgedProperty = Omit<JudgedCell, 'mode' | 'profile'>;

function factsOf(cell: JudgedProperty): string {
  const { expected, outcome } = cell;
  const beside =
    expected === null || (expected === 'holds' && outcome === 'asExpected')
      ? ''
      : outcome === 'asExpected'
        ? 'as expected'
        : `expected to ${expected === 'holds' ? 'hold' : 'be violated'}`;
  return [ownFacts(cell), beside].filter(Boolean).join('; ');
}

function ownFacts({ witnessed, counterexample, earliestMs, internalError, scope }: Judged): string {
  if (internalError) return scope;
  if (counterexample === null) return witnessed ? '' : 'nothing to judge';
  const { kind, events, slackMs } = counterexample;
  const which = kind === 'shortest' ? 'shortest' : 'one';
  const earliest = earliestMs === null ? '' : `; at the earliest at ${secondsText(earliestMs)} s`;
  const room = slackMs === null ? '' : `, each date with ${slackMs} ms to spare`;
  return `${which} counterexample: ${events === 1 ? 'one event' : `${events} events`}${room}${earliest}`;
}

/** One cell for people: each property's verdict, the scope, then race window and ladder of the first violation. */
export function showCell(cells: readonly JudgedProperty[]): void {
  for (const cell of cells) {
    const { property, verdict } = cell;
    print(`  ${property.padEnd(20)} ${marks[verdict](verdict.padEnd(13))} ${colours.dim(factsOf(cell))}`.trimEnd());
  }
  const [judged] = cells.filter(({ internalError }) => internalError === undefined);
  if (judged) print(colours.dim(`\n${judged.scope}`));
  const violated = cells.find(({ trace }) => trace !== undefined);
  if (violated?.trace === undefined || violated.counterexample === null) return;
  print('');
  showWindow(violated.property, violated.counterexample.window);
  showRun(judgedOnly(violated.trace, cells), { width: terminalWidth(), hasVerdicts: true });
}

/** A run that speaks of what was judged alone, and of the calls that it loses: what became of a call is no verdict. */
function judgedOnly(trace: Trace, cells: readonly JudgedProperty[]): Trace {
  const told = new Set(['noInviteLost', ...cells.map(({ property }) => property)]);
  return { ...trace, verdicts: trace.verdicts.filter(({ property }) => told.has(property)) };
}

/** Answers for people, one line each. */
export function showAnswers(answers: readonly Answered[]): void {
  for (const question of new Set(answers.map((one) => one.question))) {
    print(colours.bold(question));
    for (const { scenario, mode, profile, text } of answers.filter((one) => one.question === question)) {
      print(`  ${scenario.padEnd(32)} ${modeTitle(mode).padEnd(26)} ${profile.padEnd(10)} ${text}`);
    }
  }
}
