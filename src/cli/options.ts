import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { type ModeName, modeNames } from '../machines/modeVariants.ts';
import { registrationModeNames, registrationModes } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { parseServerProfile } from '../profiles/ownServer.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { properties } from '../sim/properties/properties.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { mitigated } from '../sim/scenarioFile/mitigated.ts';
import { type NetworkName, networkNames, type PushServiceName, pushServiceNames } from '../sim/scenarioFile/presets.ts';
import { readText, refuse, shellWord } from './files.ts';

const didYouMean = (found: string, valid: readonly string[]): string => {
  const hint = nearestWord(found, valid);
  return `expected one of ${valid.join(', ')}${hint === undefined ? '' : `; did you mean ${hint}?`}`;
};

/** A mode by name or, if the product has it, by its Stretto number. */
function parseMode(text: string): ModeName {
  const byNumber = registrationModeNames.find((name) => String(registrationModes[name].number) === text);
  const byName = modeNames.find((name) => name.toLowerCase() === text.toLowerCase());
  const mode = byNumber ?? byName;
  if (mode === undefined) throw new InvalidArgumentError(didYouMean(text, [...modeNames, '0', '1', '2', '3']));
  return mode;
}

/** The file from which a profile was read. */
const fileOf = new WeakMap<ServerProfile, string>();

/** The file of the user's from which a profile was read; undefined for one that is bundled. */
export const profileFile = (profile: ServerProfile): string | undefined => fileOf.get(profile);

/** How the user names a profile: a command that he is told to run says it so. */
export const wordFor = (profile: ServerProfile): string => shellWord(fileOf.get(profile) ?? profile.name);

/** A server profile by name, or the user's own from a YAML file. */
export function parseProfile(text: string): ServerProfile {
  if (/\.(ya?ml|json)$/.test(text)) {
    const profile = parseServerProfile(readText(text), text);
    fileOf.set(profile, text);
    return profile;
  }
  const names = Object.keys(everyServerProfile);
  const name = names.find((one) => one === text);
  if (name === undefined) throw new InvalidArgumentError(didYouMean(text, names));
  return everyServerProfile[name as keyof typeof everyServerProfile];
}

/** A whole number in a range. */
export const wholeNumber =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}`);
    }
    return value;
  };

/** A share in percent, such as `0.1%`, between two bounds that are said so too; from 0 to 1. */
export const percentage =
  (low: string, high: string) =>
  (text: string): number => {
    const percentOf = (one: string) => Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(one.trim())?.[1] ?? Number.NaN);
    const value = percentOf(text);
    if (!(value >= percentOf(low) && value <= percentOf(high))) {
      throw new InvalidArgumentError(
        `expected a percentage from ${low} to ${high}, such as ${examplePercentage(high)}`,
      );
    }
    // 0.1 / 100 is 0.001, and 99.9 / 100 is 0.9990000000000001 in binary fractions.
    return Number((value / 100).toPrecision(12));
  };

const examplePercentage = (high: string): string => (Number.parseFloat(high) > 50 ? '99%' : '0.1%');

/** The words that a parser of options takes: a shell completes them. */
const wordsOf = new WeakMap<object, readonly string[]>();

/** The words that this parser takes; none where it takes others. */
export const validWords = (parser: object | undefined): readonly string[] => (parser && wordsOf.get(parser)) ?? [];

function knowing<Parser extends object>(parser: Parser, valid: readonly string[]): Parser {
  wordsOf.set(parser, valid);
  return parser;
}

/** One of some words. */
export const oneOf = <const Word extends string>(...valid: readonly Word[]) =>
  knowing((text: string): Word => {
    const word = valid.find((one) => one === text);
    if (word === undefined) throw new InvalidArgumentError(didYouMean(text, valid));
    return word;
  }, valid);

/** Words joined by commas. */
export const words = (text: string): string[] => text.split(',').map((one) => one.trim());

/** A word that is checked later, by what is asked; a shell offers these. */
export const offering = (valid: readonly string[]) => knowing((text: string): string => text, valid);

/** Properties joined by commas, which may be of the user's as well; a shell offers ours. */
export const propertyWords = () =>
  knowing(
    (text: string): string[] => words(text),
    properties.map(({ name }) => name),
  );

/** The words of an option, each of which must be a valid one. */
export function checkedWords(option: string, given: readonly string[], valid: readonly string[]): void {
  const wrong = given.find((one) => !valid.includes(one));
  if (wrong !== undefined) refuse(option, wrong, `one of ${valid.join(', ')}`, nearestWord(wrong, valid));
}

/** Some of some words, joined by commas. */
export const listOf = <const Word extends string>(valid: readonly Word[]) =>
  knowing((text: string): Word[] => words(text).map((one) => oneOf(...valid)(one)), valid);

export const modeOption = () =>
  new Option('-m, --mode <mode>', 'registration mode, by name or number (0 to 3)').argParser(
    knowing(parseMode, modeNames),
  );

/** Several modes, joined by commas. */
export const modesOption = (flags: string, description: string) =>
  new Option(flags, description).argParser(
    knowing((text: string): ModeName[] => [...new Set(words(text).map(parseMode))], modeNames),
  );

export const profileOption = () =>
  new Option(
    '-p, --profile <name>',
    'server profile (see `ringproof profiles`), or a YAML file that extends one',
  ).argParser(knowing(parseProfile, Object.keys(everyServerProfile)));

export const networkOption = () =>
  new Option('--network <name>', `preset of the phone's network: ${networkNames.join(', ')}`).argParser(
    oneOf(...networkNames),
  );

export const pushOption = () =>
  new Option('--push <name>', `preset of the push service: ${pushServiceNames.join(', ')}`).argParser(
    oneOf(...pushServiceNames),
  );

export const mitigatedOption = () => new Option('--mitigated', 'apply the mitigation of the scenario');

/** What can be changed of a scenario from the command line. */
export interface Adaptation {
  readonly mitigated?: boolean;
  readonly network?: NetworkName;
  readonly push?: PushServiceName;
}

/** The scenario with its mitigation, if the user wants that, and with the presets that he names instead of its own. */
export const adapted = (document: ScenarioDocument, { network, push, ...rest }: Adaptation): ScenarioDocument => ({
  ...(rest.mitigated === true ? mitigated(document) : document),
  ...(network && { network }),
  ...(push && { push }),
});

/** The options with which another command runs the same scenario. */
export const flagsOf = ({ mitigated, network, push }: Adaptation): string =>
  [
    ...(mitigated === true ? [' --mitigated'] : []),
    ...(network === undefined ? [] : [` --network ${network}`]),
    ...(push === undefined ? [] : [` --push ${push}`]),
  ].join('');

export const seedOption = () =>
  new Option('-s, --seed <number>', 'seed of the run').argParser(wholeNumber(0, 4_294_967_295)).default(1);

export const forceOption = () => new Option('-f, --force', 'overwrite an existing file');

/** On how many cores a command works: on all where nothing is said. */
export const jobsOption = (): Option =>
  new Option('-j, --jobs <number>', 'processor cores to use')
    .argParser(wholeNumber(1, 256))
    .default(availableParallelism(), 'all');

/** Files of which each is named by an option of its own. */
export const filesOption = (flags: string, what: string): Option =>
  new Option(flags, what).argParser((file: string, files: readonly string[]) => [...files, file]).default([], 'none');
