import { secondsText } from '../../../sim/report/wording.ts';
import { type TimeMode, timeModes } from '../../model/ladderLayout.ts';
import { beside, besideTitle, everyBeside } from '../beside/store.ts';
import { TwoRuns } from '../beside/TwoRuns.tsx';
import { ChangesCount, ChangesPanel } from '../changelog/ChangesPanel.tsx';
import { undo } from '../changes.ts';
import { Icon } from '../Icon.tsx';
import { isSystem } from '../parties.ts';
import { canShowSelected, found, isSelectedShown, rows, showSelected } from '../rows.ts';
import { earlier, filter, isRunning, marked, record, showsAll, trace } from '../store.ts';
import { isWide, type Pane, pane, panes, timeMode } from '../view.ts';
import { ComparedSteps } from './ComparedSteps.tsx';
import { ConditionsPanel } from './ConditionsPanel.tsx';
import { Ladder } from './Ladder.tsx';
import { Overview } from './Overview.tsx';
import { PartiesPane } from './PartiesPane.tsx';
import { ProofPanel } from './ProofPanel.tsx';
import { RacePanel } from './RacePanel.tsx';
import { ReportPanel } from './ReportPanel.tsx';
import { ModesPanel, PropertiesPanel } from './SidePanels.tsx';
import { MachinePane, StatePanel } from './StatePanel.tsx';
import { StatesPane } from './StatesPane.tsx';
import { StepPanel } from './StepPanel.tsx';
import { Verdict } from './Verdict.tsx';

/** The id of the field that `/` leads to. */
export const filterId = 'filter';

/** The changes that led to this run, and the way back. */
const Changes = () => (
  <>
    <ChangesCount />
    {earlier.value.length > 0 && (
      <button type="button" class="small" onClick={undo}>
        Undo <kbd>U</kbd>
      </button>
    )}
  </>
);

const timeWords: Readonly<Record<TimeMode, string>> = {
  folded: 'time folded',
  scale: 'time to scale',
  order: 'order only',
};

/** States have a length: of their order alone nothing could be drawn. */
const timesOfStates: readonly TimeMode[] = ['folded', 'scale'];

/** How many rows a filter lets through. */
const Found = () =>
  found.value && (
    <span class="found" role="status">
      {found.value.shown} of {found.value.of}
    </span>
  );

/** Says that the selected step is not on the ladder, and leads to it where it can. */
const HiddenStep = () => {
  const shown = record.value;
  if (shown === null || isSelectedShown.value) return null;
  return (
    <p class="hidden-step" role="status">
      Step {shown.step} at {secondsText(shown.atMs)} s has no row here.{' '}
      {canShowSelected.value && (
        <button type="button" class="small" onClick={showSelected}>
          Show it
        </button>
      )}
    </p>
  );
};

const NoRows = () => (
  <p class="soft empty">
    No row has these words.{' '}
    <button
      type="button"
      class="small"
      onClick={() => {
        filter.value = '';
      }}
    >
      Show all
    </button>
  </p>
);

const WholeLadder = () => (
  <>
    <HiddenStep />
    {filter.value.trim() !== '' && rows.value.length === 0 ? <NoRows /> : <Ladder />}
  </>
);

/** With what the run is compared, line by line. */
const BesideChoice = () => (
  <select
    class="beside"
    aria-label="Beside this run"
    value={beside.value ?? ''}
    onChange={({ currentTarget }) => {
      beside.value = everyBeside.value.find((one) => one === currentTarget.value) ?? null;
    }}
  >
    <option value="">one run</option>
    {everyBeside.value.map((one) => (
      <option key={one} value={one}>
        beside: {besideTitle(one)}
      </option>
    ))}
  </select>
);

const TimeChoice = ({ modes }: { modes: readonly TimeMode[] }) => (
  <select
    class="time"
    aria-label="Time"
    value={modes.includes(timeMode.value) ? timeMode.value : 'folded'}
    onChange={({ currentTarget }) => {
      timeMode.value = timeModes.find((one) => one === currentTarget.value) ?? 'folded';
    }}
  >
    {modes.map((mode) => (
      <option key={mode} value={mode}>
        {timeWords[mode]}
      </option>
    ))}
  </select>
);

