import { stringify } from 'yaml';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { checkCell } from '../sim/jobs/cell.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';

/** Of a regression, which pins what it can, no more is explored than this. */
const maximumBytes = 1 << 28;

/**
 * A regression as a file whose `expect` is what `check` finds. What came out of one run is all that is known of it where that
 * cannot be decided: another order at the same dates, or another delay after the violation, may violate more.
 */
export function regressionText(document: ScenarioDocument, mode: ModeName, server: ServerProfile): string {
  const cells = checkCell({
    document,
    mode,
    server,
    properties: null,
    budget: { losses: 0, duplicates: 0 },
    maximumBytes,
    traces: false,
  });
  const violated = cells.flatMap(({ property, verdict }) => (verdict === 'violated' ? [property] : []));
  const isDecided = cells.every(({ verdict }) => verdict !== 'inconclusive') && violated.length > 0;
  const kept = isDecided ? { ...document, expect: { [server.name]: { [mode]: violated } } } : document;
  return stringify(kept, { flowCollectionPadding: true });
}
