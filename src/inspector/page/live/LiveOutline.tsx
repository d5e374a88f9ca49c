import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { keysOf, pathWords } from '../../charts/statePath.ts';
import type { OutlineLine, OutlineState } from '../../model/outline.ts';
import { activeNow } from './store.ts';
import { isIn, isTaken } from './taken.ts';

/** The state that a transition under the pointer or the focus leads to. */
const pointedAt = signal<readonly string[]>([]);

/** The name of a state as it is said from another one: its last part, for the full path is long. */
const targetText = (path: string): string => keysOf(path).at(-1) ?? 'itself';

const Line = ({ state, line }: { state: OutlineState; line: OutlineLine }) => {
  const kind = isTaken(state.path, line.event, line.targets)
    ? 'taken'
    : isIn(state.path, activeNow.value)
      ? 'ready'
      : '';
  return (
    <li
      class={kind}
      onPointerEnter={() => {
        pointedAt.value = line.targets;
      }}
      onPointerLeave={() => {
        pointedAt.value = [];
      }}
    >
      {line.text}
      {line.targets.length > 0 && (
        <span title={line.targets.map(pathWords).join(', ')}> → {line.targets.map(targetText).join(', ')}</span>
      )}
      {kind === 'taken' && <span class="unseen">, taken</span>}
    </li>
  );
};

const kindWords: Readonly<Partial<Record<OutlineState['kind'], string>>> = {
  parallel: 'all at once',
  final: 'final',
  history: 'history',
};

const Box = ({ state }: { state: OutlineState }) => {
  const isActive = isIn(state.path, activeNow.value);
  const classes = [
    'live-state',
    state.kind,
    isActive ? 'active' : '',
    pointedAt.value.includes(state.path) ? 'pointed' : '',
  ];
  return (
    <div class={classes.join(' ')}>
      <p class="state-name">
        {state.isInitial && <span class="initial-dot" aria-hidden="true" />}
        {state.name}
        {state.isInitial && <span class="unseen">, initial</span>}
        {isActive && <span class="unseen">, active</span>}
        {kindWords[state.kind] && <small> {kindWords[state.kind]}</small>}
      </p>
      {state.lines.length > 0 && (
        <ul class="lines">
          {state.lines.map((line) => (
            <Line key={`${line.text} ${line.targets}`} state={state} line={line} />
          ))}
        </ul>
      )}
      {state.rows.map((row) => (
        <div class="state-row" key={row[0]?.path}>
          {row.map((one) => (
            <Box key={one.path} state={one} />
          ))}
        </div>
      ))}
    </div>
  );
};

/** A machine as boxes within boxes, each with what leads out of it: it can be read without seeing a picture. */
export const LiveOutline = ({ machine }: { machine: OutlineState }) => {
  const box = useRef<HTMLElement>(null);
  const active = activeNow.value.join();
  useEffect(() => {
    const innermost = box.current?.querySelector('.active:not(.compound, .parallel)');
    innermost?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [active]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section class="outline" ref={box} tabIndex={0} aria-label="States and transitions">
      <Box state={machine} />
    </section>
  );
};
