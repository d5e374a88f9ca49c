import type { Subject } from '../sim/check/questions/wholeWindow.ts';
import type { CheckJob } from '../sim/jobs/cell.ts';
import type { PromelaJob } from '../sim/jobs/promelaJob.ts';
import type { QuestionJob } from '../sim/jobs/question.ts';
import type { OwnScenario } from '../sim/own/ownScenario.ts';
import { scenarioSubject, systemSubject } from '../sim/own/subject.ts';
import type { OwnSystem } from '../sim/own/systemDefinition.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { loadOwn, worldOfModule } from './ownModule.ts';

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
