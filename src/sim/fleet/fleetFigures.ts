import type { Measured } from '../measure/measured.ts';
import { together } from '../statistics/histogram.ts';
import { curvesTogether, type LoadCurve } from './loadCurve.ts';
import type { Request } from './surroundings.ts';

/** What simulated phones of a fleet have come to in a day: plain data, whole numbers, of the phones that were simulated. */
export interface FleetFigures extends Pick<Measured, 'calls' | 'alertMs'> {
  readonly phones: number;
  /** Phones that lost a call, and the sum of the squares of how many each lost. */
  readonly losing: number;
  readonly lostSquares: number;
  /** The most calls that were made to one phone. */
  readonly mostCalls: number;
  /** Requests that reached SIP server and push service, by minute. */
  readonly load: Readonly<Record<Request, LoadCurve>>;
  /** Calls by the minute in which they were lost. */
  readonly lost: LoadCurve;
  /** By how much the number of phones that nothing could reach changed, by second. */
  readonly unreachable: LoadCurve;
}

/** What other phones have come to as well, where they shared nothing. */
export function figuresTogether(one: FleetFigures, other: FleetFigures): FleetFigures {
  const sum = (key: keyof FleetFigures['calls']) => one.calls[key] + other.calls[key];
  const load = (request: Request) => curvesTogether(one.load[request], other.load[request]);
  return {
    phones: one.phones + other.phones,
    calls: {
      made: sum('made'),
      alerted: sum('alerted'),
      elsewhere: sum('elsewhere'),
      lost: sum('lost'),
      undecided: sum('undecided'),
    },
    alertMs: together(one.alertMs, other.alertMs),
    losing: one.losing + other.losing,
    lostSquares: one.lostSquares + other.lostSquares,
    mostCalls: Math.max(one.mostCalls, other.mostCalls),
    load: { register: load('register'), invite: load('invite'), push: load('push') },
    lost: curvesTogether(one.lost, other.lost),
    unreachable: curvesTogether(one.unreachable, other.unreachable),
  };
}
