import { InvalidArgumentError } from 'commander';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { parameterNamed, parameterNames } from '../sim/check/questions/parameter.ts';
import type { DurationName } from '../sim/check/questions/supremum.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { refuse, refuseOutputs, refuseUnwritable } from './files.ts';
import type { JobRunner } from './jobRunner.ts';
import { type Adaptation, flagsOf } from './options.ts';
import { partFile } from './shard.ts';
import type { SpreadOptions } from './spread.ts';

/** What the user said to `ringproof check`, with the defaults filled in. */
export interface CheckCommandOptions extends Adaptation, SpreadOptions {
  readonly mode?: ModeName;
  readonly profile?: ServerProfile;
  readonly variants?: boolean;
  readonly everywhere?: boolean;
  readonly property?: string[];
  readonly faults: number;
  readonly duplicates: number;
  readonly calls?: number;
  readonly envelope?: string;
  readonly longest?: DurationName;
  readonly coverage?: boolean;
  readonly untimed?: boolean;
  /** Bytes. */
  readonly memory: number;
  /** Who does the jobs. */
  readonly doer: JobRunner;
  /** Whether they were done before, in parts. */
  readonly isMerging: boolean;
  readonly format: 'text' | 'json' | 'junit' | 'markdown' | 'github' | 'gitlab';
  readonly baseline?: string;
  readonly update?: boolean;
  readonly output?: string;
  readonly save?: string;
  readonly certificate?: string;
  readonly force?: boolean;
}

/** The options with which another command checks the same runs. */
export const checkFlagsOf = ({ faults, duplicates, calls, untimed, ...adaptation }: CheckCommandOptions): string =>
  [
    flagsOf(adaptation),
    ...(faults === 0 ? [] : [` --faults ${faults}`]),
    ...(duplicates === 0 ? [] : [` --duplicates ${duplicates}`]),
    ...(calls === undefined ? [] : [` --calls ${calls}`]),
    ...(untimed === true ? [' --untimed'] : []),
  ].join('');

const bytesPer = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** An amount of memory in bytes. */
export function parseMemory(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) {
    throw new InvalidArgumentError('expected an amount of memory such as 500MB or 4GB');
  }
  return Number(amount) * bytesPer[unit as keyof typeof bytesPer];
}

/** Refuses a name that is no delay of a hand-over. */
export function refuseUnknownDelay(name: string | undefined): void {
  if (name === undefined || parameterNamed(name) !== null) return;
  const [party] = name.split('.');
  const own = parameterNames.filter((one) => one.startsWith(`${party}.`));
  const known = (own.length > 0 ? own : parameterNames).join(', ');
  const expected = `one of ${known}, or step.N for the date of a step`;
  refuse('--envelope', name, expected, nearestWord(name, parameterNames));
}

type Kind = 'baseline' | 'everywhere' | 'coverage' | 'untimed' | 'envelope' | 'longest' | 'shard';
type Companion =
  | Kind
  | ('certificate' | 'variants' | 'property' | 'duplicates' | 'output' | 'save' | 'format' | 'update' | 'queue');

/** What each kind of check would pass over in silence. */
const passedOver: Readonly<Record<Kind, readonly Companion[]>> = {
  baseline: ['certificate', 'envelope', 'longest', 'coverage', 'output', 'save'],
  everywhere: ['variants', 'envelope', 'longest', 'coverage'],
  coverage: ['certificate', 'untimed', 'envelope', 'longest', 'property', 'output', 'save', 'format'],
  untimed: ['certificate', 'envelope', 'longest', 'duplicates', 'output', 'save'],
  envelope: ['certificate', 'longest', 'output', 'save'],
  longest: ['certificate', 'property', 'output', 'save'],
  shard: ['certificate', 'coverage', 'output', 'save', 'update', 'queue'],
};

/** Whether this is not the whole of a run, or one whose parts were made before: then nothing but its output is written. */
export const isShared = ({ shard, isMerging }: Pick<CheckCommandOptions, 'shard' | 'isMerging'>): boolean =>
  shard !== undefined || isMerging;

function isGiven(options: CheckCommandOptions, one: Companion): boolean {
  if (one === 'duplicates') return options.duplicates > 0;
  if (one === 'format') return options.format !== 'text';
  return one === 'shard' ? isShared(options) : Boolean(options[one]);
}

/** Whether something else than verdicts is asked for. */
export const isQuestion = ({ envelope, longest, coverage }: CheckCommandOptions): boolean =>
  envelope !== undefined || longest !== undefined || coverage === true;

/** Refuses what cannot be done together, and files that would be written over, before anything is explored. */
export function refuseContradictions(options: CheckCommandOptions): void {
  for (const [kind, companions] of Object.entries(passedOver) as [Kind, readonly Companion[]][]) {
    const companion = isGiven(options, kind) ? companions.find((one) => isGiven(options, one)) : undefined;
    if (companion !== undefined)
      refuse(`--${kind}`, `--${companion} with it`, `one of the two, since --${kind} has no use for it`);
  }
  const { format, baseline, update } = options;
  if (isQuestion(options) && format !== 'text' && format !== 'json') {
    refuse(`--format ${format}`, 'a format for verdicts', 'text or json for an answer');
  }
  if (baseline !== undefined && (format === 'junit' || format === 'markdown')) {
    refuse(`--format ${format}`, '--baseline with it', 'text, json, github or gitlab for what has changed');
  }
  if (update && baseline === undefined) refuse('--update', 'no verdicts to update', '--baseline FILE with it');
  if (update && baseline === '-') refuse('--update', 'standard input', '--baseline FILE with it');
  if (update) refuseUnwritable(baseline ?? '', true);
  refuseOutputs(
    {
      '--output': options.output,
      '--save': options.save,
      '--certificate': options.certificate,
      '--part': partFile(options),
    },
    options.force === true,
  );
}
