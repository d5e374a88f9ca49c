import { computed } from '@preact/signals';
import type { PartyName } from '../../../machines/messages.ts';
import { roleOf } from '../../../machines/phones.ts';
import { type Standing, standingAtStart } from '../../../sim/report/lanes.ts';
import { registeredText } from '../../../sim/report/wording.ts';
import type { TraceRecord } from '../../../sim/trace/trace.ts';
import { lastUpTo } from '../../model/lastUpTo.ts';
import { activePaths } from '../../model/stateWords.ts';
import { isSystem, shownLanes } from '../parties.ts';
import { rowOf } from '../rows.ts';
import { step, trace } from '../store.ts';

type Snapshot = NonNullable<TraceRecord['snapshot']>;

/** The steps of each party in which it got a snapshot: who steps through a long run must not look through it each time. */
const snapshotSteps = computed(() => {
  const found = new Map<string, number[]>(shownLanes.value.map((party) => [party, []]));
  for (const { step: at, targetRef, snapshot } of trace.value?.records ?? []) {
    if (snapshot !== null) found.get(targetRef)?.push(at);
  }
  return found;
});

/** The last snapshot of a party at or before a step. */
export function snapshotAt(party: PartyName, at: number): Snapshot | null {
  const steps = snapshotSteps.value.get(party) ?? [];
  return trace.value?.records[steps[lastUpTo(steps, at)] ?? -1]?.snapshot ?? null;
}

/** How things stand after a step: as its row has it, or the last one before. */
function standingAt(at: number): Standing {
  return rowOf(at)?.row.after ?? standingAtStart;
}

/** The state that all active ones are in, or else all of them. */
function stateOf(paths: readonly (readonly string[])[]): string {
  const [first = [], ...others] = paths;
  const shared = first.filter((name, index) => others.every((path) => path[index] === name));
  return shared.at(-1) ?? paths.map((path) => path.at(-1)).join(' · ');
}

/** What a lane says of itself: the state that matters most. */
function words(party: PartyName, standing: Standing): string {
  if (isSystem.value) return stateOf(activePaths(snapshotAt(party, step.value)?.value));
  if (party === 'sipServer') return registeredText(standing);
  const value = snapshotAt(party, step.value)?.value;
  const paths = activePaths(value);
  if (roleOf(party) === 'app')
    return ((party === 'app' ? standing.lifecycle : standing.lifecycles?.[party]) ?? 'notRunning')
      .replace('notRunning', 'not running')
      .replace('loggedOut', 'logged out');
  const busy = paths.find((path) => path.includes('account')) ?? paths.find((path) => path.at(-1) !== 'idle');
  return busy?.at(-1) ?? 'idle';
}

/** Under the name of each lane. */
export const headWords = computed(() => {
  const standing = standingAt(step.value);
  return Object.fromEntries(shownLanes.value.map((party) => [party, words(party, standing)])) as Record<
    PartyName,
    string
  >;
});
