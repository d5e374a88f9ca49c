/** A pointer that moves less than this clicks. */
const leastDrag = 5;

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
  isDragged: boolean;
}

/** What a mouse does to something that scrolls: dragging moves it. A finger scrolls by itself. */
export function panning() {
  let grip: Grip | null = null;
  const end = () => {
    grip = null;
  };
  return {
    onPointerDown: ({
      currentTarget,
      target,
      pointerType,
      button,
      clientX,
      clientY,
    }: PointerEvent & { currentTarget: HTMLElement }) => {
      const isOwn = target instanceof Element && target.closest('.handle, .sizes') !== null;
      if (pointerType !== 'mouse' || button !== 0 || isOwn) return;
      const { scrollLeft, scrollTop } = currentTarget;
      grip = { x: clientX, y: clientY, left: scrollLeft, top: scrollTop, isDragged: false };
    },
    onPointerMove: ({
      currentTarget,
      pointerId,
      buttons,
      clientX,
      clientY,
    }: PointerEvent & { currentTarget: HTMLElement }) => {
      if (grip === null || buttons === 0) return end();
      const [x, y] = [clientX - grip.x, clientY - grip.y];
      if (!grip.isDragged && Math.hypot(x, y) < leastDrag) return;
      // From now on what is below the pointer is not clicked.
      if (!grip.isDragged) currentTarget.setPointerCapture(pointerId);
      grip.isDragged = true;
      currentTarget.scrollTo({ left: grip.left - x, top: grip.top - y, behavior: 'instant' });
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}

/** Calls back with what a wheel zooms by: the control key makes it one, as pinching on a touchpad does. */
export function onZoomingWheel(box: HTMLElement, zoomBy: (factor: number, event: WheelEvent) => void): () => void {
  const turn = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    // The page would be zoomed.
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 300), event);
  };
  box.addEventListener('wheel', turn, { passive: false });
  return () => box.removeEventListener('wheel', turn);
}
