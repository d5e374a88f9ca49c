/** A fault of Ringproof itself, met while a job was done. Plain data. */
export interface InternalError {
  readonly message: string;
  readonly stack: string;
}

export const internalErrorOf = (error: unknown): InternalError =>
  error instanceof Error
    ? { message: error.message, stack: error.stack ?? error.message }
    : { message: String(error), stack: String(error) };

/** What stands in the place of an answer. */
export const internalErrorText = ({ message }: InternalError): string => `internal error: ${message}`;
