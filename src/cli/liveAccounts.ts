import { type AccountProblem, checkAccount, type Refusal, refusalText } from '../live/accountCheck.ts';
import { realClock } from '../live/clock.ts';
import { inLanes, type Pace } from '../live/fleet.ts';
import type { PushStandIn } from '../live/push/pushStandIn.ts';
import type { SessionSetup } from '../live/session.ts';
import type { Account } from '../sip/account.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import { refuse } from './files.ts';
import { serverText, uriHost } from './liveOptions.ts';
import type { LiveCommandOptions } from './livePlan.ts';
import type { LiveProgress } from './liveProgress.ts';

/** The account of a lane, or the one that it calls. */
export const accountOf = (
  options: LiveCommandOptions,
  lane: number,
  password: string | null,
  name: string = options.user,
): Account => ({
  user: name.replace('%d', String(lane + 1)),
  domain: uriHost(options.domain ?? options.server.host),
  password,
});

/** What all runs of a command have in common. */
export interface Surroundings {
  readonly password: string | null;
  readonly session: SessionSetup;
  readonly lanes: number;
  readonly signal: AbortSignal;
  readonly progress: LiveProgress;
  /** What stands in for APNs or FCM, where the server pushes. */
  readonly pushService?: PushStandIn | undefined;
}

/** Refuses before anything is counted: a run with an account that is not taken says nothing about calls. */
export function refuseAccounts(problems: readonly AccountProblem[], { server }: LiveCommandOptions): void {
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.slice(1).map(({ account, found }) => `${account}: ${found}`);
  const more = others.length === 0 ? '' : `; and so for ${others.length} more (${others.slice(0, 5).join('; ')})`;
  if (first.kind === 'silent') {
    const isTls = server.transport === 'TLS' || server.transport === 'WSS';
    const trusted = isTls ? ', with a certificate for its name that --tls-ca or the usual authorities have signed' : '';
    refuse(serverText(server), first.found + more, `a SIP server that answers${trusted}`);
  }
  refuse(
    `${first.account} on ${serverText(server)}`,
    first.found + more,
    'an account that the server takes: see --user, --domain, --password-env and --password-file',
  );
}

/** How many runs go on at once, and how they begin. */
export const paceOf = (lanes: number, { rate, ramp }: LiveCommandOptions): Pace => ({
  parallel: lanes,
  perSecond: rate,
  rampMs: ramp === undefined ? undefined : ramp * 1_000,
});

/** Asks for every account whether the server takes it. */
export async function checkAccounts({ password, session, lanes, signal }: Surroundings, options: LiveCommandOptions) {
  const pace = paceOf(lanes, options);
  const names = options.callee === undefined ? [options.user] : [options.user, options.callee];
  for (const name of names) {
    const problems = await inLanes(lanes, pace, realClock, signal, (lane) =>
      checkAccount(accountOf(options, lane, password, name), session, randomIdentifiers, realClock, signal),
    );
    // What was not answered in time to be heard says nothing about the account.
    if (signal.aborted) return;
    refuseAccounts(
      problems.filter((one) => one !== null),
      options,
    );
  }
}

/** The account whose REGISTERs were not taken in a run. */
export const refusedIn = ({ user }: Account, refusal: Refusal): AccountProblem => ({
  kind: 'refused',
  account: refusal.user ?? user,
  found: `every REGISTER of a run is answered ${refusalText(refusal)}`,
});