const Filter = () => (
  <>
    <input
      id={filterId}
      type="search"
      placeholder={isSystem.value ? 'filter' : 'filter: call 1'}
      aria-label="Show only rows with these words"
      value={filter.value}
      onInput={({ currentTarget }) => {
        filter.value = currentTarget.value;
      }}
      // The browser's own cross and key empty the field without an input.
      onSearch={({ currentTarget }) => {
        filter.value = currentTarget.value;
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') filter.value = '';
      }}
    />
    <Found />
  </>
);

const paneWords: Readonly<Record<Pane, string>> = {
  ladder: 'Ladder',
  machine: 'Machine',
  parties: 'Parties',
  states: 'States',
};

/** What is shown here: the ladder, a machine, all of them. */
const PaneChoice = () => (
  <fieldset class="segments panes" aria-label="View">
    {panes.map((one) => (
      <button
        key={one}
        type="button"
        aria-pressed={one === pane.value}
        onClick={() => {
          pane.value = one;
        }}
      >
        {paneWords[one]}
      </button>
    ))}
  </fieldset>
);

/** What of the ladder is shown, and how. */
const LadderChoices = () => (
  <>
    <BesideChoice />
    {beside.value === null && <TimeChoice modes={timeModes} />}
    <label>
      <input
        type="checkbox"
        checked={showsAll.value}
        onChange={({ currentTarget }) => {
          showsAll.value = currentTarget.checked;
        }}
      />{' '}
      all timers
    </label>
    {beside.value === null && <Filter />}
  </>
);

const LadderBar = () => (
  <div class="ladder-bar">
    <PaneChoice />
    <span class="soft unseen" role="status">
      {isRunning.value ? 'running…' : `${trace.value?.records.length ?? 0} steps`}
    </span>
    <Changes />
    <span class="space" />
    {pane.value === 'ladder' && <LadderChoices />}
    {pane.value === 'states' && <TimeChoice modes={timesOfStates} />}
    <button
      type="button"
      class="icon fold"
      aria-label="Panels on the right"
      aria-expanded={!isWide.value}
      title="fold the panels on the right: R"
      onClick={() => {
        isWide.value = !isWide.value;
      }}
    >
      <Icon
        d={isWide.value ? 'M.5 1H2v12H.5zM13 6.2H7V3L3 7l4 4V7.8h6z' : 'M12 1h1.5v12H12zM1 6.2h6V3l4 4-4 4V7.8H1z'}
      />
    </button>
  </div>
);

/** The keys that are told below the ladder, as far as there is room. */
const toldKeys = [
  ['J K', 'step'],
  ['Space', 'play'],
  ['[ ]', 'call'],
  ['V', 'violation'],
  ['M', 'mode'],
  ['B', 'branch'],
  ['F', 'fault'],
  ['T', 'time'],
  ['W', 'when'],
  ['D', 'difference'],
] as const;

const Told = ({ keys, what }: { keys: string; what: string }) => (
  <span class="told-key">
    {keys.split(' ').map((key) => (
      <kbd key={key}>{key}</kbd>
    ))}{' '}
    {what}
  </span>
);

const KeysLine = () => (
  <p class="keys-line">
    <span class="told-keys">
      {toldKeys
        .filter(([, what]) => !isSystem.value || !['call', 'mode'].includes(what))
        .map(([keys, what]) => (
          <Told key={what} keys={keys} what={what} />
        ))}
    </span>
    <Told keys="Ctrl K" what="all actions" />
    <Told keys="?" what="keys" />
  </p>
);

const ShownPane = () => {
  switch (pane.value) {
    case 'machine':
      return <MachinePane />;
    case 'parties':
      return <PartiesPane />;
    case 'states':
      return <StatesPane />;
    default:
      return beside.value === null ? <WholeLadder /> : <TwoRuns />;
  }
};

/** One run: the verdict, the strip, the ladder, and everything about the selected step. */
export const RunPage = () => (
  <main class={isWide.value ? 'run wide' : 'run'} aria-busy={isRunning.value}>
    <Verdict />
    <Overview />
    <div class="left">
      <ReportPanel />
      <ChangesPanel />
      <RacePanel />
      {!isSystem.value && <ModesPanel />}
      <ProofPanel />
      <PropertiesPanel />
      <ConditionsPanel />
    </div>
    <section class="panel ladder-panel" aria-label={paneWords[pane.value]}>
      <LadderBar />
      <ShownPane />
      <KeysLine />
    </section>
    {!isWide.value && (
      <div class="right">
        {pane.value !== 'machine' && <StatePanel />}
        {marked.value === null ? <StepPanel /> : <ComparedSteps />}
      </div>
    )}
  </main>
);
