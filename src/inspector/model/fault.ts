import type { PartyName } from '../../machines/messages.ts';
import { haveSeveralLinks } from '../../sim/report/overLink.ts';
import type { Fault } from '../../sim/scenario/scenario.ts';
import { faultName } from '../../sim/sipWorld/faultName.ts';
import type { SentMessage, TraceBody } from '../../sim/trace/trace.ts';

interface Sent extends SentMessage {
  readonly from: PartyName;
}

/** Everything that was sent in a run, in the order in which the world counts occurrences. */
const sentIn = ({ records }: TraceBody): Sent[] =>
  records
    .flatMap(({ targetRef, sent }) => sent.map((one) => ({ ...one, from: targetRef as PartyName })))
    .sort((one, other) => one.serial - other.serial);

/** The link of a fault on a message: said where there are several between the two. */
const linkOf = ({ scenario }: TraceBody, { from, to, link }: Sent): Pick<Fault, 'link'> =>
  haveSeveralLinks(scenario, from, to) ? { link } : {};

/** The fault that applies to just this message of a run, in the words of a scenario; null where there is none. */
export function faultOn(
  trace: TraceBody,
  serial: number,
  what: { readonly do: 'lose' | 'duplicate' } | { readonly do: 'delay'; readonly latencyMs: number },
): Fault | null {
  const sent = sentIn(trace);
  const message = sent.find((one) => one.serial === serial);
  if (message === undefined) return null;
  const name = faultName(message.event);
  const alike = sent.filter(
    ({ from, to, link, event }) =>
      from === message.from && to === message.to && link === message.link && faultName(event) === name,
  );
  const occurrence = alike.indexOf(message) + 1;
  const fault = { message: name, from: message.from, to: message.to, ...linkOf(trace, message), occurrence };
  return what.do === 'delay'
    ? { ...fault, do: 'delay', latencyMs: [what.latencyMs, what.latencyMs] }
    : { ...fault, do: what.do };
}

/** The message of a run that a fault applies to, by its serial. */
export const serialOf = (trace: TraceBody, { message, from, to, link, occurrence }: Fault): number | undefined =>
  sentIn(trace).filter(
    (one) =>
      faultName(one.event) === message &&
      (from === undefined || from === one.from) &&
      (to === undefined || to === one.to) &&
      (link === undefined || link === one.link),
  )[occurrence - 1]?.serial;

/** Whether two faults are on the same message. */
export const isSameMessage = (one: Fault, other: Fault): boolean =>
  one.message === other.message &&
  one.from === other.from &&
  one.to === other.to &&
  one.link === other.link &&
  one.occurrence === other.occurrence;

/** The faults with one more; a later one on the same message takes the place of an earlier one. */
export const withFault = (faults: readonly Fault[], fault: Fault): Fault[] =>
  faults.some((one) => isSameMessage(one, fault))
    ? faults.map((one) => (isSameMessage(one, fault) ? fault : one))
    : [...faults, fault];
