import { everyMode, modeNames } from '../../../machines/modeVariants.ts';
import { seededExperiment } from '../../model/experiment.ts';
import { changeMode } from '../changes.ts';
import { exportItems } from '../export/ExportMenu.tsx';
import { chooseFile } from '../files.tsx';
import { type KeyAction, keysNow, showsKeys } from '../keys.ts';
import { showsLive } from '../live/store.ts';
import { isSystem } from '../parties.ts';
import { scenarios } from '../scenarios.ts';
import { comparedSeed, comparedServer, experiment, open, tell } from '../store.ts';
import { nextTheme, theme } from '../theme.ts';

const withoutKey = (what: string, act: () => unknown): KeyAction => [[], what, () => void act()];

/** The exports; a failure is reported. */
const exportActions = (): KeyAction[] =>
  exportItems().map(([what, hint, act]) =>
    withoutKey(`export: ${what}, ${hint}`, () =>
      Promise.resolve(act()).catch((error: Error) => tell(`${what}: ${error.message}`)),
    ),
  );

const modes = (): KeyAction[] =>
  modeNames.map((name) => withoutKey(`mode: ${everyMode[name].title}`, () => changeMode(name)));

/** Every bundled scenario, in the mode and on the server that are shown. */
const everyOffered = (): KeyAction[] =>
  scenarios().map(({ scenario, folder }) =>
    withoutKey(`scenario: ${scenario.title}${folder === null ? '' : ` (${folder})`}`, () => {
      const shown = experiment.value;
      const { mode, server } = (isSystem.value ? undefined : shown?.scenario) ?? {
        mode: scenario.mode,
        server: comparedServer.value ?? scenario.server,
      };
      showsLive.value = false;
      open(seededExperiment({ ...scenario, mode, server }, shown?.seed ?? comparedSeed.value));
    }),
  );

const always = (): KeyAction[] => [
  [['?'], 'all keys', () => (showsKeys.value = true)],
  withoutKey('open a file: a trace, a report of check, a scenario or a capture', chooseFile),
  withoutKey(`theme: ${theme.value}, to the next one`, nextTheme),
];

/** Everything that can be done where the reader is, with its keys. */
export function actionsNow(): readonly KeyAction[] {
  if (showsLive.value) return [...keysNow(), ...always(), ...everyOffered()];
  if (experiment.value === null) return [...keysNow(), ...everyOffered(), ...always()];
  return [...keysNow(), ...always(), ...exportActions(), ...(isSystem.value ? [] : modes()), ...everyOffered()];
}

/** Those whose words begin with every word that was typed, in any order. */
export function found(actions: readonly KeyAction[], typed: string): readonly KeyAction[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = actions.filter(([, what]) => {
    const own = what.toLowerCase().split(/[^a-z0-9]+/);
    return words.every((word) => own.some((one) => one.startsWith(word)));
  });
  // What begins with the first word is more likely meant than what has it somewhere.
  const begins = ([, what]: KeyAction) => Number(words[0] !== undefined && what.toLowerCase().startsWith(words[0]));
  return fitting.toSorted((one, other) => begins(other) - begins(one));
}
