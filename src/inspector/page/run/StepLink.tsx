import type { ComponentChildren } from 'preact';
import { step } from '../store.ts';

/** Leads to another step. */
export const StepLink = ({
  to,
  tone = '',
  children,
}: {
  to: number;
  tone?: 'bad' | 'soft' | '';
  children: ComponentChildren;
}) => (
  <button
    type="button"
    class={`link ${tone}`}
    onClick={() => {
      step.value = to;
    }}
  >
    {children}
  </button>
);
