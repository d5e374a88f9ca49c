import type { Experiment } from '../model/experiment.ts';
import { verdictHtml } from '../model/firstSight.ts';
import type { Outcome } from '../model/requests.ts';
import { type ServedName, servedNames, servedText } from '../model/served.ts';

/** The run that the page is started with: what is asked of it is worked out once, however often the page is loaded. */
export class OpenedRun {
  readonly #experiment: Experiment;
  readonly #texts = new Map<string, Promise<string>>();
  #verdict = '';

  constructor(experiment: Experiment) {
    this.#experiment = experiment;
  }

  /** An answer as JSON. Rejects where there is none, such as for a run that its machines cannot make. */
  text(name: ServedName, step: number): Promise<string> {
    const key = `${name} ${step}`;
    const text = this.#texts.get(key) ?? this.#worked(name, step);
    this.#texts.set(key, text);
    return text;
  }

  async #worked(name: ServedName, step: number): Promise<string> {
    // What runs and judges runs is loaded once there is something to run, and not before the address is told.
    const { answers } = await import('../model/requests.ts');
    const answer = answers[name](this.#experiment, step);
    if (name === 'run') this.#verdict = verdictHtml(answer as Outcome);
    return servedText(name, answer);
  }

  /** The verdict as HTML; empty where its machines cannot make the run. */
  async verdict(): Promise<string> {
    await this.text('run', 0).catch(() => {});
    return this.#verdict;
  }

  /** Works out beforehand what a page asks first. Whoever asks in between is answered in between. */
  async prepare(): Promise<void> {
    for (const name of servedNames) {
      await new Promise((resolve) => setImmediate(resolve));
      // Whoever asks is told what is wrong. What can happen is asked of a step, and the digest may take its time.
      if (name !== 'options' && name !== 'digest') await this.text(name, 0).catch(() => {});
    }
  }
}
