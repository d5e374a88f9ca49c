import { formatDuration } from '../../../sim/data/duration.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import { differences } from '../../model/differences.ts';
import type { PendingView } from '../../model/options.ts';
import { activePaths } from '../../model/stateWords.ts';
import { Differences } from '../Differences.tsx';
import { shownLanes, titleOf } from '../parties.ts';
import { marked, options, step, toggleMark, trace } from '../store.ts';
import { snapshotAt } from './heads.ts';
import { RawDifference } from './RawMessage.tsx';
import { pendingText } from './words.ts';

type Lane = (typeof shownLanes.value)[number];

/** The states and the context of a party after a step, side by side as one value. */
const situationOf = (lane: Lane, at: number) => {
  const snapshot = snapshotAt(lane, at);
  return { states: activePaths(snapshot?.value).map((path) => path.join(' › ')), ...(snapshot?.context as object) };
};

const hasChanged = (lane: Lane, from: number, to: number): boolean =>
  differences(situationOf(lane, from), situationOf(lane, to)).some(({ change }) => change !== 'same');

const PendingList = ({ change, pending }: { change: 'gone' | 'new'; pending: readonly PendingView[] }) => (
  <>
    {pending.map((one) => (
      <li key={one.serial} class={`plain ${change}`}>
        <span aria-hidden="true">{change === 'gone' ? '−' : '+'}</span>
        <span>
          {pendingText(one)} <span class="unseen">{change === 'gone' ? 'is no longer pending' : 'is pending now'}</span>
        </span>
      </li>
    ))}
  </>
);

/** What was pending after one step and is not after the other, and the reverse. */
const PendingDifferences = ({ before, after }: { before: readonly PendingView[]; after: readonly PendingView[] }) => {
  const without = (all: readonly PendingView[], others: readonly PendingView[]) =>
    all.filter(({ serial }) => others.every((other) => other.serial !== serial));
  const [gone, come] = [without(before, after), without(after, before)];
  return (
    <>
      <h3>Pending</h3>
      {gone.length + come.length === 0 && <p class="soft">unchanged</p>}
      <ul class="diff">
        <PendingList change="gone" pending={gone} />
        <PendingList change="new" pending={come} />
      </ul>
    </>
  );
};

/** What two steps differ in: the states and context of every party, and what could happen next. */
export const ComparedSteps = () => {
  const [mark, records] = [marked.value, trace.value?.records ?? []];
  if (mark === null) return null;
  const [from, to] = [Math.min(mark.step, step.value), Math.max(mark.step, step.value)];
  const [fromMs, toMs] = [records[from]?.atMs ?? 0, records[to]?.atMs ?? 0];
  const changed = shownLanes.value.filter((lane) => hasChanged(lane, from, to));
  const [before, after] = mark.step <= step.value ? [mark.options, options.value] : [options.value, mark.options];
  return (
    <section class="panel step-panel" aria-label="Difference of two steps">
      <h2>
        Step {from} → step {to}
      </h2>
      <p class="soft">
        {secondsText(fromMs)} s to {secondsText(toMs)} s, {formatDuration(toMs - fromMs)} apart
        {from === to && ': now select another step'}{' '}
        <button type="button" class="small" onClick={toggleMark}>
          End <kbd>D</kbd>
        </button>
      </p>
      <div class="scroll">
        <RawDifference />
        {changed.map((lane) => (
          <div key={lane}>
            <h3>{titleOf(lane)}</h3>
            <Differences before={situationOf(lane, from)} after={situationOf(lane, to)} />
          </div>
        ))}
        {changed.length === 0 && <p class="soft">No party is in another state.</p>}
        {before !== null && after !== null && <PendingDifferences before={before.pending} after={after.pending} />}
      </div>
    </section>
  );
};
