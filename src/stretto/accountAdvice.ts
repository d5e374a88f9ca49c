import { type RegistrationModeName, registrationModeNames, registrationModes } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import type { CheckedCell } from '../sim/jobs/cell.ts';
import { type ModeTrial, recommend, trialsFrom } from './advice.ts';
import { type AttributeName, keyOf } from './attributes.ts';
import type { User } from './ownedSettings.ts';
import type { Account, Survey } from './provisioning.ts';
import { corrected, type Diagnostic, reviewAccount } from './review.ts';

/** A diagnostic with its place in the file. */
export interface PlacedDiagnostic extends Omit<Diagnostic, 'fix'> {
  readonly line: number | null;
}

/** A setting to be written: over the one in that line, or anew. */
export interface Change {
  readonly key: string;
  readonly value: string;
  readonly line: number | null;
}

/** What is to be said about one account on one server. Plain data. */
export interface AccountAdvice {
  readonly account: number;
  /** Whose account it is: all users for whom the same is true; empty where the file does not tell users apart. */
  readonly users: readonly User[];
  /** The profile whose account it is, or null. */
  readonly profile: string | null;
  /** The SIP server as the app reaches it, or null where the file does not say. */
  readonly address: string | null;
  readonly server: string;
  /** Whether any push reaches the phone at all. */
  readonly wakes: boolean;
  readonly findings: readonly PlacedDiagnostic[];
  readonly configured: RegistrationModeName | null;
  /** Null where every mode fails. */
  readonly recommended: RegistrationModeName | null;
  readonly trials: readonly ModeTrial[];
  readonly changes: readonly Change[];
}

const severities = ['error', 'warning', 'note'] as const;

/** The advice for an account. `cells` are those of its trials, in which is put right what `reviewAccount` can put right. */
export function adviseAccount(
  account: Account,
  server: ServerProfile,
  { cells, wakes }: { readonly cells: readonly CheckedCell[]; readonly wakes: boolean },
  placeOf: Survey['placeOf'],
  users: readonly User[] = [],
): AccountAdvice {
  const diagnostics = reviewAccount(account, server);
  const trials = trialsFrom(cells);
  const configured = account.mode ?? null;
  const recommended = recommend(trials, configured);
  const change = (attribute: AttributeName, value: string): Change => {
    const place = placeOf(account, attribute);
    return { key: place?.key ?? keyOf(attribute, account.account), value, line: place?.line ?? null };
  };
  const { domain } = account;
  return {
    account: account.account,
    users,
    profile: account.profile ?? null,
    address: domain === undefined ? null : `${domain.host}${domain.port === null ? '' : `:${domain.port}`}`,
    server: server.name,
    wakes,
    findings: severities.flatMap((severity) =>
      diagnostics
        .filter((one) => one.severity === severity)
        .map(({ fix: _fix, ...one }) => ({ ...one, line: placeOf(account, one.attribute)?.line ?? null })),
    ),
    configured,
    recommended,
    trials,
    changes: [
      ...diagnostics.flatMap(({ attribute, fix }) => (fix === undefined ? [] : [change(attribute, fix.value)])),
      ...(recommended === null || recommended === configured
        ? []
        : [change('mode', String(registrationModes[recommended].number))]),
    ],
  };
}

/** The account as the trials take it. */
export const triedAccount = (account: Account, server: ServerProfile): Account =>
  corrected(account, reviewAccount(account, server));

/** The trial of the recommended mode, or null. */
export const recommendedTrial = ({
  trials,
  recommended,
}: Pick<AccountAdvice, 'trials' | 'recommended'>): ModeTrial | null =>
  trials.find(({ mode }) => mode === recommended) ?? null;

/** Whether some other mode keeps in that scenario what the given one violates. */
export const avoidedBy = ({ trials }: AccountAdvice, scenario: string, property: string): RegistrationModeName[] =>
  registrationModeNames.filter((mode) =>
    trials.some(
      (trial) =>
        trial.mode === mode &&
        ![...trial.everyday, ...trial.rough].some((one) => one.scenario === scenario && one.property === property),
    ),
  );
