import type { Subject } from '../sim/check/questions/wholeWindow.ts';
import type { CheckJob } from '../sim/jobs/cell.ts';
import type { PromelaJob } from '../sim/jobs/promelaJob.ts';
import type { QuestionJob } from '../sim/jobs/question.ts';
import type { OwnRunsJob } from '../sim/jobs/sweepJob.ts';
import { fingerprintOf } from '../sim/own/fingerprint.ts';
import type { OwnScenario } from '../sim/own/ownScenario.ts';
import { scenarioSubject, systemSubject } from '../sim/own/subject.ts';
import type { OwnSystem } from '../sim/own/systemDefinition.ts';
import type { RunWorlds } from '../sim/sweep/runWorlds.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { refuse } from './files.ts';
import { loadOwn, runsOfModule, worldOfModule } from './ownModule.ts';

/** What a job is about where that is a module of the user's. */

/** The user's hand-over in the mode and on the server of a job. */
export async function subjectIn({ mode, server }: CheckJob | QuestionJob, module: string): Promise<Subject> {
  const own = await loadOwn(module);
  return scenarioSubject(own as OwnScenario, module, mode, server);
}

export async function systemIn(module: string): Promise<Subject> {
  const own = await loadOwn(module);
  return systemSubject(own as OwnSystem, module);
}

/** The world that is to be written as a model. */
export const worldIn = async (of: Exclude<PromelaJob['of'], { scenario: unknown }>): Promise<WorldDefinition> =>
  worldOfModule(await loadOwn(of.file), of.file, of);

/** Made ready once in each worker. */
const ready = new Map<string, Promise<RunWorlds>>();

async function madeReady({ module, file, mode, server, fingerprint }: OwnRunsJob): Promise<RunWorlds> {
  const place = { mode: mode ?? undefined, profile: server ?? undefined };
  const runs = runsOfModule(await loadOwn(module), file, place);
  if (fingerprintOf(runs.common) !== fingerprint)
    refuse(file, 'another one when it is loaded again', 'a module that is the same whenever it is loaded');
  return runs;
}

/** The runs of the user's module in the place of a job. Refuses one that is no longer what the command has loaded. */
export function runsInPlace(job: OwnRunsJob): Promise<RunWorlds> {
  const { module, mode, server, fingerprint } = job;
  const key = JSON.stringify([module, mode, server, fingerprint]);
  const known = ready.get(key) ?? madeReady(job);
  ready.set(key, known);
  return known;
}
