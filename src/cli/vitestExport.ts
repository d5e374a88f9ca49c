import { dirname, relative, resolve, sep } from 'node:path';
import { regressionTest } from '../inspector/model/export/regression.ts';
import { isModule } from '../library/loadModule.ts';
import { verdictSentences } from '../sim/report/sentence.ts';
import type { Trace } from '../sim/trace/trace.ts';
import { refuse, standardStream } from './files.ts';

/** Where a run came from, and where its test is to stand. */
export interface RunSource {
  readonly mode?: unknown;
  readonly profile?: unknown;
  readonly replay?: string;
  readonly output?: string;
}

/** A run as a test for vitest, which imports the module or reads the trace from where the test stands. `given`: what was run. */
export function vitestTest(trace: Trace, given: string, { mode, profile, replay, output }: RunSource): string {
  const folder = output === undefined || output === standardStream ? '.' : dirname(output);
  const fromThere = (file: string) => relative(resolve(folder), resolve(file)).split(sep).join('/');
  const said = verdictSentences(trace);
  if (!isModule(given)) return regressionTest(trace, said, fromThere(given));
  // A test imports the module as it is, and a seed gives this run in its own place only.
  const elsewhere = mode === undefined ? (profile === undefined ? undefined : '--profile') : '--mode';
  if (elsewhere !== undefined)
    refuse(elsewhere, 'a test of a run in another place', 'its trace: `--output FILE` first, then `--replay FILE`');
  const module = { file: fromThere(given), isAsDefined: replay === undefined };
  return regressionTest(trace, said, fromThere(replay ?? given), module);
}
