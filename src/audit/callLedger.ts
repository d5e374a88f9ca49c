import type { Endpoint } from '../capture/endpoint.ts';
import type { CallCounts } from './auditReport.ts';
import type { Alert, Call, CallEnd, LadderEntry, Outcome } from './call.ts';

/** A caller wonders whether anything happens: ITU-T E.721 has 11 s for 95 % of international calls, 8 s for long-distance ones. */
const lateAlertMs = 8_000;

/** What is kept of a call that was lost. */
export interface Loss {
  readonly callId: string;
  readonly caller: Endpoint;
  readonly server: Endpoint;
  readonly invitedAtMs: number;
  readonly end: CallEnd | null;
  readonly boundThen: readonly number[] | null;
  /** Endpoints to which the server sent it on. */
  readonly called: readonly string[];
  readonly entries: readonly LadderEntry[] | null;
}

export interface AlertedCall {
  readonly callId: string;
  readonly invitedAtMs: number;
  readonly alerts: readonly Alert[];
}

/** What became of the calls for one address of record. */
export class CallLedger {
  readonly counts: { -readonly [Key in keyof CallCounts]: number } = {
    made: 0,
    answered: 0,
    declined: 0,
    busy: 0,
    unanswered: 0,
    lost: 0,
    redirected: 0,
    unauthorised: 0,
    open: 0,
  };
  readonly losses: Loss[] = [];
  readonly late: AlertedCall[] = [];
  readonly doubly: AlertedCall[] = [];

  add(call: Call, outcome: Outcome, entries: readonly LadderEntry[] | null): void {
    this.counts.made++;
    this.counts[outcome]++;
    const { callId, caller, server, invitedAtMs, end, boundThen } = call;
    if (outcome === 'lost') {
      this.losses.push({ callId, caller, server, invitedAtMs, end, boundThen, called: [...call.called], entries });
    }
    const alerts = alertsOf(call);
    const [first] = alerts;
    if (first !== undefined && first.atMs - invitedAtMs > lateAlertMs) this.late.push({ callId, invitedAtMs, alerts });
    if (alerts.length > 1) this.doubly.push({ callId, invitedAtMs, alerts });
  }
}

/** Devices are told apart where they answer; as the caller heard it only where the capture does not have that. */
function alertsOf({ alerts }: Call): Alert[] {
  const all = [...alerts.values()];
  const behind = all.filter(({ isBehindServer }) => isBehindServer);
  return (behind.length > 0 ? behind : all).sort((one, other) => one.atMs - other.atMs);
}
