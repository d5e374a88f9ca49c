import { experimentsFor } from '../probe/probe.ts';
import { cleanUpMs, requestsBound } from '../probe/session.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { type Account, addressOfRecord } from '../sip/account.ts';

interface PlanOptions {
  readonly allowRemoveAll?: boolean;
  /** Seconds. */
  readonly limit: number;
  readonly intervalMs: number;
  readonly answerMs: number;
}

/** What a probe is about to do, for somebody whose account is used for it. */
export function planText(target: string, account: Account, options: PlanOptions): string {
  const { allowRemoveAll = false, limit, intervalMs, answerMs } = options;
  const allowances = { allowsRemoveAll: allowRemoveAll };
  const steps = [
    'asks who is registered, and removes each of these bindings by name',
    ...experimentsFor(allowances).map(({ does }) => does),
    'removes its own bindings, and registers again those that it has removed',
  ];
  const requests = `${requestsBound(allowances)} requests at most, ${intervalMs} ms apart at least, repetitions of the transport not counted`;
  const end = formatDuration(cleanUpMs + answerMs);
  return [
    `Probing ${target} with the account ${addressOfRecord(account)}. The probe`,
    ...steps.map((step, at) => `${String(at + 1).padStart(4)}. ${step}`),
    `${requests}; ${formatDuration(limit * 1_000)} at most, and ${end} to clean up. Ctrl-C ends it.`,
  ].join('\n');
}
