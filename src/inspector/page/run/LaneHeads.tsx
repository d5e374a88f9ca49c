import { useState } from 'preact/hooks';
import type { PartyName } from '../../../machines/messages.ts';
import { shortTitleOf, titleOf } from '../parties.ts';
import { collapsed, laneViews, moveLane, toggleLane } from '../view.ts';
import { headWords } from './heads.ts';
import type { Geometry } from './ladderGeometry.ts';

/** A pointer that moves less than this clicks. */
const leastDrag = 8;

const placeOf = (lane: PartyName): number => laneViews.value.findIndex((one) => one.lane === lane);

interface HeadsProps {
  readonly geometry: Geometry;
  /** How far the ladder is scrolled to the right. */
  readonly fromLeft: number;
}

/** The name of a lane with how it stands at the selected step: a click collapses it, dragging moves it. */
const Head = ({ lane, geometry, fromLeft }: HeadsProps & { lane: PartyName }) => {
  const [drag, setDrag] = useState({ fromX: 0, byX: 0 });
  const isCollapsed = collapsed.value.has(lane);
  const x = geometry.x(lane) + drag.byX;
  return (
    <button
      type="button"
      class={`head${isCollapsed ? ' collapsed' : ''}${drag.byX === 0 ? '' : ' dragged'}`}
      style={{ left: `${x - fromLeft}px`, ...(!isCollapsed && { maxWidth: `${geometry.room(lane)}px` }) }}
      aria-expanded={!isCollapsed}
      title={`${titleOf(lane)}: click to ${isCollapsed ? 'open' : 'collapse'}, drag or ⇧← ⇧→ to move`}
      onPointerDown={({ currentTarget, pointerId, clientX }) => {
        currentTarget.setPointerCapture(pointerId);
        setDrag({ fromX: clientX, byX: 0 });
      }}
      onPointerMove={({ currentTarget, pointerId, clientX }) => {
        if (!currentTarget.hasPointerCapture(pointerId)) return;
        const byX = clientX - drag.fromX;
        setDrag({ ...drag, byX: Math.abs(byX) < leastDrag ? 0 : byX });
      }}
      onClick={() => {
        if (drag.byX === 0) toggleLane(lane);
        else moveLane(lane, laneViews.value.filter((one) => one.lane !== lane && geometry.x(one.lane) < x).length);
        setDrag({ fromX: 0, byX: 0 });
      }}
      onPointerCancel={() => setDrag({ fromX: 0, byX: 0 })}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined || !event.shiftKey) return;
        event.preventDefault();
        moveLane(lane, placeOf(lane) + by);
        // Its element was moved among its siblings, which takes the focus away.
        const { currentTarget } = event;
        requestAnimationFrame(() => currentTarget.focus());
      }}
    >
      <b>{geometry.isCrowded ? shortTitleOf(lane) : titleOf(lane)}</b>
      <small class={lane}>{headWords.value[lane]}</small>
    </button>
  );
};

/** The heads of the lanes, which stay while the ladder moves below them. */
export const LaneHeads = ({ geometry, fromLeft }: HeadsProps) => (
  <div
    class={`heads${geometry.isCompact ? ' compact' : ''}${geometry.isCrowded ? ' crowded' : ''}${geometry.ruler > 0 ? ' scaled' : ''}`}
  >
    <span class="head-step">step</span>
    <span class="head-date">{geometry.isCompact ? 's' : 'virtual s'}</span>
    {laneViews.value.map(({ lane }) => (
      <Head key={lane} lane={lane} geometry={geometry} fromLeft={fromLeft} />
    ))}
  </div>
);
