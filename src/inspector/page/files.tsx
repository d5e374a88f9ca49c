import { useRef } from 'preact/hooks';
import { ask } from './ask.ts';
import { showsCapture } from './capture/store.ts';
import { openRecording } from './live/history.ts';
import { showsLive } from './live/store.ts';
import { open, tell } from './store.ts';

/** Opens a trace or a report that somebody has chosen or dropped. */
async function openFile(file: File): Promise<void> {
  try {
    const opened = await ask('openedFile', await file.text());
    if (opened.kind === 'applications') {
      openRecording({ file: file.name, events: opened.events });
      return;
    }
    showsLive.value = false;
    showsCapture.value = false;
    open(opened.experiment, { digest: opened.digest, isFile: true });
  } catch (error) {
    tell(`${file.name} cannot be opened: ${(error as Error).message}`);
  }
}

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
        title="a trace, or a report of check; dropping one on the page does the same"
        onClick={() => field.current?.click()}
      >
        Open…
      </button>
      <input
        ref={field}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label="Trace or report to be opened"
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
