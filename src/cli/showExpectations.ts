import { isModule } from '../library/loadModule.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { slipText } from '../sim/scenarioFile/expected.ts';
import { lineOf } from '../sim/scenarioFile/parse.ts';
import { type JudgedCell, type JudgedPlace, wrongExpectations } from '../sim/summary/expectations.ts';
import { type GivenScenarios, readText } from './files.ts';
import { colours, print } from './output.ts';
import { type Again, commandFor } from './showChecks.ts';

/** What was checked, and whether otherwise than its files say. */
export interface Checked extends Again, GivenScenarios {
  readonly isChanged: boolean;
}

type Place = Pick<JudgedPlace, 'scenario' | 'profile' | 'mode'>;

/** Where a file says what it expects of a cell. A module has no such line. */
export function placeOf(
  { scenario, profile, mode }: Place,
  { fileOf }: Pick<GivenScenarios, 'fileOf'>,
): { readonly file: string; readonly line: number | null } {
  const file = fileOf.get(scenario) ?? scenario;
  const isIn = profile !== null && mode !== null && !isModule(file);
  return { file, line: isIn ? lineOf(readText(file), ['expect', profile, mode]) : null };
}

/** What was checked, in words. */
export const placeTitle = ({ scenario, mode, profile }: Place): string =>
  mode === null ? scenario : `${scenario}, ${modeTitle(mode)} on ${profile}`;

/** How many places the files speak of, and of how many of these there is a verdict. */
function extentOf({ documents, cells }: Checked): { readonly said: number; readonly run: number } {
  const said = documents.flatMap(({ name, expect = {} }) =>
    Object.entries(expect).flatMap(([server, byMode]) =>
      Object.keys(byMode).map((mode) => `${name} ${server} ${mode}`),
    ),
  );
  const checked = new Set(cells.map(({ document, server, mode }) => `${document.name} ${server.name} ${mode}`));
  return { said: said.length, run: said.filter((place) => checked.has(place)).length };
}

/** For people: whether everything is as the files expect, and each expectation that is wrong. */
export function showExpectations(judged: readonly JudgedCell[], checked: Checked): void {
  const { said, run } = extentOf(checked);
  if (said === 0) return;
  if (checked.isChanged) {
    print(colours.dim('\nWhat is expected is said of a file as it is, and so not judged here.'));
    return;
  }
  const wrong = wrongExpectations(judged);
  const open = judged.filter(({ outcome }) => outcome === 'undecided').length;
  const rest = run === said ? '' : `; ${said - run} of ${said} cells with an expectation were not run`;
  if (wrong.length > 0) {
    print(
      `\n${colours.red(`${wrong.length === 1 ? 'An expectation is' : `${wrong.length} expectations are`} wrong${rest}:`)}`,
    );
    for (const cell of wrong) showWrong(cell, checked);
  } else if (open > 0) print(colours.yellow(`\nUndecided: ${open} of ${judged.length} verdicts${rest}.`));
  else if (run > 0) print(colours.green(`\nAs expected in ${run === 1 ? 'one cell' : `${run} cells`}${rest}.`));
  const unsaid = judged.filter(({ expected, outcome }) => expected === null && outcome === 'unexpected').length;
  if (unsaid > 0) print(colours.red(`\nViolated where nothing is expected: ${unsaid} of ${judged.length} verdicts.`));
}

function showWrong(cell: JudgedCell, checked: Checked): void {
  const { file, line } = placeOf(cell, checked);
  print(`  ${file}${line === null ? '' : `:${line}`}: ${modeTitle(cell.mode)} on ${cell.profile}: ${slipText(cell)}`);
  if (checked.cells.length > 1) print(colours.dim(`    ${commandFor(cell, checked)}`));
}
