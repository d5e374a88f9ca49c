import { isModule } from '../library/loadModule.ts';
import type { Judged } from '../sim/jobs/cell.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { lineOf } from '../sim/scenarioFile/parse.ts';
import { type GivenScenarios, isBundledFile, readText } from './files.ts';
import { colours } from './output.ts';

const ordinal = (count: number): string =>
  count === 1 ? 'the first' : count === 2 ? 'the second' : count === 3 ? 'the third' : `number ${count}`;

/** A fault of a file, or of a system of the user's. */
interface Fault extends Pick<NonNullable<ScenarioDocument['faults']>[number], 'do' | 'occurrence'> {
  readonly message: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function faultText({ do: what, message, from, to, occurrence = 1 }: Fault) {
  const route = `${from ? ` from ${from}` : ''}${to ? ` to ${to}` : ''}`;
  return `\`${what}\` of ${message}${route}, ${ordinal(occurrence)}`;
}

/**
 * The faults of these files that happen in no run of any cell that was explored whole: a line each. Those of bundled
 * scenarios each happen in some mode, be it none of those that are asked for.
 */
export function idleFaultLines(
  cells: readonly Judged[],
  {
    documents,
    fileOf,
  }: {
    readonly documents: readonly { readonly name: string; readonly faults?: readonly Fault[] | undefined }[];
    readonly fileOf: GivenScenarios['fileOf'];
  },
): string[] {
  return documents.flatMap(({ name, faults = [] }) => {
    const file = fileOf.get(name);
    if (file !== undefined && isBundledFile(file)) return [];
    const ofFile = cells.filter(({ scenario }) => scenario === name);
    const isIdle = (index: number) => ofFile.length > 0 && ofFile.every((cell) => cell.idleFaults?.includes(index));
    return faults.flatMap((fault, index) => {
      if (!isIdle(index)) return [];
      const line = file === undefined || isModule(file) ? null : lineOf(readText(file), ['faults', index]);
      const place = file === undefined ? name : `${file}${line === null ? '' : `:${line}`}`;
      return [colours.yellow(`${place}: ${faultText(fault)}, happens in no run`)];
    });
  });
}
