import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { createJiti, JitiOptions } from 'jiti';

type Transform = NonNullable<JitiOptions['transform']>;

const key = 'ringproof.transformed';

/**
 * The modules that were transformed, by all that the transformation is told. Each worker is given what was there when it was
 * started: to load the transformer takes it longer than most of what it is asked for.
 */
const known = (getEnvironmentData(key) ?? new Map()) as unknown as Map<string, string>;

/** A transformation that is done once, here or in the thread that started this one. */
export function transformedOnce(create: typeof createJiti): Transform {
  return (options) => {
    const asked = JSON.stringify(options);
    let code = known.get(asked);
    if (code === undefined) {
      code = create(import.meta.url, { fsCache: false, sourceMaps: false }).transform(options);
      known.set(asked, code);
      setEnvironmentData(key, known as never);
    }
    return { code };
  };
}
