import type { AnyStateMachine } from 'xstate';
import { type AppConfiguration, appMachine } from './app.ts';
import { type CallerConfiguration, callerMachine } from './caller.ts';
import { appDelays, callerDelays, pushServerDelays, sipServerDelays } from './delays.ts';
import type { PartyName, Role } from './messages.ts';
import { type NotificationServiceConfiguration, notificationServiceMachine } from './notificationService.ts';
import { type PushServerConfiguration, pushServerMachine } from './pushServer.ts';
import { type SipServerConfiguration, sipServerMachine } from './sipServer.ts';

/** What each party is configured with. The configuration decides the machine; the delays come separately. */
export interface PartyConfigurations {
  readonly caller: CallerConfiguration;
  readonly sipServer: SipServerConfiguration;
  readonly pushServer: PushServerConfiguration;
  readonly notificationService: NotificationServiceConfiguration;
  readonly app: AppConfiguration;
}

/** The machine of a party. Another one, with the same messages, can take its place: this is how mutants are tested. */
export type PartyMachines = Readonly<Record<Role, AnyStateMachine> & Partial<Record<PartyName, AnyStateMachine>>>;

/** The named delays of each party with their usual values in milliseconds. */
export const partyDelays = {
  caller: callerDelays,
  sipServer: sipServerDelays,
  pushServer: pushServerDelays,
  notificationService: {},
  app: appDelays,
} as const satisfies Record<keyof PartyConfigurations, Record<string, number>>;

/** The machines as they are modelled. */
export const partyMachines: {
  readonly [Name in keyof PartyConfigurations]: (configuration: PartyConfigurations[Name]) => AnyStateMachine;
} = {
  caller: callerMachine,
  sipServer: sipServerMachine,
  pushServer: pushServerMachine,
  notificationService: notificationServiceMachine,
  app: appMachine,
};
