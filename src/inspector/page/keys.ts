import { signal } from '@preact/signals';
import { registrationModeNames } from '../../machines/registrationModes.ts';
import { beside, nextBeside } from './beside/store.ts';
import { focusOnChanges } from './changelog/ChangesPanel.tsx';
import { changeMode, undo } from './changes.ts';
import { focusOnStep } from './focus.ts';
import { actors } from './live/actors.ts';
import { liveFilterId } from './live/EventPanel.tsx';
import { followNewest } from './live/EventRows.tsx';
import { clearEvents, exportEvents } from './live/history.ts';
import { liveServer } from './live/received.ts';
import { eventLook, happened, moveLive, selected, showEventsAs, showsLive } from './live/store.ts';
import { move, moveInLane, toCall, toEnd, toStart, toViolation } from './moves.ts';
import { openPalette } from './palette/store.ts';
import { isSystem } from './parties.ts';
import { changeSpeed, togglePlaying } from './play.ts';
import { prove } from './proof.ts';
import { filterId } from './run/RunPage.tsx';
import { close, experiment, isHeld, showsAll, toggleMark } from './store.ts';
import { fitTime, scrollTime, zoomTime } from './timeZoom.ts';
import { isWide, nextTimeMode, pane, togglePane } from './view.ts';

/** Whether the list of keys is shown. */
export const showsKeys = signal(false);

const focusOn = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus();

/** Leads to what may not be shown yet. */
function showAndFocusOn(selector: string, show: () => void): void {
  show();
  if (document.querySelector(selector) !== null) focusOn(selector);
  // It is in the document with the next turn.
  else setTimeout(() => focusOn(selector));
}

/** Leads into the panels on the right, which are opened for it. */
const focusOnDetails = (selector: string): void =>
  showAndFocusOn(selector, () => {
    isWide.value = false;
  });

/** Leads to the filter, which is that of the ladder of one run. */
const focusOnFilter = (): void =>
  showAndFocusOn(`#${filterId}`, () => {
    pane.value = 'ladder';
    beside.value = null;
  });

function nextMode(): void {
  const current = (registrationModeNames as string[]).indexOf(experiment.value?.scenario.mode.name ?? '');
  const next = registrationModeNames[(current + 1) % registrationModeNames.length];
  if (next !== undefined) changeMode(next);
}

const toCallAfter = (): void => toCall(1);
const toCallBefore = (): void => toCall(-1);

function compareSteps(): void {
  isWide.value = false;
  toggleMark();
}

/** Something that can be done, with the keys that do it. */
export type KeyAction = readonly [keys: readonly string[], what: string, act: () => void];

/** What each key does on the page of a run. */
const runKeys: readonly KeyAction[] = [
  [['j', 'ArrowDown'], 'next step', () => move(1)],
  [['k', 'ArrowUp'], 'step back', () => move(-1)],
  [['J'], 'next step of the same party', () => moveInLane(1)],
  [['K'], 'step back of the same party', () => moveInLane(-1)],
  [[' '], 'play, pause: to the next violation or the end', togglePlaying],
  [['<'], 'play slower', () => changeSpeed(-1)],
  [['>'], 'play faster', () => changeSpeed(1)],
  [['Home'], 'first step', toStart],
  [['End'], 'run to the end', toEnd],
  [[']'], 'next call', toCallAfter],
  [['['], 'call before', toCallBefore],
  [['v'], 'next violation', toViolation],
  [['m'], 'next mode', nextMode],
  [['b'], 'branch: what can happen now', () => focusOnDetails('#choices button')],
  [['f'], 'fault: drop, duplicate or delay this message', () => focusOnDetails('#faults button')],
  [['d'], 'difference: from this step to the one selected next', compareSteps],
  [['s'], 'side by side: with the run before, with each other mode, alone', nextBeside],
  [['w'], 'when: at another date in its window', () => focusOnDetails('#when')],
  [['p'], 'prove: every order and delay', prove],
  [['u'], 'undo the last change', undo],
  [['x'], 'experiment: the list of changes', focusOnChanges],
  [['t'], 'time: folded, to scale, order only', nextTimeMode],
  [['+'], 'time to scale, larger', () => zoomTime(2)],
  [['-'], 'time to scale, smaller', () => zoomTime(0.5)],
  [['0'], 'time to scale, the whole run', fitTime],
  [['ArrowLeft'], 'look back, by half a view', () => scrollTime(-1)],
  [['ArrowRight'], 'look on, by half a view', () => scrollTime(1)],
  [['e'], 'enlarge the machine, and back to the ladder', () => togglePane('machine')],
  [['a'], 'all parties: a chart of each, and back', () => togglePane('parties')],
  [['g'], 'Gantt chart: the states of all parties, and back', () => togglePane('states')],
  [['r'], 'room: fold the panels on the right', () => (isWide.value = !isWide.value)],
  [['h'], 'heartbeats and timers', () => (showsAll.value = !showsAll.value)],
  [['/'], 'filter', focusOnFilter],
  [['c'], 'compare all scenarios', close],
];

