import { copy } from '../copy.ts';
import { inspectUrl, liveServer } from './received.ts';

/** What an application says to be inspected here. */
const linesToPaste = (): string =>
  [
    "import { createWebSocketInspector } from '@statelyai/inspect';",
    `const { inspect } = createWebSocketInspector({ url: '${inspectUrl()}' });`,
  ].join('\n');

/** How an application is connected: the address, and the two lines that it needs. */
export const Attach = () => {
  if (liveServer.value === 'none') return null;
  if (liveServer.value === 'gone') {
    return (
      <p class="notice" role="status">
        The server of this page has ended: no application can connect any more. <code>ringproof inspect</code> starts
        another one.
      </p>
    );
  }
  return (
    <div class="attach">
      <p>
        Install <code>@statelyai/inspect</code>, paste these two lines into the application, and create its actor with{' '}
        <code>createActor(machine, {'{ inspect }'})</code>. It needs XState 5, in a browser or in Node, on this machine.
      </p>
      <pre>{linesToPaste()}</pre>
      <button type="button" class="small" onClick={() => copy(linesToPaste(), 'What the application needs')}>
        Copy the two lines
      </button>
    </div>
  );
};
