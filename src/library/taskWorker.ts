import { InputError } from '../sim/input/inputError.ts';
import { type Answer, answered, type Name, SharedProgress, type Steps, type Task } from './task.ts';

/** Takes the steps without a pause, as long as the shared memory says. */
function driven<Of extends Name>(steps: Steps<Of>, progress: SharedProgress) {
  let step = steps.next(true);
  while (!step.done) step = steps.next(progress.goesOn(step.value));
  return step.value;
}

/** Answers one question, in a worker. */
export default async function run({ shared, ...task }: Task): Promise<Answer> {
  const progress = new SharedProgress(shared);
  progress.isLoading = 'file' in task.told;
  try {
    const result = await answered(task, {
      drive: (steps) => driven(steps, progress),
      goesOn: (far) => progress.goesOn(far),
      loaded: () => {
        progress.isLoading = false;
      },
    });
    return { result };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { badInput: { file: error.file, problems: error.problems } };
  }
}
