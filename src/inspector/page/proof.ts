import { effect, signal } from '@preact/signals';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { experimentOf } from '../model/experiment.ts';
import type { Proof } from '../model/requests.ts';
import { askAside } from './ask.ts';
import { change, experiment, tell } from './store.ts';

/** The proof that is under way, was given last, or none. */
export const proof = signal<Proof | 'underWay' | null>(null);

let endUnderWay = (): void => {};
let proved: Scenario | null = null;

/** Lets the checker decide a property for every order and delay of the scenario that is shown. */
export function prove(property: string): void {
  const scenario = experiment.value?.scenario;
  if (scenario === undefined) return;
  giveUp();
  proved = scenario;
  proof.value = 'underWay';
  const { answer, end } = askAside('prove', scenario, property);
  endUnderWay = end;
  answer.then(
    (found) => {
      proof.value = found;
    },
    (error: Error) => {
      proof.value = null;
      tell(`No proof: ${error.message}`);
    },
  );
}

export function giveUp(): void {
  endUnderWay();
  proof.value = null;
}

/** Forgets a proof as soon as another scenario is shown than it speaks of; its counterexample is one of that scenario. */
export const keepProof = (): (() => void) =>
  effect(() => {
    const shown = experiment.value;
    if (shown?.scenario !== proved && shown?.window === undefined) giveUp();
  });

/** Shows the counterexample of the proof, with its race window. */
export function openCounterexample(): void {
  const found = proof.value;
  if (found === null || found === 'underWay' || found.counterexample === null) return;
  change(experimentOf(found.counterexample.trace), null);
}
