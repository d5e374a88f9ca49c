import { formatDuration } from '../../../sim/data/duration.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import { drop, freedom } from '../changes.ts';
import { draggedMs } from '../store.ts';

/** A date with how much later or earlier it is than the one that was drawn. */
export function draggedText(dueMs: number, atMs: number): string {
  const sign = dueMs < atMs ? '−' : '+';
  const moved = dueMs === atMs ? '' : ` (${sign}${formatDuration(Math.abs(dueMs - atMs))})`;
  return `${secondsText(dueMs)} s${moved}`;
}

/** When the selected step happens, anywhere in its window: what dragging on the ladder does, for the keyboard. */
export const When = () => {
  const free = freedom.value;
  if (free === null) return null;
  const { earliestMs, latestMs, atMs } = free;
  const dueMs = draggedMs.value ?? atMs;
  return (
    <form
      class="when"
      onSubmit={(event) => {
        event.preventDefault();
        drop();
      }}
    >
      <label>
        <span>when</span>
        <input
          id="when"
          type="range"
          min={earliestMs}
          max={latestMs}
          value={dueMs}
          aria-valuetext={draggedText(dueMs, atMs)}
          onInput={({ currentTarget }) => {
            draggedMs.value = currentTarget.valueAsNumber;
          }}
        />
      </label>
      <output>{draggedText(dueMs, atMs)}</output>
      <button type="submit" disabled={dueMs === atMs}>
        Move <kbd>⏎</kbd>
      </button>
    </form>
  );
};
