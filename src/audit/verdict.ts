import type { AddressReport, AuditReport, OtherCalls } from './auditReport.ts';

/** In Standard mode the new side registers before the old one goes, so for a moment both are. */
const overlapsByDesign = ({ mode }: AddressReport): boolean => mode.mode === 'standard';

/** Two devices are no fault: only of app and push server is known that they must not both be registered. */
const failedDoubles = (address: AddressReport): number =>
  overlapsByDesign(address) ? 0 : address.doubles.filter(({ areKnown }) => areKnown).length;

/** Whether somebody has to look at it: something failed, or was not seen to be fine. */
export const isProblem = (address: AddressReport): boolean => hasFailed(address) || openQuestions(address).length > 0;

const hasFailed = (address: AddressReport): boolean => address.calls.lost > 0 || failedDoubles(address) > 0;

const calls = (count: number, one: string, several: string): string =>
  count === 1 ? `1 call ${one}` : `${count} calls ${several}`;

/** Calls of an address of which it was seen how they ended. */
const judgedCalls = ({ calls: { answered, declined, unanswered, busy, lost } }: AddressReport): number =>
  answered + declined + unanswered + busy + lost;

function openQuestions(address: AddressReport): string[] {
  const { aor, calls: counts, doubtfulDoubles, redirectedByServer } = address;
  const said = (count: number, words: string): string[] => (count > 0 ? [`${aor}: ${words}`] : []);
  return [
    ...said(
      counts.open,
      `${calls(counts.open, 'was', 'were')} still under way without alerting when the capture ended`,
    ),
    ...said(
      counts.byServer,
      `${calls(counts.byServer, 'was', 'were')} answered or alerted by the server, and no device was heard: no phone was seen to ring`,
    ),
    ...said(
      counts.undecided,
      `${calls(counts.undecided, 'was', 'were')} lost as far as this can be read, and what cannot be read may hold another end`,
    ),
    ...said(
      redirectedByServer,
      `${calls(redirectedByServer, 'was', 'were')} redirected by the server, and where to is not in the capture`,
    ),
    ...(doubtfulDoubles > 0 && !overlapsByDesign(address)
      ? [
          `${aor}: whether the old binding was replaced or remained is not to be seen (the registrar lists only what was sent)`,
        ]
      : []),
  ];
}

/** Calls under names that nobody knows: one of them may have been for somebody who is judged. */
function unknownCalls({ failed, inGap, first }: OtherCalls, isOneAsked: boolean): string[] {
  const hint = first === null ? '' : `; --number or --alias says whose ${first} is`;
  if (inGap > 0) {
    return [
      `${calls(inGap, 'for an unknown address came', 'for unknown addresses came')} while nobody was registered${hint}`,
    ];
  }
  if (failed === 0 || isOneAsked) return [];
  return [`${calls(failed, 'for an unknown address', 'for unknown addresses')} failed without alerting${hint}`];
}

/** Open questions of addresses that are said one by one. */
const mostQuestions = 20;

/** Takes in the reports of addresses one by one, because a capture of a large server has too many to keep them all. */
export class Verdict {
  readonly totals = { addresses: 0, problems: 0, made: 0, lost: 0, undecided: 0, doubles: 0 };
  #hasFailed = false;
  #judged = 0;
  #questions: string[] = [];
  #furtherQuestions = 0;

  add(address: AddressReport): void {
    const { made, lost, undecided } = address.calls;
    this.totals.addresses++;
    if (isProblem(address)) this.totals.problems++;
    this.totals.made += made;
    this.totals.lost += lost;
    this.totals.undecided += undecided;
    this.totals.doubles += failedDoubles(address);
    this.#hasFailed ||= hasFailed(address);
    this.#judged += judgedCalls(address);
    const questions = openQuestions(address);
    const room = Math.max(0, mostQuestions - this.#questions.length);
    this.#questions.push(...questions.slice(0, room));
    this.#furtherQuestions += Math.max(0, questions.length - room);
  }

  /**
   * What was not seen is not fine: everything that keeps "nothing lost" from being said, and the verdict.
   * @param missing what of the capture could not be read
   * @param isOneAsked whether the user has asked for one address, so that others do not matter
   */
  of(
    missing: readonly string[],
    notJudged: OtherCalls,
    isOneAsked: boolean,
  ): Pick<AuditReport, 'verdict' | 'incomplete'> {
    const further = this.#furtherQuestions;
    const reasons = [
      ...missing,
      ...this.#questions,
      ...(further > 0 ? [`and ${further} more of this kind, of other addresses`] : []),
      ...unknownCalls(notJudged, isOneAsked),
    ];
    const incomplete = this.#judged === 0 && reasons.length === 0 ? ['no call was judged'] : reasons;
    if (this.#hasFailed) return { verdict: 'lossesFound', incomplete };
    return { verdict: incomplete.length > 0 ? 'cannotTell' : 'nothingLost', incomplete };
  }
}
