import { type Signal, signal } from '@preact/signals';
import type { ChartArrow, Drawing } from '../../charts/chart.ts';
import { pathWords } from '../../charts/statePath.ts';
import type { Outline } from '../../model/outline.ts';
import type { Mood } from '../chart/ChartArt.tsx';
import { ChartFrame, type Scale } from '../chart/ChartFrame.tsx';
import { LiveOutline } from './LiveOutline.tsx';
import { activeNow, drawing, outline, shownActor } from './store.ts';
import { isIn, isTaken } from './taken.ts';

/** How the machine is shown: as a picture, or as boxes with words that nothing is needed for. */
const look = signal<'picture' | 'list'>('picture');

/** A chart that is larger than this, fitted into the page, could not be read: it is shown where it is active. */
const largestFitted = 1800;

const scales = new WeakMap<Drawing, Signal<Scale>>();

/** How large each chart is drawn, whoever is looked at in between. */
function scaleOf(drawn: Drawing): Signal<Scale> {
  const known = scales.get(drawn) ?? signal<Scale>(Math.max(drawn.width, drawn.height) > largestFitted ? 1 : 'fit');
  scales.set(drawn, known);
  return known;
}

const isReady = (source: string | null): boolean => source !== null && isIn(source, activeNow.value);

const takes = ({ from, to, lines }: ChartArrow): boolean =>
  from !== null && lines.some(({ event }) => isTaken(from, event, [to]));

const mood: Mood = {
  isActive: (path) => isIn(path, activeNow.value),
  isVisited: () => false,
  ofArrow: (arrow) => (takes(arrow) ? 'taken' : isReady(arrow.from) ? 'ready' : ''),
  ofLine: ({ event }, { from, to }) =>
    from !== null && isTaken(from, event, [to]) ? 'fired' : isReady(from) ? 'can' : '',
  ofOwnLine: ({ event }, path) => (isTaken(path, event, []) ? 'fired' : isReady(path) ? 'can' : ''),
};

const LookSwitch = () => (
  <fieldset class="segments looks" aria-label="How the machine is shown">
    {(['picture', 'list'] as const).map((one) => (
      <button
        key={one}
        type="button"
        aria-pressed={look.value === one}
        onClick={() => {
          look.value = one;
        }}
      >
        {one}
      </button>
    ))}
  </fieldset>
);

const CutNotice = () => (
  <p class="notice">
    The client cut this definition off: <code>createWebSocketInspector</code> sends all of it with a greater{' '}
    <code>serializationDepthLimit</code>.
  </p>
);

const Picture = ({ drawing: found }: { drawing: Drawing }) => (
  <ChartFrame
    of={found}
    drawing={found}
    mood={mood}
    scale={scaleOf(found)}
    name={shownActor.value?.name ?? ''}
    describe={() =>
      `${shownActor.value?.name} is in ${activeNow.value.map(pathWords).join(', ') || 'none of these states'}`
    }
  />
);

const Machine = ({ found: { machine, isCut } }: { found: Outline }) => {
  const picture = drawing.value;
  return (
    <>
      <LookSwitch />
      {isCut && <CutNotice />}
      {look.value === 'picture' && picture === null && <p class="soft">Laying it out…</p>}
      {look.value === 'picture' && typeof picture === 'string' && <p class="soft">It is listed, for {picture}.</p>}
      {look.value === 'picture' && picture !== null && typeof picture !== 'string' ? (
        <Picture drawing={picture} />
      ) : (
        <LiveOutline machine={machine} />
      )}
    </>
  );
};

/** The machine of the shown actor: what is active, what was taken, what could be. */
export const LiveChart = () => {
  const found = outline.value;
  if (found === null) return null;
  if (typeof found === 'string') return <p class="soft">{found}</p>;
  if (found.machine.rows.length === 0) {
    return <p class="soft">Its logic is no state machine: it has no states to draw.</p>;
  }
  return <Machine found={found} />;
};
