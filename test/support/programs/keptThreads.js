// Lets one run of the command after another have the same threads: to load the checker takes a thread longer than most of what it
// is asked for. Called before the command is loaded.
import { createRequire } from 'node:module';
import process from 'node:process';

/** A module of the user's may leave anything behind in its thread, and has one of its own, as it has without this. */
const isOfModule = ({ job }) => /\.[cm]?[jt]sx?"/.test(JSON.stringify(job ?? null));

export function keepThreads(mainFile) {
  const piscina = createRequire(mainFile)('piscina');
  const { Piscina } = piscina;
  /** The pools that have nothing to do, by all that a thread is told when it is started. */
  const idle = new Map();
  const keyOf = (options) => JSON.stringify([options, process.env]);

  class Kept extends Piscina {
    #key;
    #underWay = 0;
    #isClean = true;

    constructor(options) {
      super(options);
      this.#key = keyOf(options);
      this.on('error', () => {
        this.#isClean = false;
      });
    }

    async run(task, settings) {
      if (isOfModule(task)) this.#isClean = false;
      this.#underWay++;
      try {
        return await super.run(task, settings);
      } catch (error) {
        this.#isClean = false;
        throw error;
      } finally {
        this.#underWay--;
      }
    }

    async destroy() {
      if (this.#underWay > 0 || !this.#isClean) return super.destroy();
      idle.set(this.#key, [...(idle.get(this.#key) ?? []), this]);
    }
  }
  const construct = (Made, [options]) => idle.get(keyOf(options))?.pop() ?? new Made(options);
  Object.defineProperty(piscina, 'Piscina', { value: new Proxy(Kept, { construct }) });
}
