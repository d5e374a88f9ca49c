import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import type { CallCounts } from './auditReport.ts';
import type { Alert, Call, CallEnd, LadderEntry, Outcome } from './call.ts';
import { nothing } from './smallMap.ts';
import { ownText } from './texts.ts';

/** A caller wonders whether anything happens: ITU-T E.721 has 11 s for 95 % of international calls, 8 s for long-distance ones. */
const lateAlertMs = 8_000;

/** How a call ended, whenever that was. */
export type Ending =
  | { readonly how: 'answered' | 'gaveUp' }
  | { readonly how: 'failed'; readonly status: number; readonly reason: string };

/** What is kept of a call that was lost, of which it is open whether it was, or that the user has asked for. */
export interface Loss {
  readonly callId: string;
  readonly caller: Endpoint;
  readonly server: Endpoint;
  readonly invitedAtMs: number;
  readonly file: number;
  readonly frame: number;
  readonly endedAtMs: number | null;
  /** Null where no answer came. */
  readonly ending: Ending | null;
  readonly boundThen: readonly number[] | null;
  /** Endpoints to which the server sent it on. */
  readonly called: readonly string[];
  /** A 183 came, and no 180. */
  readonly hasProgress: boolean;
  readonly entries: readonly LadderEntry[] | null;
}

export interface AlertedCall {
  readonly callId: string;
  readonly invitedAtMs: number;
  readonly alerts: readonly Alert[];
}

/** A call of which no device was heard, and its outcome if it is no matter who was registered. */
export interface UnseenCall {
  readonly callId: string;
  readonly invitedAtMs: number;
  readonly outcome: Outcome;
}

type Counts = { -readonly [Key in keyof CallCounts]: number };

const noCounts = (): Counts => ({
  made: 0,
  answered: 0,
  declined: 0,
  busy: 0,
  unanswered: 0,
  lost: 0,
  byServer: 0,
  undecided: 0,
  redirected: 0,
  unauthorised: 0,
  open: 0,
});

/** What became of the calls for one address of record. */
export class CallLedger {
  readonly counts: Counts = noCounts();
  readonly losses: Loss[] = [];
  /** Answered or alerted by the server alone. */
  readonly byServer: UnseenCall[] = [];
  /** Redirected by the server itself: where the caller ended is not known. */
  redirectedByServer = 0;
  readonly late: AlertedCall[] = [];
  readonly doubly: AlertedCall[] = [];
  /** Calls that the user has asked for and that were not lost. */
  readonly asked: (Loss & { readonly outcome: Outcome })[] = [];
  /** Answered or alerted, and no device was heard: whether one was registered may be known only later. */
  readonly unseen: UnseenCall[] = [];

  /** Everything it knows, from which it can be made again. */
  get state() {
    const { counts, losses, byServer, redirectedByServer, late, doubly, asked, unseen } = this;
    return { counts, losses, byServer, redirectedByServer, late, doubly, asked, unseen };
  }

  static restored(state: CallLedger['state']): CallLedger {
    return Object.assign(new CallLedger(), state);
  }

  add(call: Call, outcome: Outcome, entries: readonly LadderEntry[] | null, isAsked: boolean): void {
    this.counts.made++;
    this.counts[outcome]++;
    const { attempt, callId } = call;
    const { atMs: invitedAtMs, boundThen } = attempt;
    if (outcome === 'lost') this.losses.push(keptOf(call, callId, entries));
    else if (isAsked) this.asked.push({ ...keptOf(call, callId, entries), outcome });
    if (outcome === 'byServer') this.byServer.push({ callId, invitedAtMs, outcome });
    if (outcome === 'redirected' && !attempt.isRefusedByDevice) this.redirectedByServer++;
    const isUnseen = boundThen === null && !attempt.hasDeviceReplied && attempt.answeredBy !== 'device';
    if (isUnseen && (outcome === 'answered' || outcome === 'unanswered' || outcome === 'declined')) {
      this.unseen.push({ callId, invitedAtMs, outcome });
    }
    const alerts = alertsOf(attempt);
    const [first] = alerts;
    if (first !== undefined && first.atMs - invitedAtMs > lateAlertMs) this.late.push({ callId, invitedAtMs, alerts });
    if (alerts.length > 1) this.doubly.push({ callId, invitedAtMs, alerts });
  }

  /** Takes back what was said of a call that goes on after all. */
  retract({ callId, attempt }: Call, outcome: Outcome): void {
    this.counts.made--;
    this.counts[outcome]--;
    if (outcome === 'redirected' && !attempt.isRefusedByDevice) this.redirectedByServer--;
    const { losses, byServer, late, doubly, asked, unseen } = this;
    // Another call of that caller may have had the same Call-ID.
    const isIt = (one: UnseenCall | AlertedCall | Loss) => one.callId === callId && one.invitedAtMs === attempt.atMs;
    for (const list of [losses, byServer, late, doubly, asked, unseen]) {
      const at = list.findIndex(isIt);
      if (at >= 0) list.splice(at, 1);
    }
  }

  /** Takes over the calls for a number that turned out to be this address. */
  absorb(other: CallLedger): void {
    for (const key of Object.keys(this.counts) as (keyof CallCounts)[]) this.counts[key] += other.counts[key];
    this.losses.push(...other.losses);
    this.byServer.push(...other.byServer);
    this.redirectedByServer += other.redirectedByServer;
    this.late.push(...other.late);
    this.doubly.push(...other.doubly);
    this.asked.push(...other.asked);
    this.unseen.push(...other.unseen);
    this.losses.sort((one, another) => one.invitedAtMs - another.invitedAtMs);
  }
}

/** Equal values of which only one is kept, by what they say: of very many lost calls most end at one server in one way. */
class Shared<Value> {
  readonly #known = new Map<string, Value>();

  of(said: string, value: () => Value): Value {
    const known = this.#known.get(said);
    if (known !== undefined) return known;
    const own = value();
    if (this.#known.size < 10_000) this.#known.set(ownText(said), own);
    return own;
  }
}

const servers = new Shared<Endpoint>();
const endings = new Shared<Ending>();

const endingOf = (end: CallEnd): Ending =>
  end.how === 'failed'
    ? endings.of(`${end.status} ${end.reason}`, () => ({
        how: 'failed',
        status: end.status,
        reason: end.reason,
      }))
    : endings.of(end.how, () => ({ how: end.how }));

/** All of it in objects and texts of its own, or shared: a lost call must not keep its messages. */
function keptOf({ caller, server, attempt }: Call, callId: string, entries: readonly LadderEntry[] | null): Loss {
  const { atMs, file, frame, end, boundThen, called, hasProgress } = attempt;
  return {
    callId,
    caller,
    server: servers.of(endpointText(server), () => server),
    invitedAtMs: atMs,
    file,
    frame,
    endedAtMs: end?.atMs ?? null,
    ending: end === null ? null : endingOf(end),
    boundThen,
    called: called.size === 0 ? nothing : [...called],
    hasProgress,
    entries,
  };
}

/** Devices are told apart where they answer; as the caller heard it only where the capture does not have that. */
function alertsOf({ alerts }: Call['attempt']): Alert[] {
  const all = [...alerts.values()];
  const behind = all.filter(({ isBehindServer }) => isBehindServer);
  const told = behind.length > 0 ? behind : all;
  return told.toSorted((one, other) => one.atMs - other.atMs);
}
