import { everyMode, type ModeName, modeVariants } from '../../machines/modeVariants.ts';
import { registrationModeNames } from '../../machines/registrationModes.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { showsCapture } from './capture/store.ts';
import { changeMode, changeSeed, changeServer } from './changes.ts';
import { ExportMenu } from './export/ExportMenu.tsx';
import { OpenButton } from './files.tsx';
import { Icon } from './Icon.tsx';
import { actors } from './live/actors.ts';
import { liveServer, recording } from './live/received.ts';
import { showsLive } from './live/store.ts';
import { openPalette } from './palette/store.ts';
import { isSystem } from './parties.ts';
import { boot, close, experiment, open, servers } from './store.ts';
import { nextTheme, theme } from './theme.ts';

function home(): void {
  showsLive.value = false;
  showsCapture.value = false;
  close();
}

const Logo = () => (
  <button type="button" class="logo" onClick={home} aria-label="Ringproof: all scenarios">
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <rect width="9" height="20" rx="3" class="fill-app" />
      <rect x="11" width="9" height="20" rx="3" class="fill-push" />
      <path d="M6 10h8" class="logo-link" />
    </svg>
    ringproof
  </button>
);

/** A choice of one. */
export const Select = ({
  label,
  value,
  options,
  onChoose,
}: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChoose: (value: string) => void;
}) => (
  <label class="select">
    <span>{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
      {options.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

/** A number that counts when it is complete, not with every digit. */
export const SeedField = ({ value, onChoose }: { value: number; onChoose: (seed: number) => void }) => (
  <label class="select" title="draws every delay: the same seed gives the same run">
    <span>seed</span>
    <input
      type="number"
      min="0"
      max="4294967295"
      value={value}
      onChange={({ currentTarget }) => {
        if (currentTarget.validity.valid && currentTarget.value !== '') onChoose(currentTarget.valueAsNumber);
      }}
    />
  </label>
);

const designs = Object.values(modeVariants).map(({ name, title }) => [name, title] as const);

/** The designs that the product does not have, behind the modes that it has. */
const Designs = ({ current }: { current: string }) => {
  const isOne = designs.some(([name]) => name === current);
  return (
    <select
      aria-label="Other design"
      class={isOne ? 'pressed' : ''}
      value={isOne ? current : ''}
      onChange={({ currentTarget: { value } }) => changeMode(value === '' ? 'standard' : (value as ModeName))}
    >
      <option value="">{isOne ? 'a mode of the product' : '+'}</option>
      <optgroup label="Designs of others">
        {designs.map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </optgroup>
    </select>
  );
};

const Modes = ({ current }: { current: string }) => (
  <fieldset class="segments" aria-label="Registration mode">
    {registrationModeNames.map((name) => (
      <button key={name} type="button" aria-pressed={name === current} onClick={() => changeMode(name)}>
        {everyMode[name].title.replace('Single Device ', '')} <sub>{everyMode[name].number}</sub>
      </button>
    ))}
    <Designs current={current} />
  </fieldset>
);

const themeIcons = {
  system: 'M7 1a6 6 0 1 0 0 12zM7 1v1a5 5 0 0 1 0 10v1A6 6 0 0 0 7 1z',
  light: 'M7 3.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM6.4 0h1.2v2H6.4zm0 12h1.2v2H6.4zM0 6.4h2v1.2H0zm12 0h2v1.2h-2z',
  dark: 'M9 1a6 6 0 1 0 4 9A5 5 0 0 1 9 1z',
} as const;

const ThemeButton = () => (
  <button type="button" class="icon" onClick={nextTheme} aria-label={`Theme: ${theme.value}`}>
    <Icon d={themeIcons[theme.value]} />
  </button>
);

/** In which mode and on which server a hand-over is run. */
const Place = ({ scenario }: { scenario: Scenario }) => (
  <>
    <Modes current={scenario.mode.name} />
    <Select
      label="server"
      value={scenario.server.name}
      options={servers.value.map(({ name, title }) => [name, `${name}: ${title}`] as const)}
      onChoose={(name) => {
        const server = servers.value.find((one) => one.name === name);
        if (server) changeServer(server);
      }}
    />
  </>
);

const RunControls = () => {
  const shown = experiment.value;
  if (shown === null) return null;
  const { scenario, seed, module } = shown;
  return (
    <>
      <button type="button" class="select scenario" aria-haspopup="dialog" onClick={() => openPalette('scenario ')}>
        <span>{module === undefined ? 'scenario' : module.file}</span>
        <b>{scenario.title}</b>
      </button>
      {!isSystem.value && <Place scenario={scenario} />}
      <SeedField value={seed} onChoose={changeSeed} />
      <span class="space" />
      <ExportMenu />
    </>
  );
};

/** The way to the applications that connected, or to how they do. */
const LiveButton = () => {
  const count = actors.value.length;
  if (liveServer.value === 'none' && count === 0) return null;
  return (
    <button
      type="button"
      class="small"
      title="XState 5 applications that connect to this inspector"
      aria-pressed={showsLive.value}
      onClick={() => {
        showsLive.value = !showsLive.value;
      }}
    >
      {recording.value === null ? (count === 0 ? 'Live' : `${count} live`) : 'recorded'}
    </button>
  );
};

/** The way to the calls of the capture and back. */
const CaptureButton = () =>
  boot.value.capture === null ? null : (
    <button
      type="button"
      class="small"
      aria-pressed={showsCapture.value}
      onClick={() => {
        showsCapture.value = !showsCapture.value;
      }}
    >
      capture
    </button>
  );

/** The way back to the module that the page was started with. */
const ModuleButton = () => {
  const { module, opened } = boot.value;
  if (module === null || opened === null || experiment.value?.module !== undefined) return null;
  return (
    <button type="button" class="small" onClick={() => open(opened)}>
      {module.file}
    </button>
  );
};

/** What run this is, how to move in it, and how to take it along. */
export const TopBar = () => (
  <header class="top">
    <Logo />
    {!showsLive.value && !showsCapture.value && <RunControls />}
    {(showsLive.value || showsCapture.value || experiment.value === null) && <span class="space" />}
    <ModuleButton />
    <OpenButton />
    <CaptureButton />
    <LiveButton />
    <ThemeButton />
  </header>
);
