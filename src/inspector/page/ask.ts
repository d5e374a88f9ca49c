import type { Answers } from '../model/requests.ts';
import type { Question, Reply } from './worker.ts';
import SimulatorWorker from './worker.ts?worker&inline';

const worker = new SimulatorWorker();
const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
let lastId = 0;

worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
  const asked = waiting.get(data.id);
  waiting.delete(data.id);
  if ('error' in data) asked?.reject(new Error(data.error));
  else asked?.resolve(data.value as never);
});

/** Asks the worker, which holds the world. */
export function ask<Name extends keyof Answers>(
  name: Name,
  ...given: Parameters<Answers[Name]>
): Promise<ReturnType<Answers[Name]>> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, name, given } satisfies Question);
  });
}
