import type { ServerAxes } from '../machines/serverProfile.ts';
import { capacity } from './capacity.ts';
import { digest } from './digest.ts';
import type { Experiment, Finding, Known } from './experiment.ts';
import { instance } from './instance.ts';
import type { Laboratory } from './laboratory.ts';
import { lifetimes, usableLifetimes } from './lifetimes.ts';
import { removal, removalOfAll } from './removal.ts';
import { sequence } from './sequence.ts';
import { severalContacts } from './severalContacts.ts';
import { Transcript } from './transcript.ts';
import { lateBinding, withoutBinding } from './withoutBinding.ts';

/** What the user has a say in. */
export interface ProbeOptions {
  /** Whether `Contact: *` may be sent, which takes away the bindings of other devices too. */
  readonly allowsRemoveAll: boolean;
  /** How long a held call is waited for, in milliseconds. */
  readonly patienceMs: number;
}

/** The experiments in their order: each builds on what those before it have learnt. */
export const experimentsFor = ({ allowsRemoveAll }: Pick<ProbeOptions, 'allowsRemoveAll'>): readonly Experiment[] => [
  digest,
  lifetimes,
  removal,
  capacity,
  ...(allowsRemoveAll ? [removalOfAll] : []),
  instance,
  severalContacts,
  sequence,
  withoutBinding,
  lateBinding,
];

/** What a profile can be made of: the axes of all findings. */
export const axesOf = (findings: readonly Finding[]): Partial<ServerAxes> =>
  Object.assign({}, ...findings.map(({ axes }) => axes));

/** Runs all experiments and yields each finding as soon as it is made. */
export async function* probe(lab: Laboratory, options: ProbeOptions): AsyncGenerator<Finding> {
  const transcript = new Transcript(lab);
  const findings: Finding[] = [];
  for (const experiment of experimentsFor(options)) {
    const axes = axesOf(findings);
    const known: Known = {
      axes,
      ...usableLifetimes(axes.minimumExpires?.ms, axes.maximumExpiresMs),
      patienceMs: options.patienceMs,
    };
    const observation = await experiment.observe(transcript, known);
    const evidence = transcript.take();
    for (const conclusion of experiment.deduce(observation, known)) {
      const finding = { ...conclusion, evidence };
      findings.push(finding);
      yield finding;
    }
  }
}
