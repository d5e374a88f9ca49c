import type { ModuleName } from './experiment.ts';

/** Where the server of the page is asked about runs of a module, below its token. */
export const moduleAddress = 'module';

/** What the page asks of the server, which has the machines of a module. */
export interface ModuleQuestion {
  readonly name: string;
  readonly given: readonly unknown[];
}

/** The answer, and the module as it was when that was worked out; or what is wrong with it. */
export type ModuleReply = { readonly module: ModuleName; readonly value: unknown } | { readonly error: string };