/** What keys do where applications are shown. */
const liveKeys: readonly KeyAction[] = [
  [['j', 'ArrowDown'], 'next event', () => moveLive(1)],
  [['k', 'ArrowUp'], 'event before', () => moveLive(-1)],
  [['Home'], 'first event', () => (selected.value = happened.value[0]?.index ?? null)],
  [['End'], 'the latest, and those that come', followNewest],
  [['/'], 'filter', () => focusOn(`#${liveFilterId}`)],
  [['s'], 'events as a list, as a sequence', () => showEventsAs(eventLook.value === 'list' ? 'sequence' : 'list')],
  [['e'], 'export the events: a file that opens here again', exportEvents],
  [['x'], 'clear: forget what happened so far', clearEvents],
  [['l'], 'back from the applications', () => (showsLive.value = false)],
];

/** The way to the applications, where there can be any. */
const toLive = (): KeyAction[] =>
  liveServer.value === 'none' && actors.value.length === 0
    ? []
    : [[['l'], 'live: the applications that connect', () => (showsLive.value = true)]];

/** What keys do where all scenarios are compared. */
const compareKeys: readonly KeyAction[] = [
  [['/'], 'find a scenario, of all that are bundled', () => openPalette('scenario ')],
];

/** A system of the user's has no modes and no calls. */
const isOfRun = ([, , act]: KeyAction): boolean =>
  !isSystem.value || !(act === nextMode || act === toCallAfter || act === toCallBefore);

/** What each key does on the page that is shown. */
export function keysNow(): readonly KeyAction[] {
  if (showsLive.value) return liveKeys;
  return [...(experiment.value === null ? compareKeys : runKeys.filter(isOfRun)), ...toLive()];
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

/** Whether the space bar presses what has the focus. Of the steps only the selected one is reached with the keyboard. */
const isPressed = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('button:not(.ladder *), summary');

/** What stands on a key: letters are capitals there, and a capital is typed with another one. */
export function keyName(key: string): string {
  if (key === ' ') return 'Space';
  if (key.length > 1) return key.replace('Arrow', '');
  return key === key.toLowerCase() ? key.toUpperCase() : `⇧${key}`;
}

/** Goes on at the selected step, or nowhere. */
function leaveField(): void {
  const { activeElement } = document;
  if (!isField(activeElement)) return;
  (activeElement as HTMLElement).blur();
  focusOnStep();
}

const letGo = (): void => {
  isHeld.value = false;
};

function onKey(event: KeyboardEvent): void {
  isHeld.value = event.repeat;
  if (event.key === 'k' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    openPalette();
    return;
  }
  // A dialogue has its keys for itself.
  if (document.querySelector('dialog[open]') !== null) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    leaveField();
    return;
  }
  if (isField(event.target) || (event.key === ' ' && isPressed(event.target))) return;
  if (event.key === '?') {
    showsKeys.value = true;
    return;
  }
  // The scrubber answers to the arrow keys itself.
  if (event.defaultPrevented) return;
  const [, , act] = keysNow().find(([keys]) => keys.includes(event.key)) ?? [];
  if (act === undefined) return;
  event.preventDefault();
  const had = document.activeElement;
  act();
  // What had the focus may be gone with the next turn.
  if (had !== document.body) setTimeout(() => document.activeElement === document.body && focusOnStep());
}

/** The keys that were pressed before the programme was there; the page of a server keeps them. */
declare const earlyKeys: readonly KeyboardEvent[] | undefined;
declare const keepKey: (event: KeyboardEvent) => void;

/** What a browser does at Escape with a dialogue, and the page with a field. */
function leaveWhatIsOpen(): void {
  document.querySelector<HTMLDialogElement>('dialog[open]')?.close();
  leaveField();
}

/** Does what keys say, those first that were pressed already. */
export async function listenToKeys(): Promise<void> {
  if (typeof earlyKeys !== 'undefined') {
    for (const event of earlyKeys) {
      if (event.key === 'Escape') leaveWhatIsOpen();
      // What was meant for a field cannot be typed any more, and is no command.
      else if (!isField(document.activeElement)) onKey(event);
      // What it has done is drawn before the next one.
      await new Promise((drawn) => setTimeout(drawn));
    }
    removeEventListener('keydown', keepKey);
  }
  addEventListener('keydown', onKey);
  // A window that loses the focus is not told that the key is let go.
  for (const type of ['keyup', 'blur']) addEventListener(type, letGo);
}
