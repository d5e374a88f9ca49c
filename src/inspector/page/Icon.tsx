/** A sign of 14 by 14 pixels: drawn, because fonts lack it. */
export const Icon = ({ d }: { d: string }) => (
  <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
    <path d={d} fill="currentColor" />
  </svg>
);
