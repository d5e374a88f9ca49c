import { setImmediate } from 'node:timers/promises';
import type { Boot, Offered } from '../model/boot.ts';
import { comparedPath, isCompared, serversCompared } from '../model/compared.ts';
import type { GlancesByMode } from '../model/requests.ts';
import { servedAt } from '../model/served.ts';
import { bootPart, scenariosPart } from '../model/singleFile.ts';
import { OpenedRun } from './openedRun.ts';

/** Whether nothing is open but the overview of all scenarios. */
const isOverview = ({ opened, capture, recording }: Boot): boolean =>
  opened === null && capture === null && recording === null;

/** What pages are given beside the files that all of them share, as JSON, made once. */
export class Contents {
  /** Null where no run is open, or one of a module: those are asked for as they are needed. */
  readonly run: OpenedRun | null;
  readonly #boot: Boot;
  readonly #read: () => readonly Offered[];
  #scenarios: readonly Offered[] | undefined;
  #compared: Promise<string> | undefined;

  /** `scenarios` reads those that come with the page, which takes longer than all else: a run is shown without them. */
  constructor(boot: Boot, scenarios: () => readonly Offered[]) {
    this.#boot = boot;
    this.#read = scenarios;
    const { opened } = boot;
    this.run = opened === null || opened.module !== undefined ? null : new OpenedRun(opened);
  }

  /** Makes what a page asks for first. Whoever reads the address takes longer. */
  async prepare(): Promise<void> {
    if (this.run !== null) await this.run.prepare();
    // Whoever asks is told what is wrong.
    else if (isOverview(this.#boot)) await this.at(comparedPath)?.catch(() => {});
  }

  /** What is at a path below the token; null where that is none of these. */
  at(path: string): Promise<string> | null {
    if (path === bootPart) return Promise.resolve(JSON.stringify(this.#boot));
    if (path === scenariosPart) return this.#everyScenario().then((all) => JSON.stringify(all));
    if (path === comparedPath) {
      this.#compared ??= this.#compare();
      return this.#compared;
    }
    const asked = servedAt(path);
    return asked === null || this.run === null ? null : this.run.text(asked.name, asked.step);
  }

  async #everyScenario(): Promise<readonly Offered[]> {
    this.#scenarios ??= this.#read();
    return this.#scenarios;
  }

  /** The overview as it is at first. */
  async #compare(): Promise<string> {
    const { answers } = await import('../model/requests.ts');
    const { compared, bundled } = this.#boot;
    const servers = serversCompared(compared.server, bundled.profiles);
    const all: GlancesByMode[] = [];
    for (const { scenario } of (await this.#everyScenario()).filter(isCompared)) {
      // Whoever asks for something else is answered in between.
      await setImmediate();
      all.push(...answers.matrix([scenario], servers, compared.seed));
    }
    return JSON.stringify(all);
  }
}
