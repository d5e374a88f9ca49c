import { readdirSync, readFileSync } from 'node:fs';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { mitigated } from '../../src/sim/scenarioFile/mitigated.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';

function scenariosIn(name: string): readonly ScenarioDocument[] {
  const folder = new URL(`../../examples/${name}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => parseScenario(readFileSync(new URL(file, folder), 'utf8'), file, everyServerProfile));
}

/** The scenarios from the field: faults (W1 to W10) and reports. */
export const fieldScenarios = scenariosIn('field');

/** What decides about a call besides the hand-over: another device, calls that the user makes, iOS, AutoSend180. */
export const callScenarios = scenariosIn('calls');

/** Where designs of other products, and a lease, differ from the modes of the product. */
export const designScenarios = scenariosIn('designs');

/** More of everything than one phone. */
export const topologyScenarios = scenariosIn('topologies');

/** What has been decided in this process: a report, its mitigation and a page ask about the same cells. */
const decided = new Map<string, readonly string[]>();

/** What is violated for some order of events and some delays; throws where that cannot be decided. */
export function violatedIn(document: ScenarioDocument, mode?: ModeName, server?: string): string[] {
  const profile = everyServerProfile[server as keyof typeof everyServerProfile];
  const overrides = { ...(mode && { mode }), ...(server !== undefined && { server: profile }) };
  const scenario = resolveScenario(document, everyServerProfile, overrides);
  const cell = JSON.stringify(scenario);
  const known = decided.get(cell);
  if (known !== undefined) return [...known];
  const { decisions } = check(scenario);
  const open = decisions.filter(({ verdict }) => verdict === 'inconclusive');
  if (open.length > 0) throw new Error(`inconclusive: ${open.map(({ property }) => property).join(', ')}`);
  const violated = decisions.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property);
  decided.set(cell, violated);
  return [...violated];
}

/** What the scenario violates as it is, and what is left of that with its mitigation. */
export function effectOf(document: ScenarioDocument): { caught: string[]; left: string[] } {
  const before = violatedIn(document);
  const after = violatedIn(mitigated(document));
  return { caught: before.filter((one) => !after.includes(one)), left: after };
}
