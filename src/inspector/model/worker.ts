/** What a worker is asked: the name of an answer and what that needs. */
export interface WorkerRequest {
  readonly id: number;
  readonly name: string;
  readonly given: readonly unknown[];
}

export type WorkerReply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** What a worker answers, by name. */
// biome-ignore lint/suspicious/noExplicitAny: what each answer takes is known where it is asked
export type Questions<All> = Readonly<Record<keyof All, (...given: any[]) => unknown>>;

/** What a worker has of its world. */
declare const addEventListener: (type: 'message', listener: (event: { readonly data: WorkerRequest }) => void) => void;
declare const postMessage: (reply: WorkerReply) => void;

/** Has a worker answer what it is asked; of an answer that fails, the message of its error is told. */
export function answering<Answers extends Questions<Answers>>(answers: Answers): void {
  addEventListener('message', async ({ data: { id, name, given } }) => {
    try {
      postMessage({ id, value: await answers[name as keyof Answers](...given) });
    } catch (error) {
      postMessage({ id, error: (error as Error).message });
    }
  });
}
