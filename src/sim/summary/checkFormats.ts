import type { CheckedCell } from '../jobs/cell.ts';

/** Counts up whenever a program that reads the JSON would have to change. */
const jsonVersion = 1;

const name = ({ scenario, mode, profile }: CheckedCell) => `${scenario}, ${mode} on ${profile}`;

function toJson(cells: readonly CheckedCell[]): string {
  return JSON.stringify({ version: jsonVersion, cells }, null, 1);
}

const escaped = (text: string): string => text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

function junitCase(cell: CheckedCell): string {
  const { property, verdict, scope, counterexample } = cell;
  const open = `  <testcase classname="${escaped(name(cell))}" name="${property}"`;
  if (verdict === 'holds') return `${open}/>`;
  const kind = verdict === 'violated' ? 'failure' : 'error';
  const details = [counterexample?.sentence ?? '', ...(counterexample?.window ?? []), scope].filter(Boolean);
  return `${open}><${kind} message="${escaped(counterexample?.sentence ?? verdict)}">${escaped(details.join('\n'))}</${kind}></testcase>`;
}

function toJunit(cells: readonly CheckedCell[]): string {
  const count = (verdict: CheckedCell['verdict']) => cells.filter((cell) => cell.verdict === verdict).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="ringproof check" tests="${cells.length}" failures="${count('violated')}" errors="${count('inconclusive')}">`,
    ...cells.map(junitCase),
    '</testsuite>',
  ].join('\n');
}

const inTable = (text: string): string => text.replace(/\|/g, '\\|');

function toMarkdown(cells: readonly CheckedCell[]): string {
  const row = (cell: CheckedCell) => {
    const { scenario, mode, profile, property, verdict, counterexample, scope } = cell;
    const why = [counterexample?.sentence, ...(counterexample?.window ?? [])].filter((text) => text !== undefined);
    const columns = [scenario, mode, profile, property, verdict, verdict === 'holds' ? scope : why.join('; ') || scope];
    return `| ${columns.map(inTable).join(' | ')} |`;
  };
  return [
    '| scenario | mode | profile | property | verdict | why or for what |',
    '|---|---|---|---|---|---|',
    ...cells.map(row),
  ].join('\n');
}

/** The verdicts for other programs: JSON (stable and versioned), JUnit XML for CI, a Markdown table. */
export const checkFormats = { json: toJson, junit: toJunit, markdown: toMarkdown } as const;
