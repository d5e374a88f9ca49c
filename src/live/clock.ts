/** Real time, or a test's. */
export interface Clock {
  /** Milliseconds since some moment. */
  readonly nowMs: () => number;
  /** Calls back once, after that many milliseconds; the result takes it back. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** The clock of this process, which nobody sets back. */
export const realClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
