import { hasStep } from '../live/liveJob.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { refuse } from './files.ts';

/** What the user said about who calls whom. */
export interface CalleeOptions {
  readonly user: string;
  readonly callee?: string;
  readonly only?: string;
  readonly caller: 'own' | 'external';
}

/** Whether a scenario has the user make a call. */
const callsOut = (scenario: Scenario): boolean => hasStep(scenario, 'user.call');

/** Refuses a call of the user that cannot be carried, and a phone that nobody calls, before anything is sent. */
export function refuseCallee(scenario: Scenario, options: CalleeOptions): void {
  const { callee } = options;
  if (!callsOut(scenario)) {
    if (callee !== undefined)
      refuse(`--callee ${callee}`, 'no `call` in the scenario', 'a scenario in which the user makes a call');
    return;
  }
  const call = '`call`, a call that the user makes';
  if (callee === undefined)
    refuse(scenario.name, call, '--callee, a second test account: the runs register it and answer there');
  refuseSharedAccount(callee, options);
  const { only, caller } = options;
  if (only !== undefined || caller === 'external') {
    const side = only === undefined ? '--caller external' : `--only ${only}`;
    refuse(scenario.name, `${call}, with ${side}`, 'all parties played here: nobody would see whether it rings');
  }
  if (hasStep(scenario, 'sipServer.crash'))
    refuse(scenario.name, `${call}, with \`crashSipServer\``, 'one of the two: the server may forget whom it calls');
}

/** Runs at once ring a phone of their own each, and nobody calls himself. */
function refuseSharedAccount(callee: string, { user }: CalleeOptions): void {
  if (user.includes('%d') !== callee.includes('%d'))
    refuse(`--callee ${callee} with --user ${user}`, '%d in one of them', '%d in both, or in neither');
  if (callee === user) refuse(`--callee ${callee}`, 'the account that calls', 'another one');
}
