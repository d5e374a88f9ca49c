/** Real time, or a test's. */
export interface Clock {
  /** Milliseconds since some moment. */
  readonly nowMs: () => number;
  /** Calls back once, after that many milliseconds; the result takes it back. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** Calls back once, when the sockets have been read whose messages are there already; the result takes it back. */
  readonly afterReading: (callback: () => void) => () => void;
}

/** The clock of this process, which nobody sets back. */
export const realClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  // Node runs timers, then reads sockets, then calls these: a timer that is late comes before what lies unread.
  afterReading: (callback) => {
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  },
};
