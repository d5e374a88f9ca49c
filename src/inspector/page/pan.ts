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

/** What a place in the window is zoomed by. */
type ZoomBy = (factor: number, at: { readonly clientX: number; readonly clientY: number }) => void;

/** Two fingers: how far they are from each other, and what is between them. */
function pinchOf({ touches: [one, other] }: TouchEvent) {
  if (one === undefined || other === undefined) return null;
  return {
    apart: Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)),
    clientX: (one.clientX + other.clientX) / 2,
    clientY: (one.clientY + other.clientY) / 2,
  };
}

/** No touch screen tells smaller movements from a finger that trembles. */
const leastPinch = 1.02;

/**
 * Calls back with what a wheel or two fingers zoom by: the control key makes a wheel zoom, as pinching on a touchpad does.
 * Fingers are followed by their touches: a browser takes pointers back as soon as two fingers might scroll.
 */
export function onZoom(box: HTMLElement, zoomBy: ZoomBy): () => void {
  const turn = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    // The page would be zoomed.
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 300), event);
  };
  let last: ReturnType<typeof pinchOf> = null;
  const touch = (event: TouchEvent) => {
    last = pinchOf(event);
  };
  const pinch = (event: TouchEvent) => {
    const now = pinchOf(event);
    if (now === null || last === null) return;
    event.preventDefault();
    const factor = now.apart / last.apart;
    if (factor < leastPinch && factor > 1 / leastPinch) return;
    last = now;
    zoomBy(factor, now);
  };
  box.addEventListener('wheel', turn, { passive: false });
  box.addEventListener('touchstart', touch, { passive: true });
  box.addEventListener('touchend', touch, { passive: true });
  box.addEventListener('touchmove', pinch, { passive: false });
  return () => {
    box.removeEventListener('wheel', turn);
    box.removeEventListener('touchstart', touch);
    box.removeEventListener('touchend', touch);
    box.removeEventListener('touchmove', pinch);
  };
}
