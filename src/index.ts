/** What a TypeScript project imports from `ringproof`: scenarios, systems, runs, verdicts, properties, profiles. */

export { type CheckSettings, check } from './library/check.ts';
export type { Checkable } from './library/subjects.ts';
export {
  calls,
  type EnvironmentEvent,
  type MachineEvent,
  type Message,
  type Observation,
  observing,
  type PartyName,
  sending,
} from './machines/messages.ts';
export { modeVariants } from './machines/modeVariants.ts';
export { type RegistrationMode, type RegistrationModeName, registrationModes } from './machines/registrationModes.ts';
export type { ServerProfile } from './machines/serverProfile.ts';
export { furtherServerProfiles } from './profiles/furtherServers.ts';
export { productProfiles } from './profiles/products.ts';
export { serverProfiles } from './profiles/servers.ts';
export type { Progress } from './sim/check/engine/exploring.ts';
export { InputError, type InputProblem } from './sim/input/inputError.ts';
export type { CheckedProperty, Question } from './sim/own/judging.ts';
export {
  defineScenario,
  machinesOf,
  replay,
  simulate,
} from './sim/own/library.ts';
export { type Envelope, type EnvelopeSettings, envelope } from './sim/own/ownEnvelope.ts';
export { type FuzzFinding, type FuzzResult, type FuzzSettings, fuzz } from './sim/own/ownFuzz.ts';
export { defineProperty, type PropertyDefinition } from './sim/own/ownProperty.ts';
export type { OwnParts, OwnScenario } from './sim/own/ownScenario.ts';
export { type SweepSettings, type Swept, type SweptProperty, sweep } from './sim/own/ownSweep.ts';
export { defineSystem } from './sim/own/ownSystem.ts';
export type { Runnable } from './sim/own/runnable.ts';
export { ladder, raceWindow } from './sim/own/shown.ts';
export type {
  Delay,
  LinkDefinition,
  OwnSystem,
  PartyDefinition,
  StepDefinition,
  SystemDefinition,
} from './sim/own/systemDefinition.ts';
export { properties } from './sim/properties/properties.ts';
export { verdictSentences } from './sim/report/sentence.ts';
export type { ScenarioDocument } from './sim/scenarioFile/document.ts';
export { parseScenario } from './sim/scenarioFile/parse.ts';
export type { Trace, TraceRecord } from './sim/trace/trace.ts';
