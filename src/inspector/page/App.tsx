import { computed } from '@preact/signals';
import { Component, type ComponentChildren } from 'preact';
import { secondsText } from '../../sim/report/wording.ts';
import { CapturePage } from './capture/CapturePage.tsx';
import { showsCapture } from './capture/store.ts';
import { ComparePage } from './compare/ComparePage.tsx';
import { BridgeDialog } from './hosted/BridgeDialog.tsx';
import { keyName, keysNow, showsKeys } from './keys.ts';
import { LivePage } from './live/LivePage.tsx';
import { showsLive } from './live/store.ts';
import { closeDialog, Modal } from './Modal.tsx';
import { Patterns } from './marks.tsx';
import { Palette } from './palette/Palette.tsx';
import { isPlaying } from './play.ts';
import { rowOf } from './rows.ts';
import { spokenRow } from './run/LadderRows.tsx';
import { RunPage } from './run/RunPage.tsx';
import { close, experiment, isRunning, notice, toldRecord, toldStep } from './store.ts';
import { TopBar } from './TopBar.tsx';

/** The selected step, for those who listen. */
const spokenStep = computed(() => {
  // Who listens could not follow the steps; where playing stops is said.
  if (isPlaying.value) return 'Playing';
  const placed = rowOf(toldStep.value);
  const shown = toldRecord.value;
  if (shown === null || isRunning.value) return '';
  const what = placed?.row.step === toldStep.value ? spokenRow(placed) : 'It has no row here';
  return `Step ${shown.step}, ${secondsText(shown.atMs)} s. ${what}`;
});

/** What somebody must know to read the page. */
const words = [
  ['binding', 'what a REGISTER leaves at the SIP server: where calls for the user go'],
  ['mode', 'who of app and push server registers when, and who removes whose binding'],
  ['meant for', 'the kind of SIP server that the product has a mode for; on another one it may fail'],
  ['seed', 'draws every delay within its window: the same seed gives the same run'],
  ['noBlackout', 'somebody is registered again within a bound of time'],
  ['noInviteLost', 'every call that could ring does ring'],
  ['race window', 'the dates and delays for which the run goes wrong'],
  ['virtual s', 'seconds of the simulation, not of a clock'],
] as const;

const KeysDialog = () => (
  <Modal
    class="dialog keys"
    label="Keys"
    onClose={() => {
      showsKeys.value = false;
    }}
  >
    <h2>Keys</h2>
    <dl>
      {keysNow().map(([keys, what]) => (
        <div key={what}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{keyName(key)}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
      <div>
        <dt>
          <kbd>Ctrl K</kbd>
        </dt>
        <dd>all actions, found by their words; ⌘ K as well</dd>
      </div>
    </dl>
    <h2>Words</h2>
    <dl>
      {words.map(([word, meaning]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
    <button type="button" autofocus onClick={closeDialog}>
      Close <kbd>Esc</kbd>
    </button>
  </Modal>
);

/** The page that is shown. */
const Shown = () => (
  <>
    <TopBar />
    {(showsLive.value || showsCapture.value || experiment.value === null) && notice.value !== null && (
      <p class="notice wide" role="alert">
        {notice.value}
      </p>
    )}
    {showsLive.value ? (
      <LivePage />
    ) : showsCapture.value ? (
      <CapturePage />
    ) : experiment.value === null ? (
      <ComparePage />
    ) : (
      <RunPage />
    )}
  </>
);

/** Whatever cannot be drawn does not take the page with it: it says so, and how to go on. */
class Guarded extends Component<{ children: ComponentChildren }, { failed: Error | null }> {
  override state: { failed: Error | null } = { failed: null };

  static override getDerivedStateFromError = (failed: Error) => ({ failed });

  override componentDidCatch(error: Error): void {
    console.error(error);
  }

  override render(): ComponentChildren {
    const { failed } = this.state;
    if (failed === null) return this.props.children;
    return (
      <main class="failed">
        <h1>This cannot be shown.</h1>
        <p role="alert">{failed.message}</p>
        <button
          type="button"
          class="small"
          onClick={() => {
            close();
            showsLive.value = false;
            showsCapture.value = false;
            this.setState({ failed: null });
          }}
        >
          All scenarios
        </button>
      </main>
    );
  }
}

/** The whole page. */
export const App = () => (
  <>
    <Patterns />
    <Guarded>
      <Shown />
    </Guarded>
    <p class="unseen" aria-live="polite">
      {spokenStep}
    </p>
    {showsKeys.value && <KeysDialog />}
    <Palette />
    <BridgeDialog />
  </>
);
