import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { useSize } from '../size.ts';
import { clockOf, eventWords } from './eventWords.ts';
import { type Placed, SequenceArt, SequenceHeads } from './SequenceArt.tsx';
import { lanes, placesOf, rowHeight } from './sequence.ts';
import { eventLook, happened, moveLive, selected, shownIndex } from './store.ts';

/** Rows beyond the view that are in the document as well, for who scrolls. */
const spare = 12;

/** The names of the lanes stand above the rows of a sequence. */
const headHeight = 30;

const scrolledTo = signal(0);

/** Whether the list goes along with what comes in: until somebody scrolls back. */
export const followsNewest = signal(true);

/** Shows what comes in, from now on. */
export function followNewest(): void {
  selected.value = null;
  followsNewest.value = true;
}

const Row = ({ placed: { event, index, row }, words }: { placed: Placed; words: boolean }) => {
  const isNow = index === shownIndex.value;
  const text = eventWords(event, index);
  return (
    <li style={{ top: `${row * rowHeight}px`, height: `${rowHeight}px` }}>
      <button
        type="button"
        class={event.type === '@xstate.event' ? 'told' : 'became'}
        tabIndex={isNow ? 0 : -1}
        aria-pressed={isNow}
        title={text}
        onClick={() => {
          selected.value = index;
        }}
      >
        <span class="date">{clockOf(event)}</span> <span class={words ? '' : 'unseen'}>{text}</span>
      </button>
    </li>
  );
};

/** All that is listed as a list or as a sequence; only the rows in view are in the document, for there may be a hundred thousand. */
export const EventRows = () => {
  const { ref: box, width, height: viewHeight } = useSize<HTMLElement>();
  const all = happened.value;
  const isSequence = eventLook.value === 'sequence';
  const here = shownIndex.value;
  const position = all.findLastIndex(({ index }) => index <= here);
  const height = all.length * rowHeight;
  const top = scrolledTo.value;
  const first = Math.max(0, Math.floor(top / rowHeight) - spare);
  const last = Math.min(all.length, Math.ceil((top + viewHeight) / rowHeight) + spare);
  const rows = all.slice(first, last).map(({ event, index }, at) => ({ event, index, row: first + at }));
  // Whoever goes on with the keyboard starts at the selected row, wherever the list was scrolled to.
  const own = all[position];
  if (own !== undefined && (position < first || position >= last)) rows.push({ ...own, row: position });
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null || !followsNewest.value || selected.value !== null) return;
    current.scrollTop = current.scrollHeight;
    scrolledTo.value = current.scrollTop;
  }, [height, viewHeight, isSequence, followsNewest.value, selected.value]);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null || selected.value === null) return;
    const [rowTop, heads] = [position * rowHeight, isSequence ? headHeight : 0];
    if (rowTop < current.scrollTop) current.scrollTop = rowTop;
    if (rowTop + rowHeight + heads > current.scrollTop + viewHeight) {
      current.scrollTop = rowTop + rowHeight + heads - viewHeight;
    }
    scrolledTo.value = current.scrollTop;
  }, [position, selected.value, isSequence]);
  const { xs, width: wide } = placesOf(lanes.value, width);
  return (
    <section
      class="event-rows"
      ref={box}
      aria-label={isSequence ? 'Sequence of events' : 'List of events'}
      onScroll={({ currentTarget }) => {
        const { scrollTop, clientHeight, scrollHeight } = currentTarget;
        scrolledTo.value = scrollTop;
        followsNewest.value = scrollTop + clientHeight >= scrollHeight - rowHeight;
      }}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
        if (by === null) return;
        event.preventDefault();
        moveLive(by);
        requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus());
      }}
    >
      {isSequence && <SequenceHeads lanes={lanes.value} xs={xs} width={wide} />}
      <div class="rows" style={{ height: `${height}px`, width: isSequence ? `${wide}px` : 'auto' }}>
        {isSequence && (
          <SequenceArt
            rows={rows.filter(({ row }) => row >= first && row < last)}
            selected={position}
            lanes={lanes.value}
            xs={xs}
            width={wide}
            height={height}
          />
        )}
        <ol>
          {rows.map((placed) => (
            <Row key={placed.index} placed={placed} words={!isSequence} />
          ))}
        </ol>
      </div>
    </section>
  );
};
