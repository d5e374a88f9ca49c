import { type Contact, ownerOf, type PartyName } from '../../machines/messages.ts';
import type { TraceRecord } from '../trace/trace.ts';

/** The lanes from left to right: a call reads from the caller on, and only app to SIP server crosses others. */
export const lanes: readonly PartyName[] = ['caller', 'sipServer', 'pushServer', 'notificationService', 'app'];

/** Whether a trace is that of a system that is no hand-over: its settings name its parties. */
export const isOfSystem = ({ scenario }: { readonly scenario: object }): boolean => 'parties' in scenario;

/** The parties of a run from left to right: those of a hand-over, or those that the settings of another system name. */
export const lanesOf = (scenario: object): readonly PartyName[] =>
  'parties' in scenario ? (scenario.parties as readonly PartyName[]) : lanes;

/** What people call the parties. */
export const laneTitles: Readonly<Record<PartyName, string>> = {
  caller: 'Caller',
  sipServer: 'SIP server',
  pushServer: 'Push server',
  notificationService: 'APNs/FCM',
  app: 'App',
};

/** The lanes of a run, each with what people call it: a party of a system goes by its name. */
export const titledLanes = (scenario: object): readonly (readonly [lane: string, title: string])[] =>
  lanesOf(scenario).map((lane) => [lane, isOfSystem({ scenario }) ? lane : laneTitles[lane]]);

/** Whose contacts are bound to the address of record at the SIP server; unknown only outside of the model. */
export type Registered = 'nobody' | 'app' | 'pushServer' | 'both' | 'unknown';

/** What the OS and the user have made of the app. */
export type Lifecycle = 'foreground' | 'background' | 'suspended' | 'starting' | 'notRunning' | 'loggedOut';

/** What the two lifelines that change their look show. */
export interface Standing {
  readonly registered: Registered;
  readonly lifecycle: Lifecycle;
}

export const standingAtStart: Standing = { registered: 'nobody', lifecycle: 'notRunning' };

function registeredBy(contacts: readonly Contact[]): Registered {
  const owners = new Set(contacts.map(ownerOf).filter((owner) => owner !== 'otherDevice'));
  if (owners.size === 2) return 'both';
  return owners.has('app') ? 'app' : owners.has('pushServer') ? 'pushServer' : 'nobody';
}

function lifecycleOf(value: unknown): Lifecycle {
  if (typeof value === 'string') return value as 'suspended' | 'notRunning' | 'loggedOut';
  const state = value as { running?: { visibility: unknown } };
  if (state.running === undefined) return 'starting';
  return state.running.visibility === 'foreground' ? 'foreground' : 'background';
}

/** How things stand after a record, if they stood so before it. The same object where nothing has changed. */
export function standingAfter(before: Standing, { observations, targetRef, snapshot }: TraceRecord): Standing {
  const bound = observations.findLast((one) => one.type === 'bindings');
  const registered = bound?.type === 'bindings' ? registeredBy(bound.contacts) : before.registered;
  const lifecycle = targetRef === 'app' && snapshot ? lifecycleOf(snapshot.value) : before.lifecycle;
  const isSame = registered === before.registered && lifecycle === before.lifecycle;
  return isSame ? before : { registered, lifecycle };
}
