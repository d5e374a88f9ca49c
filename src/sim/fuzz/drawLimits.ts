import { InputError, type InputProblem } from '../input/inputError.ts';
import { unknownKey } from '../input/unknownWord.ts';

/** How much is drawn: the more is allowed, the more losses are nobody's fault. */
export interface DrawLimits {
  /** Steps of user, OS and network after the app has been opened. */
  readonly changes: number;
  /** Which of them may be drawn. `home` stands for home and open in turn. */
  readonly kinds: readonly ChangeKind[];
  readonly calls: 1 | 2;
  /** Datagrams that may be lost. */
  readonly losses: number;
}

export const changeKinds = ['home', 'kill', 'changeNetwork', 'expireNonces'] as const;
export type ChangeKind = (typeof changeKinds)[number];

const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const isKind = (value: unknown): boolean => changeKinds.some((kind) => kind === value);

/** Per limit whether a value is one, and what is expected where it is not. */
const valid: {
  readonly [Limit in keyof DrawLimits]: { readonly is: (value: unknown) => boolean; readonly expected: string };
} = {
  changes: { is: (value) => isWhole(value, 0, 20), expected: 'a whole number from 0 to 20' },
  kinds: {
    is: (value) => Array.isArray(value) && value.length > 0 && value.every(isKind),
    expected: `a list with some of ${changeKinds.join(', ')}`,
  },
  calls: { is: (value) => isWhole(value, 1, 2), expected: '1 or 2' },
  losses: { is: (value) => isWhole(value, 0, 20), expected: 'a whole number from 0 to 20' },
};

/** Throws an InputError for limits that are none, for whoever is not told by TypeScript. */
export function refuseLimits(limits: DrawLimits): void {
  const given: Readonly<Record<string, unknown>> = { ...limits };
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(valid, key));
  const problems: InputProblem[] = [
    ...unknown.map((key) => unknownKey(key, '', Object.keys(valid))),
    ...Object.entries(valid)
      .filter(([name, { is }]) => !is(given[name]))
      .map(([name, { expected }]) => ({
        line: null,
        found: given[name] === undefined ? `no ${name}` : `${JSON.stringify(given[name])} for ${name}`,
        expected,
      })),
  ];
  if (problems.length > 0) throw new InputError({ file: 'drawScenario', problems });
}
