import { everyMode, type ModeName } from '../../machines/modeVariants.ts';
import { parseDurationMs } from '../data/duration.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { type LinkName, linkEnds, linkEndsIn, linkNames, type Transport } from '../scenario/scenario.ts';
import type { Contradiction } from './contradiction.ts';
import type { ScenarioDocument, StepDocument } from './document.ts';
import { mitigated } from './mitigated.ts';
import { nodeProblems } from './nodes.ts';
import { ofAnotherDesign } from './ofOneDesign.ts';
import { defaultLinks, type ServerCatalogue } from './resolve.ts';
import { serverTopologyProblems } from './servers.ts';
import { topologyProblems } from './topology.ts';
import {
  faultsOfNothing,
  impossibleExpectations,
  passwordProblems,
  withoutConnection,
  withoutEffect,
} from './withoutEffect.ts';
import { withoutPushServer } from './withoutPushServer.ts';
import { workloadProblems } from './workloadProblems.ts';

/** What can be carried over what. */
const transportsOf: Readonly<Record<LinkName, readonly Transport[]>> = {
  callerSip: ['udp', 'tcp', 'tls'],
  appSip: ['udp', 'tcp', 'tls'],
  pushServerSip: ['udp', 'tcp', 'tls'],
  control: ['https'],
  pushRequest: ['https'],
  notification: ['push'],
};

function serverProblems({ server, expect }: ScenarioDocument, servers: ServerCatalogue): Contradiction[] {
  const known = Object.keys(servers);
  const problem = (name: string, path: (string | number)[], ofKey: boolean): Contradiction[] => {
    if (known.includes(name)) return [];
    const hint = nearestWord(name, known);
    const expected = `one of ${known.join(', ')}, or that of your own file which --profile names`;
    return [{ path, ofKey, found: `the unknown server ${name}`, expected, ...(hint !== undefined && { hint }) }];
  };
  return [
    ...(server === undefined ? [] : problem(server, ['server'], false)),
    ...Object.keys(expect ?? {}).flatMap((name) => problem(name, ['expect', name], true)),
  ];
}

function linkProblems({ links = {} }: ScenarioDocument): Contradiction[] {
  return linkNames.flatMap((name): Contradiction[] => {
    const { transport = defaultLinks[name].transport, loss = 0, duplicate = 0, latency, law: said } = links[name] ?? {};
    const law = said !== undefined && 'csv' in said ? undefined : said;
    const cut =
      law === undefined || latency === undefined ? null : [latency].flat().map((text) => parseDurationMs(text) ?? 0);
    const ends = law?.map(([, text]) => parseDurationMs(text) ?? 0) ?? [];
    if (cut !== null && (Math.max(...cut) < Math.min(...ends) || Math.min(...cut) > Math.max(...ends))) {
      const found = 'a law with nothing in the window of `latency`';
      return [{ path: ['links', name, 'law'], found, expected: 'quantiles that reach into it, or no `latency`' }];
    }
    if (!transportsOf[name].includes(transport)) {
      const expected = `one of ${transportsOf[name].join(', ')} between ${linkEnds[name].join(' and ')}`;
      return [{ path: ['links', name, 'transport'], found: transport, expected }];
    }
    const lossy = transport === 'udp' || transport === 'push';
    const impossible = loss > 0 ? 'loss' : 'duplicate';
    if (lossy || (loss === 0 && duplicate === 0)) return [];
    const found = `${impossible} on ${transport}`;
    return [{ path: ['links', name, impossible], found, expected: `none: ${transport} delivers everything once` }];
  });
}

