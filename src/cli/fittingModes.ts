import process from 'node:process';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { intendedServer } from '../profiles/intended.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { modeProblems } from '../sim/scenarioFile/ofOneDesign.ts';

/** Those modes in which all that the scenarios say has an effect. Says on stderr which are left out, and why. */
export function fittingModes(documents: readonly ScenarioDocument[], modes: readonly ModeName[]): ModeName[] {
  const problems = modes.flatMap((mode) => {
    const [problem] = documents.flatMap((document) => modeProblems(document, mode));
    return problem === undefined ? [] : { mode, ...problem };
  });
  for (const expected of new Set(problems.map((one) => one.expected))) {
    const [first, ...rest] = problems.filter((one) => one.expected === expected);
    const others = rest.length === 0 ? '' : `, and in ${rest.map(({ mode }) => mode).join(', ')}`;
    process.stderr.write(`left out: ${first?.found}${others}; expected ${expected}\n`);
  }
  return modes.filter((mode) => !problems.some((one) => one.mode === mode));
}

/** Where no mode is named: the usual ones and that of the scenario itself, without those in which something has no effect. */
export function modesFor(document: ScenarioDocument, usual: readonly ModeName[]): readonly ModeName[] {
  return fittingModes([document], [...new Set([...usual, ...(document.mode ? [document.mode] : [])])]);
}

/** Where no server is named: the usual ones, that of the scenario itself, and that which the mode asked for is meant for. */
export function serversFor(
  { server, mode: own }: ScenarioDocument,
  asked: ModeName | undefined,
  usual: readonly ServerProfile[],
): readonly ServerProfile[] {
  const mode = asked ?? own;
  const names = [...(server ? [server] : []), ...(mode ? [intendedServer[mode]] : [])];
  const known = Object.values<ServerProfile>(everyServerProfile);
  return [...new Set([...usual, ...names.flatMap((name) => known.find((one) => one.name === name) ?? [])])];
}
