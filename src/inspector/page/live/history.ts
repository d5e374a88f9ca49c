import { batch } from '@preact/signals';
import { type OpenRecording, recordingText } from '../../model/recording.ts';
import { save } from '../export/save.ts';
import { actorOf, applications } from './actors.ts';
import { followNewest } from './EventRows.tsx';
import { forgetEvents, liveServer, onOtherEvents, received, recording } from './received.ts';
import { chosenActor, chosenApplication, liveFilter, showsLive } from './store.ts';

/** Saves all that applications have sent, as a file that opens here again. */
export function exportEvents(): void {
  save('applications.inspection.json', 'application/json', recordingText(received.value));
}

/** Forgets what happened so far. What comes from a file is put away. */
export function clearEvents(): void {
  if (recording.value === null) forgetEvents();
  else {
    recording.value = null;
    // A page without a server has no applications to go back to.
    if (liveServer.value === 'none') showsLive.value = false;
  }
}

/** Shows what a file has recorded of applications. */
export function openRecording(opened: OpenRecording): void {
  batch(() => {
    recording.value = opened;
    showsLive.value = true;
  });
}

/** Where other events are shown than before, nothing of the former ones can stay selected. */
export const keepSelection = (): void =>
  onOtherEvents((isOtherSource) =>
    batch(() => {
      const isThere = applications.value.some(({ connection }) => connection === chosenApplication.value);
      if (isOtherSource || !actorOf.value.has(chosenActor.value ?? '')) chosenActor.value = null;
      if (isOtherSource || !isThere) chosenApplication.value = null;
      if (isOtherSource) liveFilter.value = '';
      followNewest();
    }),
  );
