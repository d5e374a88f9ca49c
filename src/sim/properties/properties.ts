import { answeredConnects, callSurvives, endsAgree } from './answeredCalls.ts';
import { answeredOnce, finalAnswer, noInviteLost, ringStops, ringsOnce } from './calls.ts';
import {
  callsAreReal,
  noFalseMissedCall,
  otherDeviceStays,
  outgoingAlerts,
  pushesReported,
  ringbackIsTrue,
} from './otherPhones.ts';
import type { Property } from './property.ts';
import {
  beliefMatches,
  cleanLogout,
  noBlackout,
  onlyOwnBinding,
  registersSparingly,
  settles,
  singleRegistration,
} from './registrations.ts';
import { ringsInHand } from './severalPhones.ts';

/** Everything that must hold, the two promises of the product first. */
export const properties = [
  noInviteLost,
  answeredConnects,
  singleRegistration,
  noBlackout,
  ringsOnce,
  answeredOnce,
  ringStops,
  finalAnswer,
  callSurvives,
  endsAgree,
  settles,
  cleanLogout,
  onlyOwnBinding,
  beliefMatches,
  registersSparingly,
  noFalseMissedCall,
  otherDeviceStays,
  outgoingAlerts,
  ringbackIsTrue,
  pushesReported,
  callsAreReal,
  ringsInHand,
] as unknown as readonly Property[];

/** The property of that name. Throws a RangeError where there is none. */
export function propertyNamed(name: string): Property {
  const found = properties.find((property) => property.name === name);
  if (found === undefined) throw new RangeError(`there is no property ${name}`);
  return found;
}
