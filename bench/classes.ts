import process from 'node:process';
import { StateClasses } from '../src/sim/check/engine/stateClasses.ts';
import { levelCrossing } from '../test/support/petriNet.ts';

const trains = 4;
const rounds = 3;

/** The level crossing with four trains: linear state classes with equality, and the maximal ones. */
export function benchClasses(): void {
  for (const abstraction of ['equality', 'inclusion'] as const) {
    const measured = Array.from({ length: rounds }, () => {
      const classes = new StateClasses(levelCrossing(trains), { abstraction });
      const startMs = performance.now();
      classes.explore();
      return { classes, seconds: (performance.now() - startMs) / 1_000 };
    });
    const { classes, seconds } = measured.reduce((best, one) => (one.seconds < best.seconds ? one : best));
    const rate = (count: number) => Math.round(count / seconds).toLocaleString('en-US');
    process.stdout.write(
      `level crossing, ${trains} trains, ${abstraction}: ${classes.count} classes in ${seconds.toFixed(2)} s, ${rate(classes.count)} classes/s, ${rate(classes.edges)} edges/s\n`,
    );
  }
}
