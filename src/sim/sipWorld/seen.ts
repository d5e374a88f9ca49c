import type { PartyName } from '../../machines/messages.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The parties that show what a property judges. Those that are missing here look at who is registered, which the SIP server shows. */
const shownBy: Readonly<Record<string, readonly PartyName[]>> = {
  finalAnswer: ['caller'],
  noInviteLost: ['caller', 'app'],
  answeredConnects: ['caller', 'app'],
  ringStops: ['caller', 'app'],
  callSurvives: ['caller', 'app'],
  endsAgree: ['caller', 'app'],
  ringbackIsTrue: ['caller', 'app'],
  ringsOnce: ['app'],
  answeredOnce: ['app'],
  ringsInHand: ['caller', 'app'],
};

/** Whether all that a property judges can be seen: nobody sees what somebody else's software does. */
export function isSeen(property: string, { elsewhere = [] }: Pick<Scenario, 'elsewhere'>): boolean {
  if (elsewhere.length === 0) return true;
  return shownBy[property]?.every((party) => !elsewhere.some((one) => one === party)) ?? false;
}
