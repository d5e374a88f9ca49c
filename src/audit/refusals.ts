import { headerValue, retryAfterOf } from '../sip/message/headers.ts';
import type { SipResponse } from '../sip/message/message.ts';
import type { Attempt } from './registerAttempt.ts';
import type { Refusal } from './registrations.ts';
import type { Side } from './sides.ts';
import { grown } from './smallMap.ts';
import { Texts } from './texts.ts';

/** Of refusals there are many, and of reasons few. */
const reasons = new Texts();

/** The refusals with one more: of a REGISTER that was refused then, or, with null, has had no answer. */
export function refused(
  refusals: Refusal[],
  { side, isRemoval }: Attempt,
  response: SipResponse | null,
  atMs: number,
  bound: readonly Side[],
): Refusal[] {
  const status = response?.status ?? null;
  const last = refusals.findLast((one) => one.side === side);
  if (last !== undefined && last.acceptedMs === null && last.status === status) {
    last.attempts++;
    return refusals;
  }
  const error = response === null ? undefined : headerValue(response, 'P-Registrar-Error');
  return grown(refusals, {
    side,
    what: isRemoval ? 'un-REGISTER' : 'REGISTER',
    atMs,
    status,
    reason: reasons.of(error ?? response?.reason ?? 'no answer'),
    retryAfterSeconds: response === null ? null : (retryAfterOf(response) ?? null),
    bound,
    attempts: 1,
    acceptedMs: null,
  });
}

/** Notes in the refusals of a side since it was last accepted that it has been accepted now. */
export function acceptAtLast(refusals: readonly Refusal[], side: Side, atMs: number): void {
  for (let index = refusals.length - 1; index >= 0; index--) {
    const refusal = refusals[index];
    if (refusal?.side !== side) continue;
    if (refusal.acceptedMs !== null) return;
    refusal.acceptedMs = atMs;
  }
}
