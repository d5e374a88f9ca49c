import { closeDialog, Modal } from '../Modal.tsx';
import { boot } from '../store.ts';
import { type Bridge, type Bridged, bridge, closeBridge, sendOver, stopSending } from './bridge.ts';

const contents: Readonly<Record<Bridged, string>> = {
  run: 'The whole run: machines, messages with fields, states and contexts.',
  applications:
    'All that applications have sent and will send while this is open: machines, events, states and contexts.',
};

const Progress = ({ at, viewer }: { at: Bridge; viewer: string }) => {
  if (at.state === 'waiting') return <p role="status">Nothing has been sent: {viewer} has not answered yet.</p>;
  if (at.state === 'sending') return <p role="status">{at.sent} events have been sent.</p>;
  return <p>Nothing has been sent so far.</p>;
};

/** Says what would leave the machine and where to, before anything does. */
export const BridgeDialog = () => {
  const [at, { viewer }] = [bridge.value, boot.value];
  if (at === null || viewer === null) return null;
  return (
    <Modal class="dialog bridge" labelledBy="bridge-title" onClose={closeBridge}>
      <h2 id="bridge-title">This leaves your machine for {new URL(viewer).host}</h2>
      <p>{contents[at.what]}</p>
      <p>
        It goes to <b>{viewer}</b>, in a window that opens; what happens to it there is up to whoever runs that page.
      </p>
      <Progress at={at} viewer={viewer} />
      <p class="buttons">
        {at.state === 'asking' && (
          <button type="button" onClick={() => sendOver(at.what)}>
            Open it and send
          </button>
        )}
        <button
          type="button"
          autofocus
          onClick={(event) => {
            // The dialog tells later that it was closed.
            stopSending();
            closeDialog(event);
          }}
        >
          {at.state === 'asking' ? 'Send nothing' : 'Send no more'}
        </button>
      </p>
    </Modal>
  );
};
