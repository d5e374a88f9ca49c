import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { createJiti, JitiOptions } from 'jiti';
import { refuseTwins } from './twinExports.ts';

type Transform = NonNullable<JitiOptions['transform']>;

const key = 'ringproof.transformed';

/** A module as it was last transformed. */
interface Transformed {
  readonly source: string;
  readonly code: string;
}

/**
 * The modules that were transformed, by their files and all else that the transformation is told: of one that is edited while
 * somebody watches it, its last text. Each worker is given what was there when it was started: to load the transformer takes it longer than most of what it is asked for.
 */
const known = (getEnvironmentData(key) ?? new Map()) as unknown as Map<string, Transformed>;

/** A transformation that is done once, here or in the thread that started this one. */
export function transformedOnce(create: typeof createJiti): Transform {
  return (options) => {
    const { source, ...how } = options;
    const asked = JSON.stringify(how);
    const last = known.get(asked);
    if (last?.source === source) return last;
    const code = create(import.meta.url, { fsCache: false, sourceMaps: false }).transform(options);
    refuseTwins(code, options);
    known.set(asked, { source, code });
    setEnvironmentData(key, known as never);
    return { code };
  };
}
