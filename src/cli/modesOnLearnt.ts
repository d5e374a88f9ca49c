import { availableParallelism } from 'node:os';
import type { Finding } from '../probe/experiment.ts';
import { isOpen } from '../probe/experiment.ts';
import { kindsThatFit, learntProfileText, type Origin } from '../probe/learntProfile.ts';
import { parseServerProfile } from '../profiles/ownServer.ts';
import { type Failure, type ModeTrial, recommend, trialsFrom } from '../stretto/advice.ts';
import type { ModesTried } from '../stretto/adviceText.ts';
import { usualSettings } from '../stretto/settings.ts';
import { runJobs } from './checkJobs.ts';
import { trialJobs } from './trialJobs.ts';

/** The modes on what was learnt, and what had to be assumed for that. */
export interface ModesOnLearnt extends ModesTried {
  /** Questions without an answer: of each the least favourable answer is assumed. */
  readonly assumed: readonly string[];
  /** Kinds of server that fit what was learnt; a mode has to hold on all of them. */
  readonly kinds: readonly string[];
}

const sameFailure = (one: Failure, other: Failure): boolean =>
  one.scenario === other.scenario && one.property === other.property;

/** Failures on any of the kinds; of each the first that was found. */
const failuresOn = (all: readonly (readonly Failure[])[]): readonly Failure[] =>
  all.flat().filter((one, at, flat) => flat.findIndex((other) => sameFailure(one, other)) === at);

/** A failure on another kind than the one that the file is of says on which. */
const namingKind = (failure: Failure, kind: string, isFirst: boolean): Failure =>
  isFirst ? failure : { ...failure, sentence: `${failure.sentence} (were it of the kind ${kind})`, profile: kind };

/** The four modes on what was learnt, as `ringproof advise` tries them: on every kind of server that fits. */
export async function tryModes(findings: readonly Finding[], origin: Origin, file: string): Promise<ModesOnLearnt> {
  const kinds = kindsThatFit(findings);
  const jobs = availableParallelism();
  const perKind: ModeTrial[][] = [];
  for (const [at, kind] of kinds.entries()) {
    const server = parseServerProfile(learntProfileText(findings, origin, kind), file);
    const { results } = await runJobs(trialJobs(usualSettings, { server, jobs }), jobs);
    const named = (failures: readonly Failure[]) => failures.map((one) => namingKind(one, kind.name, at === 0));
    perKind.push(
      trialsFrom(results.flat()).map((trial) => ({
        ...trial,
        everyday: named(trial.everyday),
        rough: named(trial.rough),
      })),
    );
  }
  const [first = [], ...others] = perKind;
  const trials = first.map((trial) => {
    const all = [trial, ...others.flatMap((more) => more.filter(({ mode }) => mode === trial.mode))];
    return {
      ...trial,
      everyday: failuresOn(all.map(({ everyday }) => everyday)),
      rough: failuresOn(all.map(({ rough }) => rough)),
    };
  });
  return {
    recommended: recommend(trials, null),
    configured: null,
    server: origin.name,
    wakes: true,
    trials,
    assumed: findings.filter(isOpen).map(({ topic }) => topic),
    kinds: kinds.map(({ name }) => name),
  };
}
