import { controlDoes } from '../probe/control.ts';
import { experimentsAfter, experimentsBefore } from '../probe/probe.ts';
import { cleanUpMs, requestsBound } from '../probe/session.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { type Account, addressOfRecord } from '../sip/account.ts';

interface PlanOptions {
  readonly allowRemoveAll?: boolean;
  readonly answer?: boolean;
  /** Seconds. */
  readonly limit: number;
  readonly timeout: number;
  readonly intervalMs: number;
}

/** Whose account is used, and who calls what. */
interface PlannedCalls {
  readonly account: Account;
  readonly caller: Account;
  readonly callee: string;
}

/** What a probe is about to do, for somebody whose account is used for it. */
export function planText(target: string, { account, caller, callee }: PlannedCalls, options: PlanOptions): string {
  const { allowRemoveAll = false, answer = false, limit, timeout, intervalMs } = options;
  const allowances = { allowsRemoveAll: allowRemoveAll, answers: answer };
  const aor = addressOfRecord(account);
  const steps = [
    'asks who is registered, and removes each of these bindings by name',
    ...experimentsBefore.map(({ does }) => does),
    controlDoes,
    ...experimentsAfter(allowances).map(({ does }) => does),
    'removes its own bindings, registers again those that it has removed, and looks and calls whether it is so',
  ];
  const requests = `${requestsBound(allowances)} requests at most, ${intervalMs} ms apart at least, repetitions of the transport not counted`;
  const end = formatDuration(cleanUpMs + timeout * 1_000);
  const from = addressOfRecord(caller);
  const calls = from === aor && callee === aor ? [] : [`Calls go from ${from} to ${callee}.`];
  return [
    `Probing ${target} with the account ${aor}. The probe`,
    ...steps.map((step, at) => `${String(at + 1).padStart(4)}. ${step}`),
    ...calls,
    `${requests}; ${formatDuration(limit * 1_000)} at most, and ${end} to clean up. Ctrl-C ends it.`,
  ].join('\n');
}
