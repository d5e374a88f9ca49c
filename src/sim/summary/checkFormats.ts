import { slipText } from '../scenarioFile/expected.ts';
import { isIdle, type JudgedPlace } from './expectations.ts';

/** Counts up whenever a program that reads the JSON would have to change. */
const jsonVersion = 1;

const name = ({ scenario, mode, profile }: JudgedPlace) =>
  mode === null ? scenario : `${scenario}, ${mode} on ${profile}`;

function toJson(cells: readonly JudgedPlace[]): string {
  return JSON.stringify({ version: jsonVersion, cells }, null, 1);
}

const escaped = (text: string): string => text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

interface JunitResult {
  readonly element: 'failure' | 'error' | 'skipped';
  readonly message: string;
  readonly type?: string;
}

/** What stands in a test case that is no plain success; an expected failure is told as pytest does, which CI systems know. */
function junitResult(cell: JudgedPlace): JunitResult | null {
  const { verdict, expected, outcome, counterexample } = cell;
  const sentence = counterexample?.sentence ?? (isIdle(cell) ? 'nothing to judge' : verdict);
  if (outcome === 'undecided') return { element: 'error', message: sentence };
  if (outcome === 'asExpected')
    return verdict === 'holds'
      ? null
      : { element: 'skipped', type: 'expected-failure', message: `violated, as expected: ${sentence}` };
  return { element: 'failure', message: expected === 'violated' ? slipText(cell) : sentence };
}

function junitCase(cell: JudgedPlace): string {
  const { property, scope, counterexample } = cell;
  const open = `  <testcase classname="${escaped(name(cell))}" name="${property}"`;
  const result = junitResult(cell);
  if (result === null) return `${open}/>`;
  const { element, message, type } = result;
  const details = [counterexample?.sentence ?? '', ...(counterexample?.window ?? []), scope].filter(Boolean);
  const start = `<${element}${type === undefined ? '' : ` type="${type}"`} message="${escaped(message)}">`;
  return `${open}>${start}${escaped(details.join('\n'))}</${element}></testcase>`;
}

function toJunit(cells: readonly JudgedPlace[]): string {
  const count = (element: JunitResult['element']) =>
    cells.filter((cell) => junitResult(cell)?.element === element).length;
  const counts = `failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="ringproof check" tests="${cells.length}" ${counts}>`,
    ...cells.map(junitCase),
    '</testsuite>',
  ].join('\n');
}

const inTable = (text: string): string => text.replace(/\|/g, '\\|');

function toMarkdown(cells: readonly JudgedPlace[]): string {
  const row = (cell: JudgedPlace) => {
    const { scenario, mode, profile, property, verdict, expected, outcome, counterexample, scope } = cell;
    const beside =
      outcome === 'unexpected' ? `expected: ${expected ?? 'holds'}` : outcome === 'undecided' ? 'undecided' : 'yes';
    const why = [counterexample?.sentence, ...(counterexample?.window ?? [])].filter((text) => text !== undefined);
    const columns = [
      scenario,
      mode ?? '',
      profile ?? '',
      property,
      verdict,
      beside,
      verdict === 'holds' ? scope : why.join('; ') || scope,
    ];
    return `| ${columns.map(inTable).join(' | ')} |`;
  };
  return [
    '| scenario | mode | profile | property | verdict | as expected | why or for what |',
    '|---|---|---|---|---|---|---|',
    ...cells.map(row),
  ].join('\n');
}

/** The verdicts for other programs: JSON (stable and versioned), JUnit XML for CI, a Markdown table. */
export const checkFormats = { json: toJson, junit: toJunit, markdown: toMarkdown } as const;
