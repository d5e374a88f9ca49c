import { type RegistrationModeName, registrationModeNames } from '../machines/registrationModes.ts';
import type { CheckedCell } from '../sim/jobs/cell.ts';
import { everydayTrials } from './trials.ts';

/** One property that a mode violates in one scenario. */
export type Failure = Pick<CheckedCell, 'scenario' | 'property' | 'verdict'> & {
  readonly sentence: string;
  /** The server on which it was found, where that is another one than the one in question. */
  readonly profile?: string;
};

/** How a mode fared on a server. */
export interface ModeTrial {
  readonly mode: RegistrationModeName;
  /** What is violated, or not decided, on an ordinary day. */
  readonly everyday: readonly Failure[];
  /** The same where something breaks. */
  readonly rough: readonly Failure[];
  /** What the verdict on an ordinary day stands for. */
  readonly scope: string;
}

const failureOf = ({ scenario, property, verdict, counterexample, scope }: CheckedCell): Failure => ({
  scenario,
  property,
  verdict,
  sentence: counterexample?.sentence ?? `not decided: ${scope}`,
});

/** The cells of one account, mode by mode. */
export function trialsFrom(cells: readonly CheckedCell[]): ModeTrial[] {
  const isEveryday = ({ scenario }: CheckedCell) => everydayTrials.some((name) => name === scenario);
  return registrationModeNames.map((mode) => {
    const own = cells.filter((cell) => cell.mode === mode);
    const failed = own.filter(({ verdict }) => verdict !== 'holds');
    return {
      mode,
      everyday: failed.filter(isEveryday).map(failureOf),
      rough: failed.filter((cell) => !isEveryday(cell)).map(failureOf),
      scope: scopeOf(own.filter(isEveryday)),
    };
  });
}

const scopeOf = (cells: readonly CheckedCell[]): string =>
  `every order of events and every delay within the windows of ${new Set(cells.map(({ scenario }) => scenario)).size} scenarios`;

const losses = (failures: readonly Failure[]): number =>
  failures.filter(({ property }) => property === 'noInviteLost').length;

/** Simpler first; Continuous last, because every call, also an outgoing one, then goes through the push server. */
const preference: readonly RegistrationModeName[] = [
  'standard',
  'singleDeviceTakeover',
  'singleDeviceEmulation',
  'continuous',
];

/**
 * The mode to set: the configured one where it fails in nothing on an ordinary day. Else of those that do not fail the
 * one that loses least where something breaks, Continuous only where no other is left. Null where every mode fails.
 */
export function recommend(
  trials: readonly ModeTrial[],
  configured: RegistrationModeName | null,
): RegistrationModeName | null {
  const fit = trials.filter(({ everyday }) => everyday.length === 0);
  if (fit.some(({ mode }) => mode === configured)) return configured;
  const rank = ({ mode, rough }: ModeTrial) =>
    (mode === 'continuous' ? 1_000 : 0) + losses(rough) * 10 + preference.indexOf(mode);
  return fit.sort((one, other) => rank(one) - rank(other))[0]?.mode ?? null;
}
