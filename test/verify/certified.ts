import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { AnyServerProfileName } from '../../src/profiles/furtherServers.ts';
import type { Certificate } from '../../src/sim/certificate/certificate.ts';
import { certify } from '../../src/sim/check/questions/certify.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import type { FaultBudget } from '../../src/sim/check/system/faultBudget.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { Refusal } from '../../src/verify/refusal.ts';
import { verify } from '../../src/verify/verify.ts';
import { scenarioOf } from '../support/scenarios.ts';

const none: FaultBudget = { losses: 0, duplicates: 0 };

/** The certificate of all that holds in a scenario and has something to judge, as plain data of its own. */
export function certified(
  scenario: Scenario,
  budget: FaultBudget = none,
  named: readonly string[] | null = null,
): Certificate {
  const world = defineWorld(scenario);
  const holding = check(world, { budget }).decisions.filter(
    ({ verdict, witnessed }) => verdict === 'holds' && witnessed,
  );
  const names = named ?? holding.map(({ property }) => property);
  const certificate = certify(
    world,
    world.properties.filter(({ name }) => names.includes(name)),
    { budget },
  );
  if (typeof certificate === 'string') throw new Error(`no certificate: ${certificate}`);
  return JSON.parse(JSON.stringify(certificate)) as Certificate;
}

/** The same of a document in a mode on a server. */
export const certifiedIn = (
  document: Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>,
  mode: ModeName,
  server: AnyServerProfileName,
  budget: FaultBudget = none,
): Certificate => certified(scenarioOf(document, mode, server), budget);

/** Why a certificate is refused, or `accepted`. */
export function judgement(certificate: Certificate): string {
  try {
    verify(certificate);
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
