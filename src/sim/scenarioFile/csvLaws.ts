import { formatDuration } from '../data/duration.ts';
import type { LawDocument, ScenarioDocument } from './document.ts';
import { quantilesOfCsv } from './latencyCsv.ts';

/**
 * Reads a file that a scenario names, by its path from there: how errors name it, and its text.
 *
 * @example
 * ```ts
 * import type { Beside } from 'ringproof';
 *
 * const beside: Beside = (path) => ({ file: path, text: 'ms\n120\n180\n' });
 * console.log(beside('latencies.csv').text);
 * ```
 */
export type Beside = (path: string) => { readonly file: string; readonly text: string };

type Course = Pick<ScenarioDocument, 'links' | 'workload'>;

const isInCsv = (law: LawDocument | undefined): law is Extract<LawDocument, { csv: string }> =>
  law !== undefined && 'csv' in law;

/** The paths, within a document, of the laws that stand in files of their own. */
export function csvLawsIn({ links = {}, workload }: Course): readonly (readonly string[])[] {
  const ofLinks = Object.entries(links).flatMap(([name, link]) => (isInCsv(link?.law) ? [['links', name, 'law']] : []));
  const own = typeof workload === 'object' ? workload.stay : undefined;
  return [...ofLinks, ...(isInCsv(own) ? [['workload', 'stay']] : [])];
}

/** The same with the laws themselves in the place of their files. */
function readCourse<Given extends Course>(course: Given, beside: Beside): Given {
  const read = (law: LawDocument): LawDocument =>
    isInCsv(law)
      ? quantilesOfCsv({ ...beside(law.csv), column: law.column }).map(([share, ms]) => [share, formatDuration(ms)])
      : law;
  const { links, workload } = course;
  return {
    ...course,
    ...(links && {
      links: Object.fromEntries(
        Object.entries(links).map(([name, link]) => [name, link?.law ? { ...link, law: read(link.law) } : link]),
      ),
    }),
    ...(typeof workload === 'object' &&
      workload.stay !== undefined && { workload: { ...workload, stay: read(workload.stay) } }),
  };
}

/** A scenario with the laws that stand in files beside its own. Throws an InputError for a file that has none. */
export function withCsvLaws(document: ScenarioDocument, beside: Beside): ScenarioDocument {
  const { mitigation } = document;
  return {
    ...readCourse(document, beside),
    ...(mitigation && { mitigation: { ...mitigation, change: readCourse(mitigation.change, beside) } }),
  };
}
