import { computed, signal } from '@preact/signals';
import { hears, type OutlineLine, type OutlineState, statesOf } from '../../model/outline.ts';
import { activeBefore, activeNow, outline, received, shownIndex } from './store.ts';

const isIn = (path: string, active: readonly string[]): boolean =>
  path === '' || active.some((one) => one === path || one.startsWith(`${path}.`));

/** The state that a transition under the pointer or the focus leads to. */
const pointedAt = signal<readonly string[]>([]);

/** What was told when the snapshot that is shown came about. */
const lastEvent = computed(() => {
  const shown = received.value[shownIndex.value];
  return shown?.type === '@xstate.snapshot' ? shown.event.type : null;
});

/**
 * Whether the step has probably taken a transition. The protocol carries no transitions: that its source was active, its
 * target is now and the event fits is all that can be known.
 */
const isTaken = (state: OutlineState, { event, targets }: OutlineLine): boolean =>
  lastEvent.value !== null &&
  isIn(state.path, activeBefore.value) &&
  hears(event, lastEvent.value) &&
  targets.every((target) => isIn(target, activeNow.value));

/** What the machine would hear now, each in words. */
export const nextEvents = computed<readonly string[]>(() => {
  const found = outline.value;
  if (found === null || typeof found === 'string') return [];
  const active = statesOf(found.machine).filter(({ path }) => isIn(path, activeNow.value));
  return [...new Set(active.flatMap(({ lines }) => lines.filter(({ event }) => event !== '').map(({ text }) => text)))];
});

/** The name of a state as it is said from another one: its last part, for the full path is long. */
const targetText = (path: string): string => path.split('.').at(-1) || 'itself';

const Line = ({ state, line }: { state: OutlineState; line: OutlineLine }) => {
  const kind = isTaken(state, line) ? 'taken' : isIn(state.path, activeNow.value) ? 'ready' : '';
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
        <span title={line.targets.join(', ')}> → {line.targets.map(targetText).join(', ')}</span>
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

/** The machine of the shown actor as boxes within boxes: what is active, what was taken, what could be. */
export const LiveChart = () => {
  const found = outline.value;
  if (found === null) return null;
  if (typeof found === 'string') return <p class="soft">{found}</p>;
  const { machine, isCut } = found;
  if (machine.rows.length === 0) return <p class="soft">Its logic is no state machine: it has no states to draw.</p>;
  return (
    <>
      {isCut && (
        <p class="notice">
          The client cut this definition off: <code>createWebSocketInspector</code> sends all of it with a greater{' '}
          <code>serializationDepthLimit</code>.
        </p>
      )}
      <Box state={machine} />
    </>
  );
};
