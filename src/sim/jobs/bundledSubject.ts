import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Subject } from '../check/questions/wholeWindow.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { defineWorld } from '../sipWorld/definition.ts';

/** One of our scenarios in a mode on a server. */
export const bundledSubject = (document: ScenarioDocument, mode: ModeName, server: ServerProfile): Subject => ({
  scenario: scenarioIn(document, mode, server),
  worldOf: (scenario) => defineWorld(scenario as Scenario),
});
