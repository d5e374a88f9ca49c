import { everyMode } from '../../../machines/modeVariants.ts';
import { registrationModeNames } from '../../../machines/registrationModes.ts';
import { seededExperiment } from '../../model/experiment.ts';
import { changeMode } from '../changes.ts';
import { exportItems } from '../export/ExportMenu.tsx';
import { type KeyAction, keysNow, showsKeys } from '../keys.ts';
import { showsLive } from '../live/store.ts';
import { boot, comparedSeed, comparedServer, experiment, open, tell } from '../store.ts';
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
  registrationModeNames.map((name) => withoutKey(`mode: ${everyMode[name].title}`, () => changeMode(name)));

/** Every bundled scenario, in the mode and on the server that are shown. */
const scenarios = (): KeyAction[] =>
  boot.value.scenarios.map(({ scenario }) =>
    withoutKey(`scenario: ${scenario.title}`, () => {
      const shown = experiment.value;
      const { mode, server } = shown?.scenario ?? { mode: scenario.mode, server: comparedServer.value };
      showsLive.value = false;
      open(seededExperiment({ ...scenario, mode, server }, shown?.seed ?? comparedSeed.value));
    }),
  );

const always = (): KeyAction[] => [
  [['?'], 'all keys', () => (showsKeys.value = true)],
  withoutKey(`theme: ${theme.value}, to the next one`, nextTheme),
];

/** Everything that can be done where the reader is, with its keys. */
export function actionsNow(): readonly KeyAction[] {
  if (showsLive.value) return [...keysNow(), ...always(), ...scenarios()];
  if (experiment.value === null) return [...scenarios(), ...always()];
  return [...keysNow(), ...always(), ...exportActions(), ...modes(), ...scenarios()];
}

/** Those whose words begin with every word that was typed, in any order. */
export function found(actions: readonly KeyAction[], typed: string): readonly KeyAction[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return actions.filter(([, what]) => {
    const own = what.toLowerCase().split(/[^a-z0-9]+/);
    return words.every((word) => own.some((one) => one.startsWith(word)));
  });
}
