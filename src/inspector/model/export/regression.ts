import { runTitle } from '../../../sim/report/wording.ts';
import type { TraceBody } from '../../../sim/trace/trace.ts';

/** A text as a literal of the code; JSON has the escapes of all that ends a line. */
const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

const violatedIn = ({ verdicts }: TraceBody): string =>
  verdicts
    .filter(({ verdict }) => verdict === 'violated')
    .map(({ property }) => quoted(property))
    .join(', ');

const found = "trace.verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property)";

const head = (said: readonly string[]): string[] => said.map((sentence) => `// ${sentence.replaceAll(/\s+/g, ' ')}`);

/** A run that a scenario and a seed give. */
const seeded = (trace: TraceBody, said: readonly string[]): string[] => [
  "import { expect, test } from 'vitest';",
  "import { simulate } from 'ringproof';",
  '',
  `const scenario = ${JSON.stringify(trace.scenario, null, 2)} as const;`,
  '',
  ...head(said),
  `test(${quoted(runTitle(trace))}, () => {`,
  `  const trace = simulate(scenario, ${trace.seed});`,
  `  expect(${found}).toEqual([${violatedIn(trace)}]);`,
  '});',
  '',
];

/** A run in which somebody or the checker chose what happens: it comes with its trace file. */
const recorded = (trace: TraceBody, said: readonly string[], traceFile: string): string[] => [
  "import { readFileSync } from 'node:fs';",
  "import { expect, test } from 'vitest';",
  "import { replay } from 'ringproof';",
  '',
  `const file = new URL(${quoted(`./${traceFile}`)}, import.meta.url);`,
  '',
  ...head(said),
  `test(${quoted(runTitle(trace))}, () => {`,
  `  const trace = replay(JSON.parse(readFileSync(file, 'utf8')), ${quoted(traceFile)});`,
  `  expect(${found}).toEqual([${violatedIn(trace)}]);`,
  '});',
  '',
];

/** The module by whose machines a run was made, for a test that stands beside it. */
export interface TestedModule {
  readonly file: string;
  /** Whether its scenario is as the module has it, so that a seed gives the run. */
  readonly isAsDefined: boolean;
}

/** A run of a module of the user's. */
function ofModule(trace: TraceBody, said: readonly string[], traceFile: string, module: TestedModule): string[] {
  const isSeeded = trace.seed !== null && module.isAsDefined;
  const run = isSeeded
    ? `simulate(own, ${trace.seed})`
    : `replay(JSON.parse(readFileSync(file, 'utf8')), ${quoted(traceFile)}, own)`;
  return [
    ...(isSeeded ? [] : ["import { readFileSync } from 'node:fs';"]),
    "import { expect, test } from 'vitest';",
    `import { ${isSeeded ? 'simulate' : 'replay'} } from 'ringproof';`,
    `import own from ${quoted(`./${module.file}`)};`,
    '',
    ...(isSeeded ? [] : [`const file = new URL(${quoted(`./${traceFile}`)}, import.meta.url);`, '']),
    ...head(said),
    `test(${quoted(runTitle(trace))}, () => {`,
    `  const trace = ${run};`,
    `  expect(${found}).toEqual([${violatedIn(trace)}]);`,
    '});',
    '',
  ];
}

/** A test for vitest that fails as soon as the run no longer comes out as it does now; `said` is its verdict in sentences. */
export function regressionTest(
  trace: TraceBody,
  said: readonly string[],
  traceFile: string,
  module: TestedModule | null = null,
): string {
  const lines =
    module !== null
      ? ofModule(trace, said, traceFile, module)
      : trace.seed === null
        ? recorded(trace, said, traceFile)
        : seeded(trace, said);
  return lines.join('\n');
}
