import { explored } from '../sim/check/engine/exploring.ts';
import { InputError } from '../sim/input/inputError.ts';
import { type Answer, type CheckTask, checkTold, SharedProgress } from './checkTask.ts';

/** Checks one subject, in a worker. */
export default async function run({ told, question, shared }: CheckTask): Promise<Answer> {
  const progress = new SharedProgress(shared);
  progress.isLoading = 'file' in told;
  try {
    const checked = await checkTold(
      told,
      question,
      (steps) => explored(steps, (far) => progress.goesOn(far)),
      () => {
        progress.isLoading = false;
      },
    );
    return { checked };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { badInput: { file: error.file, problems: error.problems } };
  }
}
