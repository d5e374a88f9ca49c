import type { Alteration } from './alteration.ts';
import { altered } from './altered.ts';
import { type ChangeLog, type Experiment, isSameExperiment, type Moved } from './experiment.ts';
import { optionsAfter } from './options.ts';
import { runExperiment, type WorldOf } from './running.ts';

/** Why a change has no effect where it stands in its list: `absent` where the run before has no such event. */
export type Idle = 'absent' | 'same' | 'overtaken';

/** What comes of a list of changes. */
export interface Relisted {
  readonly experiment: Experiment;
  /** Of each change why it has no effect; null where it has one, or is switched off. */
  readonly idle: readonly (Idle | null)[];
}

/** What a change has moved in its run. */
const movedBy = ({ do: what }: Alteration, { moved }: Experiment): Moved | null =>
  what === 'branch' || what === 'move' ? (moved.at(-1) ?? null) : null;

/** Makes the changes of a list one after the other, each in the run that those before it lead to. */
export function relisted({ base, changes }: ChangeLog, worldOf?: WorldOf): Relisted {
  let experiment: Experiment = base;
  const made = changes.map(({ what, isOff }): { idle: Idle | null; moved: Moved | null } => {
    if (isOff) return { idle: null, moved: null };
    const before = experiment;
    const next = altered(before, what, () => ({
      trace: runExperiment(before, worldOf),
      optionsAfter: (step) => optionsAfter(before, step, worldOf),
    }));
    if (next === null) return { idle: 'absent', moved: null };
    experiment = next;
    return { idle: isSameExperiment(before, next) ? 'same' : null, moved: movedBy(what, next) };
  });
  const { moved: last } = experiment;
  const idle = made.map((one) => (one.moved !== null && !last.includes(one.moved) ? 'overtaken' : one.idle));
  return { experiment, idle };
}
