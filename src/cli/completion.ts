import { Argument, Command, type Option } from 'commander';
import { bundledFolders, bundledNames } from './files.ts';
import type { Listed } from './listed.ts';
import { oneOf, validWords } from './options.ts';
import { print } from './output.ts';

/** What a shell offers after a command. */
interface Completed {
  readonly name: string;
  readonly description: string;
  readonly below: readonly string[];
  readonly options: readonly Option[];
}

async function completed(commands: Readonly<Record<string, Listed>>): Promise<Completed[]> {
  const all = Object.entries(commands).map(async ([name, { description, load }]): Promise<Completed> => {
    const command = await load();
    const named = command.registeredArguments.flatMap(({ parseArg }) => validWords(parseArg));
    const below = [...command.commands.map((one) => one.name()), ...named];
    const takesScenario = command.registeredArguments.some((one) => one.name() === 'scenario');
    const scenarios = takesScenario ? bundledFolders.flatMap((folder) => bundledNames(folder)) : [];
    const options = new Map(
      [...command.commands.flatMap((one) => one.options), ...command.options].map((one) => [one.long, one]),
    );
    return { name, description, below: [...below, ...scenarios], options: [...options.values()] };
  });
  return Promise.all(all);
}

const flagsOf = ({ short, long }: Option): string[] => [short, long].flatMap((flag) => flag ?? []);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The words after an option; a file name where it has none of its own. */
const caseOf = (name: string, option: Option): string[] => {
  const words = validWords(option.parseArg);
  if (words.length === 0) return [];
  const patterns = flagsOf(option).map((flag) => `"${name} ${flag}"`);
  return [`    ${patterns.join('|')}) words=${quoted(words.join(' '))} ;;`];
};

function bash(all: readonly Completed[]): string {
  const names = all.map(({ name }) => name).join(' ');
  const values = all.flatMap(({ name, options }) => options.flatMap((option) => caseOf(name, option)));
  const flags = all.map(({ name, options }) => `      ${name}) words=${quoted(options.flatMap(flagsOf).join(' '))} ;;`);
  const below = all.map(({ name, below: words }) => `      ${name}) words=${quoted(words.join(' '))} ;;`);
  return `_ringproof() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=''
  case "$command $before" in
${values.join('\n')}
  esac
  if [ -z "$words" ]; then
    if [ "$COMP_CWORD" -eq 1 ]; then words=${quoted(`${names} help`)}
    elif [ "\${current:0:1}" = - ]; then case "$command" in
${flags.join('\n')}
    esac
    else case "$command" in
${below.join('\n')}
    esac
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ringproof ringproof`;
}

/** Its own emulation of what bash offers for completion, which needs a zsh whose completion is on. */
const zsh = (all: readonly Completed[]): string =>
  `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }\nautoload -Uz bashcompinit && bashcompinit\n${bash(all)}`;

function fish(all: readonly Completed[]): string {
  const lines = all.flatMap(({ name, description, below, options }) => [
    `complete -c ringproof -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...(below.length === 0
      ? []
      : [`complete -c ringproof -n '__fish_seen_subcommand_from ${name}' -a ${quoted(below.join(' '))}`]),
    ...options.map((option) => {
      const words = validWords(option.parseArg);
      const flags = flagsOf(option).map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const value = words.length > 0 ? ` -x -a ${quoted(words.join(' '))}` : option.required ? ' -r' : '';
      const place = `-n '__fish_seen_subcommand_from ${name}'`;
      return `complete -c ringproof ${place} ${flags.join(' ')}${value} -d ${quoted(option.description)}`;
    }),
  ]);
  return lines.join('\n');
}

const shells = { bash, zsh, fish } as const;

/** `ringproof completion`: a script that has a shell complete commands, options and names. */
export const completionCommand = (commands: Readonly<Record<string, Listed>>) =>
  new Command('completion')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').argParser(oneOf('bash', 'zsh', 'fish')))
    .action(async (shell: keyof typeof shells) => print(shells[shell](await completed(commands))));
