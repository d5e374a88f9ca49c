import { computed, effect, signal } from '@preact/signals';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { experimentOf } from '../model/experiment.ts';
import type { Proof } from '../model/requests.ts';
import { askAside } from './ask.ts';
import { change } from './changes.ts';
import { experiment, tell, trace } from './store.ts';

/** The proof that is under way, was given last, or none. */
export const proof = signal<Proof | 'underWay' | null>(null);

/** The property that the reader wants proved; another one counts where it is not claimed of the mode. */
const wanted = signal<string>('noInviteLost');

/** What can be proved of the run that is shown: whatever is claimed of its scenario. */
export const provable = computed(() => (trace.value?.verdicts ?? []).map(({ property }) => property));

export const chosenProperty = computed(() =>
  provable.value.includes(wanted.value) ? wanted.value : (provable.value[0] ?? ''),
);

/** Chooses what to prove; the proof of another property is forgotten. */
export function chooseProperty(name: string): void {
  giveUp();
  wanted.value = name;
}

let endUnderWay = (): void => {};
let proved: Scenario | null = null;

/** Lets the checker decide the chosen property for every order and delay of the scenario that is shown. */
export function prove(): void {
  const shown = experiment.value;
  const property = chosenProperty.value;
  if (shown === null) return;
  giveUp();
  proved = shown.scenario;
  proof.value = 'underWay';
  const { answer, end } = askAside('prove', shown, property);
  endUnderWay = end;
  // What was given up is answered nevertheless, with an error.
  const isCurrent = () => endUnderWay === end;
  answer.then(
    (found) => {
      if (isCurrent()) proof.value = found;
    },
    (error: Error) => {
      if (!isCurrent()) return;
      proof.value = null;
      tell(`No proof: ${error.message}`);
    },
  );
}

export function giveUp(): void {
  endUnderWay();
  endUnderWay = () => {};
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
  const module = experiment.value?.module;
  change({ ...experimentOf(found.counterexample.trace), ...(module && { module }) }, null);
}
