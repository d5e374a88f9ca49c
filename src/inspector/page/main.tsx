import { keepModule } from './module/keepModule.ts';
import './styles/tokens.css';
import './styles/page.css';
import './styles/ladder.css';
import './styles/chart.css';
import './styles/live.css';
import './styles/capture.css';
import './styles/changelog.css';
import './styles/states.css';
import './styles/narrow.css';
import { render } from 'preact';
import { App } from './App.tsx';
import { keepBeside } from './beside/store.ts';
import { chooseCall, showsCapture } from './capture/store.ts';
import { keepChangeLog } from './changelog/store.ts';
import { keepComparing } from './compare/ComparePage.tsx';
import { listenToFiles } from './files.tsx';
import { keepFocus } from './focus.ts';
import { listenToKeys } from './keys.ts';
import { keepLinked } from './link.ts';
import { keepSelection, openRecording } from './live/history.ts';
import { listenToApplications } from './live/received.ts';
import { keepOutlines } from './live/store.ts';
import { givenBoot } from './parts.ts';
import { keepPlaying } from './play.ts';
import { keepProof } from './proof.ts';
import { keepCharts } from './run/machines.ts';
import { keepRaw } from './run/RawMessage.tsx';
import { keepScenarios } from './scenarios.ts';
import { hasServedRun, serverHas } from './served.ts';
import { boot, comparedSeed, comparedServer, firstRun, keepRunning, keepSimulator, open } from './store.ts';
import { applyTheme } from './theme.ts';

boot.value = await givenBoot();
comparedServer.value = boot.value.compared.server;
comparedSeed.value = boot.value.compared.seed;
if (boot.value.capture !== null) {
  showsCapture.value = true;
  chooseCall(0);
}
if (boot.value.recording !== null) openRecording(boot.value.recording);
applyTheme();
// Nothing is drawn or worked out before it is known what is to be shown: the overview takes a run of every scenario.
await keepLinked(() => {
  // Of a report the very cell is opened, that it is known as the one that is shown.
  const violated = boot.value.report?.find(({ verdict, experiment }) => verdict === 'violated' && experiment !== null);
  const opened = violated?.experiment ?? boot.value.opened;
  if (opened === null) return;
  if (hasServedRun()) serverHas(opened);
  open(opened);
});
keepRunning();
// The server has written the verdict, and has the run ready: a page without them would take away what is read already.
if (hasServedRun()) await firstRun();
keepSimulator();
keepScenarios();
keepComparing();
keepProof();
keepFocus();
keepBeside();
keepChangeLog();
keepCharts();
keepRaw();
keepPlaying();
const hasVerdictFocused = document.activeElement?.matches('.verdict');
render(<App />, document.getElementById('page') ?? document.body);
// It is another element than the one that the server has written.
if (hasVerdictFocused) document.querySelector<HTMLElement>('.verdict')?.focus();
if (boot.value.module !== null) keepModule();
void listenToKeys();
listenToFiles();
listenToApplications();
keepOutlines();
keepSelection();
