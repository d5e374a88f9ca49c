import { windowOfRun } from '../check/explain/windowOfRun.ts';
import { renderLadder } from '../report/ladder.ts';
import type { LadderPalette } from '../report/ladderDrawing.ts';
import { isOfSystem } from '../report/lanes.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { renderSystemLadder } from '../report/systemLadder.ts';
import type { Trace } from '../trace/trace.ts';
import { refuseNumbers } from './refuseNumbers.ts';
import { type Runnable, refuseNoTrace, refuseOther, worldOf } from './runnable.ts';

const asIs = (text: string): string => text;
const plain: LadderPalette = { red: asIs, green: asIs, blue: asIs, yellow: asIs, magenta: asIs, dim: asIs };

/**
 * The ladder of a run as text without colours: time runs downward, a lifeline for each party. `width`: columns, 40 to 400; no line
 * is wider. Throws an InputError for another width.
 *
 * @example
 * ```ts
 * import { defineScenario, ladder, simulate } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * console.log(ladder(simulate(scenario, 7)));
 * ```
 */
export function ladder(trace: Trace, width = 100): string {
  refuseNumbers('ladder', { width: [width, 40, 400] });
  refuseNoTrace(trace, 'ladder');
  return isOfSystem(trace) ? renderSystemLadder(trace, width, plain) : renderLadder(trace, { width, palette: plain });
}

/**
 * For which delays a run of `what` violates the first property that it violates, a line each, all others being within their
 * windows; none where any delays do. Null where it violates nothing, or later than after 400 events. A run that `check` or `fuzz`
 * has found has its own. Throws an InputError for machines that do not fit.
 *
 * @example
 * ```ts
 * import { defineScenario, raceWindow, simulate } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * console.log(raceWindow(scenario, simulate(scenario, 7)));
 * ```
 */
export function raceWindow(what: Runnable, trace: Trace): readonly string[] | null {
  refuseOther(what, 'raceWindow');
  refuseNoTrace(trace, 'raceWindow');
  const window = trace.raceWindow ?? windowOfRun(trace, worldOf(what));
  return window && raceWindowLines(window, trace);
}
