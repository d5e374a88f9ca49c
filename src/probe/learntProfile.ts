import type { ServerAxes, ServerAxis, ServerProfile } from '../machines/serverProfile.ts';
import { ownServerLine } from '../profiles/ownServerText.ts';
import { axisTable, axisText, serverAxes } from '../profiles/serverAxes.ts';
import { serverProfiles } from '../profiles/servers.ts';
import type { Finding } from './experiment.ts';
import { axesOf } from './probe.ts';

/** The common kind of server that is most like what was learnt: what was not learnt is taken from it. */
function nearestKind({ capacity, whenFull }: Partial<ServerAxes>): ServerProfile {
  if (capacity === undefined || capacity === null) return serverProfiles.multi;
  if (whenFull?.do === 'refuse') return serverProfiles.reject;
  return whenFull?.do === 'overwrite' ? serverProfiles.overwrite : serverProfiles.evict;
}

/** One axis of the file, with how it is known. */
function axisLines(axis: ServerAxis, findings: readonly Finding[], base: ServerProfile): string[] {
  const learnt = findings.find(({ axes }) => axes[axis] !== undefined);
  if (learnt === undefined) {
    const why =
      findings.find(({ topic, says }) => topic === axisTable[axis].title && says === null)?.remark ?? 'not probed';
    return [`# ${axisTable[axis].title}: unknown (${why}); as ${base.name} has it: ${axisText(base, axis)}`];
  }
  const { axes, says, remark } = learnt;
  const comment = [axisTable[axis].title, [says, remark].filter((part) => part !== undefined).join('; ')].join(': ');
  return [`# ${comment}`, ownServerLine(axis, axes[axis] as ServerAxes[ServerAxis])];
}

/** Where a profile comes from. */
export interface Origin {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** The server as the user named it. */
  readonly target: string;
}

/** What was learnt as a profile of the user's own, each value with the way it is known. `check --profile` takes it. */
export function learntProfileText(findings: readonly Finding[], { name, target }: Origin): string {
  const base = nearestKind(axesOf(findings));
  return [
    '# Learnt by `ringproof probe` from what the server did; what it could not learn is a comment.',
    `name: ${name}`,
    `extends: ${base.name}`,
    `title: ${JSON.stringify(`${target}, as probed`)}`,
    `source: ${JSON.stringify(`ringproof probe ${target}`)}`,
    ...serverAxes.flatMap((axis) => axisLines(axis, findings, base)),
    '',
  ].join('\n');
}
