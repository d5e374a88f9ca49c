/** What a TypeScript project imports from `ringproof`: scenarios, systems, runs, verdicts, properties, profiles. */

export type { LongSettings } from './library/asking.ts';
export { type CheckSettings, check } from './library/check.ts';
export { type EnvelopeSettings, envelope } from './library/envelope.ts';
export { type FuzzSettings, fuzz } from './library/fuzz.ts';
export type { Checkable } from './library/subjects.ts';
export { type SweepSettings, sweep } from './library/sweep.ts';
export type {
  AfterRetryLater,
  AfterTooBrief,
  AfterUnsupported,
  ClientHabits,
  ExpiresReading,
} from './machines/clientHabits.ts';
export type { EnvironmentEvent, InternalEvent, MachineEvent, TransportNotice } from './machines/events.ts';
export type { Delivery } from './machines/heldCall.ts';
export type {
  AddressMessage,
  Call,
  CallId,
  CallMessage,
  CallTarget,
  Contact,
  ContactOrder,
  ControlMessage,
  DeclineCode,
  EndReason,
  Expires,
  FailureCode,
  FirewallMessage,
  FirstContact,
  KeepAliveMessage,
  Network,
  OfCall,
  OtherPhone,
  OutgoingFailureCode,
  OutgoingMessage,
  OutgoingPath,
  Owner,
  OwnToken,
  Phone,
  PhoneRole,
  ProbeMessage,
  PushMessage,
  PushServerContact,
  RefusalCode,
  RegisterRequest,
  RegisterResponse,
  RegisterTransaction,
  Role,
  Sequence,
  Side,
  Token,
  TransactionNumber,
  Turn,
} from './machines/messages.ts';
export { calls, type Message, type PartyName } from './machines/messages.ts';
export { modeVariants } from './machines/modeVariants.ts';
export type { BindingChange, Emitted, PhoneEnd, Shown } from './machines/observations.ts';
export { type Observation, observing, sending } from './machines/observations.ts';
export type { PartyMachines } from './machines/parties.ts';
export type { PushServerNodes } from './machines/pushServerNodes.ts';
export { type RegistrationMode, type RegistrationModeName, registrationModes } from './machines/registrationModes.ts';
export type { AfterForbidden, ContactReading } from './machines/registrationRules.ts';
export type { Replication } from './machines/replication.ts';
export type { SecondServer } from './machines/secondServer.ts';
export type { BorderController, ServerProfile, Waking } from './machines/serverProfile.ts';
export { furtherServerProfiles } from './profiles/furtherServers.ts';
export type { ProductName } from './profiles/products.ts';
export { productProfiles } from './profiles/products.ts';
export { serverProfiles } from './profiles/servers.ts';
export type { Progress } from './sim/check/engine/exploring.ts';
export type { Law } from './sim/data/law.ts';
export type { Window } from './sim/data/window.ts';
export { InputError, type InputProblem } from './sim/input/inputError.ts';
export type { CheckedProperty, Question } from './sim/own/judging.ts';
export {
  defineScenario,
  machinesOf,
  replay,
  simulate,
} from './sim/own/library.ts';
export type { Envelope, EnvelopeQuestion } from './sim/own/ownEnvelope.ts';
export type { FuzzFinding, FuzzQuestion, FuzzResult } from './sim/own/ownFuzz.ts';
export { defineProperty, type PropertyDefinition } from './sim/own/ownProperty.ts';
export type { OwnParts, OwnScenario } from './sim/own/ownScenario.ts';
export type { RunsProgress, SweepQuestion, Swept, SweptProperty } from './sim/own/ownSweep.ts';
export { defineSystem } from './sim/own/ownSystem.ts';
export type { Runnable } from './sim/own/runnable.ts';
export { ladder, raceWindow } from './sim/own/shown.ts';
export type {
  Delay,
  FaultDefinition,
  LinkDefinition,
  OwnSystem,
  PartyDefinition,
  StepDefinition,
  SystemDefinition,
} from './sim/own/systemDefinition.ts';
export { properties } from './sim/properties/properties.ts';
export type { Property, PropertySettings } from './sim/properties/property.ts';
export { verdictSentences } from './sim/report/sentence.ts';
export type {
  ElsewhereParty,
  Fault,
  Limits,
  Link,
  LinkName,
  PhoneLinkName,
  PhoneSettings,
  Refresh,
  Scenario,
  ScenarioStep,
  StepAction,
  WorldLinkName,
} from './sim/scenario/scenario.ts';
export type { Sighting } from './sim/scenario/sighting.ts';
export type { Rate, Workload } from './sim/scenario/workload.ts';
export type { Beside } from './sim/scenarioFile/csvLaws.ts';
export type {
  DurationDocument,
  Expectation,
  FaultDocument,
  LawDocument,
  LimitsDocument,
  LinkDocument,
  NodesDocument,
  OfPhone,
  PhoneDocument,
  RateDocument,
  ScenarioDocument,
  StepDocument,
  TopologyDocument,
  When,
  WindowDocument,
  WorkloadDocument,
} from './sim/scenarioFile/document.ts';
export { parseScenario } from './sim/scenarioFile/parse.ts';
export type { ServerCatalogue } from './sim/scenarioFile/resolve.ts';
export type { WorkloadName } from './sim/scenarioFile/workloads.ts';
export type { Undelivered } from './sim/sipWorld/transport.ts';
export type { AnyProperty, Obligation, Property as ObservedProperty, Violation } from './sim/system/property.ts';
export type { AnyAction, AnyEvent } from './sim/system/settings.ts';
export type { NarrowedDelay, Race, RaceWindow } from './sim/trace/raceWindow.ts';
export type { SentMessage, Trace, TraceBody, TraceRecord, Verdict } from './sim/trace/trace.ts';
export type { Fate } from './sim/world/pending.ts';
