/** What a worker can be asked, by name. */
// biome-ignore lint/suspicious/noExplicitAny: what each answer takes is known where it is asked
export type Questions = Readonly<Record<string, (...given: any[]) => unknown>>;

/** What the page asks: the name of an answer and what it needs. */
export interface WorkerRequest {
  readonly id: number;
  readonly name: string;
  readonly given: readonly unknown[];
}

export type WorkerReply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** Answers whatever the page asks this worker. */
export function serve(answers: Questions): void {
  addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
    try {
      postMessage({ id: data.id, value: answers[data.name]?.(...data.given) } satisfies WorkerReply);
    } catch (error) {
      postMessage({ id: data.id, error: (error as Error).message } satisfies WorkerReply);
    }
  });
}
