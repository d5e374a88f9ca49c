import { partyNames, type Role } from '../../../machines/messages.ts';
import { partiesInFile } from '../../../machines/phones.ts';
import { formatDuration } from '../../../sim/data/duration.ts';
import type { Window } from '../../../sim/data/window.ts';
import { type Fault, type LinkName, linkNames, type Scenario } from '../../../sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../../sim/scenarioFile/document.ts';
import type { Offered } from '../boot.ts';

const windowText = ([low, high]: Window): string | [string, string] =>
  low === high ? formatDuration(low) : [formatDuration(low), formatDuration(high)];

const faultText = ({ latencyMs, from, to, ...fault }: Fault) => ({
  ...fault,
  ...partiesInFile(from, to),
  ...(latencyMs && { latency: windowText(latencyMs) }),
});

/** The links of the document, with the latencies that were changed since. */
function linksText({ links = {} }: ScenarioDocument, scenario: Scenario, offered: Scenario) {
  const isChanged = (name: LinkName) => scenario.links[name].latencyMs.join() !== offered.links[name].latencyMs.join();
  const changed = linkNames
    .filter(isChanged)
    .map((name) => [name, { ...links[name], latency: windowText(scenario.links[name].latencyMs) }]);
  return { ...links, ...Object.fromEntries(changed) };
}

/** The timing of the document, with the windows that were changed since. */
function timingText({ timing = {} }: ScenarioDocument, scenario: Scenario, offered: Scenario) {
  const changedOf = (party: Role) =>
    Object.entries(scenario.timing[party])
      .filter(([delay, window]) => window.join() !== offered.timing[party][delay]?.join())
      .map(([delay, window]) => [delay, windowText(window)] as const);
  const parties = partyNames.map(
    (party) => [party, { ...timing[party], ...Object.fromEntries(changedOf(party)) }] as const,
  );
  return Object.fromEntries(parties.filter(([, delays]) => Object.keys(delays).length > 0));
}

/** One entry of a mapping; a list has a line for each of its elements. JSON in a line is YAML as well. */
function entry([key, value]: [string, unknown]): string {
  if (!Array.isArray(value)) return `${key}: ${JSON.stringify(value)}`;
  return [`${key}:`, ...value.map((one) => `  - ${JSON.stringify(one)}`)].join('\n');
}

/**
 * A scenario file for a run that follows from a scenario and a seed: the document that was offered, with the mode, the
 * server, the latencies, the timers and the faults of the run. It expects nothing: what should hold is for the reader to say.
 */
export function scenarioFile(
  { scenario: given, document }: Offered & { document: ScenarioDocument },
  scenario: Scenario,
): string {
  const { expect: _, ...rest } = document;
  const links = linksText(document, scenario, given);
  const timing = timingText(document, scenario, given);
  const changed = {
    ...rest,
    mode: scenario.mode.name,
    server: scenario.server.name,
    ...(Object.keys(links).length > 0 && { links }),
    ...(Object.keys(timing).length > 0 && { timing }),
    ...(scenario.faults.length > 0 && { faults: scenario.faults.map(faultText) }),
  };
  return `${Object.entries(changed).map(entry).join('\n')}\n`;
}
