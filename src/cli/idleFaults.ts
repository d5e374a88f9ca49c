import type { CheckedCell } from '../sim/jobs/cell.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { lineOf } from '../sim/scenarioFile/parse.ts';
import { type GivenScenarios, isBundledFile, readText } from './files.ts';
import { colours } from './output.ts';

const ordinal = (count: number): string =>
  count === 1 ? 'the first' : count === 2 ? 'the second' : count === 3 ? 'the third' : `number ${count}`;

function faultText({ do: what, message, from, to, occurrence = 1 }: NonNullable<ScenarioDocument['faults']>[number]) {
  const route = `${from ? ` from ${from}` : ''}${to ? ` to ${to}` : ''}`;
  return `\`${what}\` of ${message}${route}, ${ordinal(occurrence)}`;
}

/**
 * The faults of these files that happen in no run of any cell that was explored whole: a line each. Those of bundled
 * scenarios each happen in some mode, be it none of those that are asked for.
 */
export function idleFaultLines(
  cells: readonly CheckedCell[],
  { documents, fileOf }: Pick<GivenScenarios, 'documents' | 'fileOf'>,
): string[] {
  return documents.flatMap(({ name, faults = [] }) => {
    const file = fileOf.get(name);
    if (file !== undefined && isBundledFile(file)) return [];
    const ofFile = cells.filter(({ scenario }) => scenario === name);
    const isIdle = (index: number) => ofFile.length > 0 && ofFile.every((cell) => cell.idleFaults?.includes(index));
    return faults.flatMap((fault, index) => {
      if (!isIdle(index)) return [];
      const line = file === undefined ? null : lineOf(readText(file), ['faults', index]);
      const place = file === undefined ? name : `${file}${line === null ? '' : `:${line}`}`;
      return [colours.yellow(`${place}: ${faultText(fault)}, happens in no run`)];
    });
  });
}
