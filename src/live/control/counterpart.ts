import type { Message } from '../../machines/messages.ts';
import type { Read, UriOf } from './controlMessages.ts';

/** What has been said, and the URI of the app's contact where it was named. */
export type Heard = Exclude<Read, { problem: string }>;

/** The side of a run that is somebody else's, as this one talks to it. */
export interface Counterpart {
  /** Resolves when the other side is there and the run may begin; false where the signal came first. */
  readonly isThere: Promise<boolean>;
  /** Says something to it; a contact is named by its URI. */
  tell(message: Message, uriOf: UriOf): void;
  /** Who is told what it says, from now on and what it has said before. */
  listen(receiver: (heard: Heard) => void): void;
  /** What it has said that is no message, the first few, for people. */
  readonly problems: readonly string[];
  /** The run is over. */
  close(): void;
}

/** Opens the way to the other side of an account for one run. */
export type Counterparts = (user: string, signal: AbortSignal) => Counterpart;

/** So many problems are told; the others are like them. */
const mostProblems = 5;

/** Keeps what comes before anybody listens. */
export class Inbox {
  readonly problems: string[] = [];
  #receiver: ((heard: Heard) => void) | null = null;
  #early: Heard[] = [];

  take(heard: Read): void {
    if ('problem' in heard) {
      if (this.problems.length < mostProblems) this.problems.push(heard.problem);
    } else if (this.#receiver === null) this.#early.push(heard);
    else this.#receiver(heard);
  }

  listen(receiver: (heard: Heard) => void): void {
    this.#receiver = receiver;
    for (const heard of this.#early.splice(0)) receiver(heard);
  }
}
