import { fitTime, zoomTime } from '../timeZoom.ts';

/** How large time is drawn, for those who have neither wheel nor keys. */
export const ZoomButtons = () => (
  <fieldset class="segments sizes ladder-sizes" aria-label="Scale of time">
    <button type="button" aria-label="Time smaller" onClick={() => zoomTime(0.5)}>
      −
    </button>
    <button type="button" title="the whole run: 0" onClick={fitTime}>
      fit
    </button>
    <button type="button" aria-label="Time larger" onClick={() => zoomTime(2)}>
      +
    </button>
  </fieldset>
);
