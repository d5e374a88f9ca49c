import type { Progress } from '../check/engine/exploring.ts';
import type { Subject } from '../check/questions/wholeWindow.ts';
import { type CheckQuestion, failed, type Judged, judgeAll } from './cell.ts';
import { judgeUntimed } from './untimedCell.ts';

/** A system of the user's to be checked, by the file of its module. Plain data, to be sent to a worker. */
export interface SystemJob extends CheckQuestion {
  readonly system: string;
  readonly module: string;
  /** Its properties: those that have failed where the check does. */
  readonly every: readonly string[];
  /** Whether it is checked for every order of events whatever the delays. */
  readonly untimed?: true;
}

/** Checks a system. */
export const checkSystemJob = (
  job: SystemJob,
  subject: Subject,
  onProgress?: (progress: Progress) => boolean,
): Judged[] => (job.untimed ? judgeUntimed(subject, job, onProgress) : judgeAll(subject, job, onProgress));

/** The verdicts of a job that has failed inside as a whole. */
export const failedSystem = ({ system, properties, every }: SystemJob, error: unknown): Judged[] =>
  (properties ?? every).map((name) => failed(system, name, error));
