import type { Alias } from '../audit/aliases.ts';
import type { CaptureAudit } from '../audit/auditCapture.ts';
import type { Instant } from '../audit/auditor.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { refuse } from './files.ts';

/** Names that the user says the capture has. */
interface Names {
  readonly aor?: string;
  readonly number: readonly Alias[];
  readonly alias: readonly Alias[];
}

/** Calls and times that the user says it has. */
interface Calls {
  readonly callId?: readonly string[];
  readonly from?: Instant;
  readonly until?: Instant;
}

/** A name that nothing in the capture has is a mistake: a gate that judges nothing must not be green. */
export function refuseUnknownNames({ report, names }: CaptureAudit, { aor, number, alias }: Names): void {
  const known = [...names];
  const users = known.map((name) => name.replace(/@.*/s, ''));
  const hosts = known.map((name) => name.replace(/^.*@/s, ''));
  const isKnown = (target: string) =>
    target.includes('@') ? known.includes(target) : users.includes(target) || hosts.includes(target);
  const refuseName = (option: string, given: string) => {
    const nearest = nearestWord(given, given.includes('@') ? known : users);
    const some = known.slice(0, 5).join(', ');
    refuse(
      option,
      given,
      `an address of record of the capture${some === '' ? ', which has none' : `: ${some}${known.length > 5 ? ', …' : ''}`}`,
      nearest,
    );
  };
  if (report.addresses.length === 0 && report.notJudged.calls === 0 && known.length === 0) return;
  if (aor !== undefined && !isKnown(aor)) refuseName('--aor', aor);
  for (const { target } of number) if (!isKnown(target)) refuseName('--number', target);
  for (const { target } of alias) if (!isKnown(target)) refuseName('--alias', target);
}

/** A Call-ID that the capture has not, or a time at which it was not made, leaves nothing to judge. */
export function refuseUnknownCalls({ report, callIds }: CaptureAudit, { callId, from, until }: Calls): void {
  const { startMs, endMs } = report;
  if (startMs === 0) return;
  const missing = callId?.find((one) => !callIds.has(one));
  if (missing !== undefined) {
    refuse('--call-id', missing, 'the Call-ID of an INVITE of the capture', nearestWord(missing, [...callIds]));
  }
  const atMs = ({ isRelative, ms }: Instant) => (isRelative ? startMs + ms : ms);
  const range = `a time from ${new Date(startMs).toISOString()} to ${new Date(endMs).toISOString()} (0 to ${((endMs - startMs) / 1_000).toFixed(3)})`;
  if (from !== undefined && atMs(from) > endMs) refuse('--from', new Date(atMs(from)).toISOString(), range);
  if (until !== undefined && atMs(until) < startMs) refuse('--until', new Date(atMs(until)).toISOString(), range);
  if (from !== undefined && until !== undefined && atMs(from) > atMs(until)) {
    refuse('--from', `${new Date(atMs(from)).toISOString()}, which is after --until`, 'a time before it');
  }
}