function stepProblems({ steps, until }: ScenarioDocument): Contradiction[] {
  const problems: Contradiction[] = [];
  const dialled = new Set<number>();
  const calls = steps.flatMap(({ do: what }, index) => (what === 'call' ? [index] : []));
  if (calls[1] !== undefined) {
    problems.push({ path: ['steps', calls[1], 'do'], found: 'a second `call`', expected: 'one call by the user' });
  }
  const first = steps[0];
  if (first?.after !== undefined) {
    problems.push({ path: ['steps', 0, 'after'], ofKey: true, found: '`after` in the first step', expected: '`at`' });
  }
  for (const [index, step] of steps.entries()) {
    if (step.do === 'dial') {
      const found = `call ${step.call} dialled twice`;
      if (dialled.has(step.call)) problems.push({ path: ['steps', index, 'call'], found, expected: 'each call once' });
      dialled.add(step.call);
    }
    if (step.do === 'hangUp' && !steps.some((one) => one.do === 'dial' && one.call === step.call)) {
      const found = `hangUp of call ${step.call}, which nobody dials`;
      problems.push({ path: ['steps', index, 'call'], found, expected: 'a step that dials it' });
    }
    const latest = latestOf(step);
    if (until !== undefined && latest !== undefined && (parseDurationMs(latest) ?? 0) > (parseDurationMs(until) ?? 0)) {
      const found = `a step at ${latest} after the end of the run`;
      problems.push({ path: ['steps', index, 'at'], found, expected: `at most ${until}, as \`until\` says` });
    }
  }
  return problems;
}

/** What other users of the push server bring about, where the server bans or limits nobody. */
function refusalsOfNobody({ steps, server = 'multi', expect = {} }: ScenarioDocument, servers: ServerCatalogue) {
  const known = [server, ...Object.keys(expect)].flatMap((name) => servers[name] ?? []);
  const needed = {
    banPushServer: ['bans', 'bans nobody'],
    limitPushServer: ['limitsRegisters', 'limits nobody'],
  } as const;
  return steps.flatMap((step, index): Contradiction[] => {
    if (step.do !== 'banPushServer' && step.do !== 'limitPushServer') return [];
    const [axis, does] = needed[step.do];
    if (known.some((one) => one[axis])) return [];
    const able = Object.values(servers).filter((one) => one[axis]);
    const found = `${step.do} on ${server}, which ${does}`;
    const expected = `a server with \`${axis}\`, such as ${able.map(({ name }) => name).join(' or ')}`;
    return [{ path: ['steps', index, 'do'], found, expected }];
  });
}

/** What is about pushes that refresh a binding, where no server of the document sends any. */
function refreshesOfNobody(document: ScenarioDocument, servers: ServerCatalogue): Contradiction[] {
  const { faults = [], server = 'multi', expect = {}, reportsPush } = document;
  const known = [server, ...Object.keys(expect)].flatMap((name) => servers[name] ?? []);
  if (known.some(({ wakes }) => wakes.refreshBeforeMs !== null)) return [];
  const found = (what: string) => `${what} on ${server}, which pushes no app to refresh its binding`;
  const expected = 'a server with `refreshBefore` in `wakes`, such as opensips-push';
  return [
    ...(reportsPush === 'callsOnly'
      ? [{ path: ['reportsPush'], ofKey: true, found: found('reportsPush: callsOnly'), expected }]
      : []),
    ...faults.flatMap(({ do: what, message }, index) =>
      message === 'notification.refresh'
        ? [{ path: ['faults', index, 'message'], found: found(`${what} of ${message}`), expected }]
        : [],
    ),
  ];
}

const latestOf = ({ at }: StepDocument): string | undefined => (typeof at === 'object' ? at[1] : at);
const earliestOf = ({ at }: StepDocument): string | undefined => (typeof at === 'object' ? at[0] : at);

/** Whether one step certainly comes before another, both of which have dates. */
function isBefore(one: StepDocument, other: StepDocument): boolean {
  const [latest, earliest] = [latestOf(one), earliestOf(other)];
  return (
    latest !== undefined && earliest !== undefined && (parseDurationMs(latest) ?? 0) < (parseDurationMs(earliest) ?? 0)
  );
}

/** A caller who hangs up before he has dialled does nothing. */
const tooEarly = ({ steps }: ScenarioDocument): Contradiction[] =>
  steps.flatMap((step, index): Contradiction[] => {
    if (step.do !== 'hangUp') return [];
    const dial = steps.find((one) => one.do === 'dial' && one.call === step.call);
    if (dial === undefined || !isBefore(step, dial)) return [];
    const found = `hangUp of call ${step.call} before it is dialled`;
    return [{ path: ['steps', index, 'at'], found, expected: 'a later date' }];
  });

