import type { ServerAxes, ServerAxis, ServerProfile } from '../machines/serverProfile.ts';
import { ownServerLine } from '../profiles/ownServerText.ts';
import { axisTable, axisText, serverAxes } from '../profiles/serverAxes.ts';
import { serverProfiles } from '../profiles/servers.ts';
import { type Finding, isOpen } from './experiment.ts';
import { axesOf } from './probe.ts';

const { multi, reject, overwrite, evict } = serverProfiles;

/**
 * The common kinds of server that fit what was learnt, the least favourable first: where one binding too many is refused,
 * no mode takes over, and where there is room for all, none has to.
 */
export function kindsThatFit(findings: readonly Finding[]): readonly [ServerProfile, ...ServerProfile[]] {
  const { capacity, whenFull } = axesOf(findings);
  if (capacity === null) return [multi];
  if (whenFull?.do === 'refuse') return [reject];
  if (whenFull !== undefined) return [whenFull.do === 'overwrite' ? overwrite : evict];
  return capacity === undefined ? [reject, overwrite, evict, multi] : [reject, overwrite, evict];
}

/** What is assumed of an axis that was asked about in vain: the value with which a hand-over has the least to hope for. */
const leastFavourable: Partial<ServerAxes> = {
  checksSequence: false,
  matchesBindingBy: 'callId',
  severalContacts: 'sequential',
  removalScope: 'allOfUser',
  fork: 'first',
  forksToLateBindings: false,
  withoutBinding: { do: 'reject', code: 480 },
  tellsReason: false,
};

/** An axis that was not learnt, and what is assumed of it. */
function assumedLines(axis: ServerAxis, asked: Finding | undefined, base: ServerProfile): string[] {
  const { title } = axisTable[axis];
  const usual = axisText(base, axis);
  if (asked === undefined) return [`# ${title}: unknown (not probed); as ${base.name} has it: ${usual}`];
  if (!isOpen(asked)) return [`# ${title}: does not arise (${asked.remark}); as ${base.name} has it: ${usual}`];
  const worst = leastFavourable[axis];
  const assumed = worst === undefined ? usual : axisText({ ...base, [axis]: worst }, axis);
  const known = asked.says === null ? `unknown (${asked.remark})` : `${asked.says} (${asked.remark})`;
  const comment = `# ${title}: ${known}; assumed, the least favourable that fits: ${assumed}`;
  return worst === undefined ? [comment] : [comment, ownServerLine(axis, worst as ServerAxes[ServerAxis])];
}

/** One axis of the file, with how it is known. */
function axisLines(axis: ServerAxis, findings: readonly Finding[], base: ServerProfile): string[] {
  const { title } = axisTable[axis];
  const learnt = findings.find(({ axes }) => axes[axis] !== undefined);
  if (learnt === undefined)
    return assumedLines(
      axis,
      findings.find(({ topic }) => topic === title),
      base,
    );
  const { axes, says, remark, confidence, against } = learnt;
  const doubt = confidence === 'low' ? [`not certain: ${against.join('; ')}`] : [];
  const comment = [says, remark, ...doubt].filter((part) => part !== undefined).join('; ');
  return [`# ${title}: ${comment}`, ownServerLine(axis, axes[axis] as ServerAxes[ServerAxis])];
}

/** Where a profile comes from. */
export interface Origin {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** The server as the user named it. */
  readonly target: string;
}

/**
 * What was learnt as a profile of the user's own, each value with the way it is known. `check --profile` takes it. What was
 * not learnt is as that kind of server has it, the least favourable one that fits where none is named.
 */
export function learntProfileText(
  findings: readonly Finding[],
  { name, target }: Origin,
  base: ServerProfile = kindsThatFit(findings)[0],
): string {
  return [
    '# Learnt by `ringproof probe` from what the server did; what it could not learn says what is assumed.',
    `name: ${name}`,
    `extends: ${base.name}`,
    `title: ${JSON.stringify(`${target}, as probed`)}`,
    `source: ${JSON.stringify(`ringproof probe ${target}`)}`,
    ...serverAxes.flatMap((axis) => axisLines(axis, findings, base)),
    '',
  ].join('\n');
}
