import { parseDurationMs } from '../data/duration.ts';
import { windowOf } from '../scenarioFile/resolve.ts';
import { eventTable } from '../system/eventTable.ts';
import type { AnyAction, AnyEvent, AnyFault } from '../system/settings.ts';
import { stepCause } from '../world/causes.ts';
import type { CompiledStep, WorldDefinition } from '../world/definition.ts';
import { plainHost } from '../world/host.ts';
import { linksAmong } from '../world/linkOf.ts';
import { PartyTable } from '../world/partyTable.ts';
import { delaysOf } from './partyDelays.ts';
import { watching } from './purity.ts';
import { speaking } from './speech.ts';
import type { FaultDefinition, OwnSystem, SystemDefinition, SystemSettings } from './systemDefinition.ts';
import { compiledLink, linkRulesOf } from './systemLinks.ts';

const faultOf = ({ latency, occurrence = 1, ...fault }: FaultDefinition): AnyFault => ({
  ...fault,
  occurrence,
  ...(latency && { latencyMs: windowOf(latency) }),
});

/** What a run of the system is given. */
export function settingsOf({
  name,
  title,
  parties,
  links,
  steps,
  faults = [],
  until,
}: SystemDefinition): SystemSettings {
  return {
    name,
    title,
    parties: Object.keys(parties),
    links: Object.fromEntries(
      Object.entries(links).map(([one, { between, transport }]) => [one, { between, transport }]),
    ),
    steps: steps.map(({ at, after, ...action }) => ({
      from: after === undefined ? 'start' : 'previous',
      afterMs: windowOf(at ?? after ?? '0s'),
      action: action as AnyAction,
    })),
    faults: faults.map(faultOf),
    untilMs: parseDurationMs(until) ?? 0,
  };
}

/** The world of a system, with the settings of the system itself or with others. `file`: where it stands, for errors. */
export function worldOfSystem(
  { definition }: OwnSystem,
  file: string,
  settings: SystemSettings = settingsOf(definition),
): WorldDefinition<SystemSettings> {
  const peers = Object.keys(definition.parties);
  const links = Object.entries(definition.links);
  const parties = Object.entries(definition.parties);
  const delays = parties.map(([, party]) => delaysOf(party));
  const bit = (name: string) => 1 << links.findIndex(([one]) => one === name);
  const steps = settings.steps.map(
    ({ from, afterMs, action }, index): CompiledStep => ({
      party: 'party' in action ? peers.indexOf(action.party) : -1,
      event: 'party' in action ? eventTable.idOf(action.event as AnyEvent) : -1,
      cause: stepCause(index),
      afterMs,
      chained: from === 'previous',
      cuts: 'cut' in action ? bit(action.cut) : 0,
      repairs: 'repair' in action ? bit(action.repair) : 0,
    }),
  );
  return {
    scenario: settings,
    properties: definition.properties,
    claims: () => true,
    parties: parties.map(([name, { machine }], index) => {
      const names = Object.keys(delays[index] ?? {});
      return new PartyTable({ name, peers }, machine, names, plainHost, speaking(name, file, watching(name, file)));
    }),
    delays: delays.map((windows) => Object.values(windows)),
    linksBetween: linksAmong(
      peers,
      links.map(([, { between }]) => between),
    ),
    links: links.map(compiledLink),
    rules: linkRulesOf(links, steps),
    steps,
    cutAtStart: 0,
  };
}