/** The ends of a link in one mode or another: the steps of a file are those of every mode. */
const possibleEnds = (name: LinkName): readonly string[] => [
  ...linkEnds[name],
  ...linkEndsIn(everyMode.sipServerPushes)[name],
];

function faultProblems({ faults = [], links = {} }: ScenarioDocument): Contradiction[] {
  const isReliable = (name: LinkName) =>
    !['udp', 'push'].includes(links[name]?.transport ?? defaultLinks[name].transport);
  return faults.flatMap(({ do: what, from, to, message }, index): Contradiction[] => {
    const isOfConnection = /^(connection|transport)\./.test(message);
    const candidates = linkNames.filter((name) => {
      const ends: readonly string[] = possibleEnds(name);
      const isCarried = isOfConnection ? isReliable(name) : carries(name, message);
      return isCarried && (!from || ends.includes(from)) && (!to || ends.includes(to));
    });
    const path = ['faults', index, 'message'];
    if (candidates.length === 0 || (from !== undefined && from === to)) {
      const route = `${from ? ` from ${from}` : ''}${to ? ` to ${to}` : ''}`;
      return [{ path, found: `${message}${route}`, expected: 'parties between which such a message is sent' }];
    }
    if (what === 'delay' || !candidates.every(isReliable)) return [];
    const expected = '`delay`, or `cut` and `repair` steps: that link delivers everything once';
    return [{ path: ['faults', index, 'do'], found: `${what} on a reliable link`, expected }];
  });
}

/** Which messages a link carries, by the beginning of their names. */
function carries(link: LinkName, message: string): boolean {
  if (link === 'notification') return message.startsWith('notification');
  if (link === 'pushRequest') return message.startsWith('push');
  const isCall = /^(outgoing\.|INVITE|ACK|CANCEL|BYE|UPDATE|reINVITE)/.test(message);
  if (link === 'control') return isCall || message.startsWith('control');
  return isCall || (link !== 'callerSip' && /^((un-)?REGISTER|OPTIONS|keepAlive)/.test(message));
}

const problemsIn = (
  document: ScenarioDocument,
  servers: ServerCatalogue,
  modes?: readonly ModeName[],
): Contradiction[] => [
  ...ofAnotherDesign(document, modes),
  ...serverProblems(document, servers),
  ...linkProblems(document),
  ...stepProblems(document),
  ...refusalsOfNobody(document, servers),
  ...tooEarly(document),
  ...faultProblems(document),
  ...faultsOfNothing(document),
  ...withoutEffect(document),
  ...withoutConnection(document),
  ...passwordProblems(document),
  ...topologyProblems(document),
  ...nodeProblems(document),
  ...withoutPushServer(document, modes),
  ...refreshesOfNobody(document, servers),
  ...workloadProblems(document),
  ...serverTopologyProblems(document),
  ...impossibleExpectations(document, servers),
];

/** What is impossible only once the mitigation has been carried out; what is expected is said of the scenario without it. */
function mitigationProblems(
  document: ScenarioDocument,
  servers: ServerCatalogue,
  modes?: readonly ModeName[],
): Contradiction[] {
  if (document.mitigation === undefined) return [];
  const { expect: _, ...without } = document;
  const known = problemsIn(without, servers, modes).map(({ found }) => found);
  return problemsIn(mitigated(without), servers, modes)
    .filter(({ found }) => !known.includes(found))
    .map(({ path, ...rest }) => ({ ...rest, path: ['mitigation', 'change', ...path] }));
}

/**
 * What the schema cannot say: names that must exist elsewhere and combinations that are impossible. `modes` are those that are
 * asked for in the place of the document's own.
 */
export const contradictions = (
  document: ScenarioDocument,
  servers: ServerCatalogue,
  modes?: readonly ModeName[],
): Contradiction[] => [...problemsIn(document, servers, modes), ...mitigationProblems(document, servers, modes)];
