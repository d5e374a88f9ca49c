import { useRef } from 'preact/hooks';
import { openFile } from './opening.ts';

/** The id of the button that the list of actions presses as well. */
const openId = 'open-file';

export const chooseFile = (): void => document.getElementById(openId)?.click();

/** Lets the reader choose a file, as dropping one on the page does. */
export const OpenButton = () => {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        id={openId}
        class="open"
        title="a trace, a report of check, a scenario or a capture; or drop it here"
        onClick={() => field.current?.click()}
      >
        Open…
      </button>
      <input
        ref={field}
        type="file"
        hidden
        accept=".json,.yaml,.yml,.pcap,.pcapng,.cap,.gz"
        aria-label="a trace, a report of check, a scenario or a capture"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file !== undefined) void openFile(file);
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
    </>
  );
};

/** Opens files that are dropped anywhere on the page. */
export function listenToFiles(): void {
  addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void openFile(file);
  });
}
