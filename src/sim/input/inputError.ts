/** One thing that is wrong with what a user gave. */
export interface InputProblem {
  /** Line in the file, from 1; null where the whole file or no file is meant. */
  readonly line: number | null;
  readonly found: string;
  readonly expected: string;
  /** The nearest valid word, where there is one. */
  readonly hint?: string;
}

/** Input that cannot be used, with everything that is wrong with it: one line per problem, no stack for the user. */
export class InputError extends Error {
  readonly file: string;
  readonly problems: readonly InputProblem[];

  constructor({ file, problems }: { file: string; problems: readonly InputProblem[] }) {
    super(problems.map((problem) => `${file}${describe(problem)}`).join('\n'));
    this.name = 'InputError';
    this.file = file;
    this.problems = problems;
  }
}

const describe = ({ line, found, expected, hint }: InputProblem): string =>
  `${line === null ? '' : `:${line}`}: found ${found}; expected ${expected}${hint === undefined ? '' : `; did you mean ${hint}?`}`;
