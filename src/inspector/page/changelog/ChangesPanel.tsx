import { useRef } from 'preact/hooks';
import type { Listed } from '../../model/experiment.ts';
import { focusOnStep } from '../focus.ts';
import { idle, log, remove, removeAll, reorder, toggle } from './store.ts';
import { alterationText, idleWords } from './words.ts';

/** Leads to the list of changes with the keyboard. */
const changesId = 'changes';

interface RowProps {
  readonly one: Listed;
  readonly index: number;
  readonly count: number;
  /** Gives the focus to a part of a row, once it is drawn. */
  readonly focusOn: (index: number, part: string) => void;
}

const ChangeRow = ({ one, index, count, focusOn }: RowProps) => {
  const text = alterationText(one.what);
  const why = idle.value[index] ?? null;
  const move = (by: 1 | -1) => {
    reorder(index, by);
    focusOn(index + by, by === -1 ? '.earlier' : '.later');
  };
  return (
    <li class={one.isOff ? 'off' : ''}>
      <label>
        <input type="checkbox" checked={!one.isOff} onChange={() => toggle(index)} />
        <span>
          {text}
          {why !== null && <small> {idleWords[why]}</small>}
        </span>
      </label>
      <span class="row-buttons">
        <button
          type="button"
          class="earlier"
          disabled={index === 0}
          aria-label={`Earlier: ${text}`}
          onClick={() => move(-1)}
        >
          ↑
        </button>
        <button
          type="button"
          class="later"
          disabled={index === count - 1}
          aria-label={`Later: ${text}`}
          onClick={() => move(1)}
        >
          ↓
        </button>
        <button
          type="button"
          aria-label={`Remove: ${text}`}
          onClick={() => {
            void remove(index);
            focusOn(Math.min(index, count - 2), 'input');
          }}
        >
          ✕
        </button>
      </span>
    </li>
  );
};

/** What was changed since the run was opened, one change after the other: each can be switched off, moved and removed. */
export const ChangesPanel = () => {
  const list = useRef<HTMLOListElement>(null);
  const changes = log.value?.changes ?? [];
  if (changes.length === 0) return null;
  const focusOn = (index: number, part: string) => {
    requestAnimationFrame(() => {
      const row = list.current?.children[index];
      // What is at an end cannot be moved further.
      const wanted = row?.querySelector<HTMLElement>(`${part}:enabled`) ?? row?.querySelector<HTMLElement>('input');
      wanted?.focus();
    });
  };
  return (
    <section class="panel change-log" aria-label="Changes">
      <h2>
        Changes{' '}
        <button
          type="button"
          class="small"
          onClick={() => {
            void removeAll();
            focusOnStep();
          }}
        >
          Remove all
        </button>
      </h2>
      <ol id={changesId} ref={list}>
        {changes.map((one, index) => (
          <ChangeRow key={index} one={one} index={index} count={changes.length} focusOn={focusOn} />
        ))}
      </ol>
    </section>
  );
};

/** How many changes led to this run, and the way to them. */
export const ChangesCount = () => {
  const changes = log.value?.changes ?? [];
  if (changes.length === 0) return null;
  const on = changes.filter(({ isOff }) => !isOff).length;
  const all = changes.length === 1 ? 'one change' : `${changes.length} changes`;
  return (
    <button type="button" class="changed" title="to the list of changes: X" onClick={focusOnChanges}>
      {on === changes.length ? all : on === 0 ? `${all}, off` : `${on} of ${all}`}
    </button>
  );
};

/** Leads to the list of changes. */
export const focusOnChanges = (): void => document.querySelector<HTMLElement>(`#${changesId} input`)?.focus();
