/** The jobs that a thread has still to do: from `next` on, up to `end`. */
interface Lane {
  next: number;
  end: number;
}

/** Neighbours have the same machines, which each thread looks up for itself: so each thread begins with jobs that stand together. */
export const lanesOf = (jobs: number, threads: number): readonly Lane[] =>
  Array.from({ length: threads }, (_, at) => ({
    next: Math.floor((at * jobs) / threads),
    end: Math.floor(((at + 1) * jobs) / threads),
  }));

/** The next job of a thread: of its own ones, or else the last one of the thread that has most left. Null where there is none. */
export function takenBy(own: number, lanes: readonly Lane[]): number | null {
  const mine = lanes[own] as Lane;
  if (mine.next < mine.end) return mine.next++;
  const left = ({ next, end }: Lane) => end - next;
  const busiest = lanes.reduce((one, other) => (left(other) > left(one) ? other : one));
  return left(busiest) > 0 ? --busiest.end : null;
}
