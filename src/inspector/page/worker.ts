import { type Answers, answers } from '../model/requests.ts';

/** What the page asks: the name of an answer and what it needs. */
export interface WorkerRequest {
  readonly id: number;
  readonly name: keyof Answers;
  readonly given: readonly unknown[];
}

export type WorkerReply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  const answer = answers[data.name] as (...given: readonly unknown[]) => unknown;
  try {
    postMessage({ id: data.id, value: answer(...data.given) } satisfies WorkerReply);
  } catch (error) {
    postMessage({ id: data.id, error: (error as Error).message } satisfies WorkerReply);
  }
});
