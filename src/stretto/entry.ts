import type { InputProblem } from '../sim/input/inputError.ts';

/** Whose setting it is: a user's, or a profile's, which users share. */
export interface Owner {
  /** The user, or null where the profile itself is meant. */
  readonly user: string | null;
  /** The profile, or that of the user; null where the file does not say. */
  readonly profile: string | null;
  readonly line: number;
}

/** One setting as it stands in the file. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Null where the file does not tell users and profiles apart. */
  readonly owner: Owner | null;
}

/** What stands in a provisioning file, and what in it could not be read. */
export interface Reading {
  readonly entries: readonly Entry[];
  readonly owners: readonly Owner[];
  readonly problems: readonly InputProblem[];
}

/** Says that a file is none of the forms at all. Never shows what stands in it: that may be a password. */
export type Refuse = (found: string, line?: number | null) => never;
