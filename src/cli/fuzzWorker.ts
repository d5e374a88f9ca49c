import { parentPort, workerData } from 'node:worker_threads';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import type { DrawLimits } from '../sim/fuzz/drawLimits.ts';
import { fuzz } from '../sim/fuzz/fuzz.ts';
import { propertyNamed } from '../sim/properties/properties.ts';

/** What is drawn, as plain data. */
export interface FuzzTask {
  readonly mode: ModeName;
  readonly server: ServerProfile;
  readonly properties: readonly string[];
  readonly limits: DrawLimits;
  readonly runs: number;
  readonly seed: number;
  /** How many scenarios have run so far, those that shrink a violation too; and 1 once there is a violation. */
  readonly counts: Int32Array;
}

const { properties, counts, ...task } = workerData as FuzzTask;
parentPort?.postMessage(
  fuzz({
    ...task,
    properties: properties.map(propertyNamed),
    onRun: (isViolated) => {
      Atomics.add(counts, 0, 1);
      if (isViolated) Atomics.store(counts, 1, 1);
      return true;
    },
  }),
);
