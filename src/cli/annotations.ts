import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import process from 'node:process';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { slipText } from '../sim/scenarioFile/expected.ts';
import { isIdle, type JudgedPlace } from '../sim/summary/expectations.ts';
import type { GivenScenarios } from './files.ts';
import { placeOf, placeTitle } from './showExpectations.ts';

/** Something that a CI system shows at a line of a file. */
export interface Finding {
  readonly file: string;
  readonly line: number | null;
  readonly title: string;
  readonly text: string;
  /** What was judged. */
  readonly check: string;
  /** Whether it makes the run fail, not only undecided. */
  readonly isError: boolean;
  /** What tells it from every other finding, and is the same in the next run. */
  readonly key: readonly string[];
}

/** Why something is violated, behind words that say so: of what is no call the sentence begins with them. */
export const whyOf = ({ counterexample, property }: JudgedPlace): string | undefined =>
  counterexample?.sentence.replace(`${property} is violated: `, '');

const predicateOf = (cell: JudgedPlace): string => (isIdle(cell) ? 'has nothing to judge' : `is ${cell.verdict}`);

/** What is not as expected, or not decided. */
export const findingsOf = (cells: readonly JudgedPlace[], given: GivenScenarios): Finding[] =>
  cells.flatMap((cell): Finding[] => {
    const { scenario, profile, mode, property, expected, outcome, scope } = cell;
    const isError = outcome === 'unexpected' && (expected !== null || !given.isBundled);
    if (!isError && outcome !== 'undecided') return [];
    const isOpen = outcome === 'undecided';
    const what = expected === null || isOpen ? `${property} ${predicateOf(cell)}` : slipText(cell);
    const why = isOpen ? scope : whyOf(cell);
    return [
      {
        ...placeOf(cell, given),
        title: mode === null ? property : `${modeTitle(mode)} on ${profile}: ${property}`,
        text: `${placeTitle(cell)}: ${what}${why === undefined ? '' : `: ${why}`}`,
        check: property,
        isError,
        key: [scenario, profile ?? '', mode ?? '', property, outcome],
      },
    ];
  });

/** A file as it stands in the repository of the CI system, or from here. */
const inRepository = (file: string, root: string | undefined): string => relative(root ?? '', resolve(file));

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands: what its parser takes for its own. */
const escapedData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapedProperty = (text: string): string => escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function toGithub(findings: readonly Finding[]): string {
  const root = process.env.GITHUB_WORKSPACE;
  const lines = findings.map(({ file, line, title, text, isError }) => {
    const place = `file=${escapedProperty(inRepository(file, root))}${line === null ? '' : `,line=${line}`}`;
    return `::${isError ? 'error' : 'warning'} ${place},title=${escapedProperty(title)}::${escapedData(text)}`;
  });
  return [...lines, `ringproof: ${findings.length === 0 ? 'nothing' : findings.length} to annotate`].join('\n');
}

/** https://docs.gitlab.com/ci/testing/code_quality: the code quality report. */
function toGitlab(findings: readonly Finding[]): string {
  const root = process.env.CI_PROJECT_DIR;
  const issues = findings.map(({ file, line, text, check, isError, key }) => ({
    description: text,
    check_name: check,
    fingerprint: createHash('sha256').update(JSON.stringify(key)).digest('hex'),
    severity: isError ? 'major' : 'info',
    location: { path: inRepository(file, root), lines: { begin: line ?? 1 } },
  }));
  return JSON.stringify(issues, null, 1);
}

/** Findings as CI systems read them. */
export const findingFormats = { github: toGithub, gitlab: toGitlab } as const;
