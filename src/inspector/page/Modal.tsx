import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly class: string;
  /** What it is called; or the id of the element that says so. */
  readonly label?: string;
  readonly labelledBy?: string;
  /** For who closes it: the browser then gives the focus back to where it was. */
  readonly dialog?: RefObject<HTMLDialogElement | null>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A dialogue that is the only thing to be reached while it is open; Escape and a click beside it close it. */
export const Modal = ({ class: name, label, labelledBy, dialog, onClose, children }: Props) => {
  const own = useRef<HTMLDialogElement>(null);
  const ref = dialog ?? own;
  useLayoutEffect(() => ref.current?.showModal(), []);
  return (
    <dialog class={name} ref={ref} aria-label={label} aria-labelledby={labelledBy} onClose={onClose} closedby="any">
      {children}
    </dialog>
  );
};

/** Closes the dialogue that a button stands in. */
export const closeDialog = ({ currentTarget }: { currentTarget: Element }): void =>
  currentTarget.closest('dialog')?.close();
