import type { Finding } from '../probe/experiment.ts';
import type { Exchange } from '../probe/transcript.ts';
import { axisTable } from '../profiles/serverAxes.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import type { ModeTrial } from '../stretto/advice.ts';
import { everydayTrials } from '../stretto/trials.ts';
import type { ModesOnLearnt } from './modesOnLearnt.ts';
import { colours, print, terminalWidth } from './output.ts';

/** What the experiment did to leave things as it had found them tells nothing. */
function withoutTidying(evidence: readonly Exchange[]): readonly Exchange[] {
  const isTidying = ({ sent, back }: Exchange) => /^.: un-REGISTER$/.test(sent) && back === '200';
  const last = evidence.findLastIndex((one) => !isTidying(one));
  return last === -1 ? evidence : evidence.slice(0, last + 1);
}

/** What was sent and what came back in one line, its beginning if there is no room for all. */
function evidenceLine(evidence: readonly Exchange[], width: number): string {
  const line = withoutTidying(evidence)
    .map(({ sent, back }) => `${sent} → ${back}`)
    .join('; ');
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

function answerText({ says, remark, isMoot, confidence }: Finding): string {
  if (isMoot) return `does not arise: ${remark}`;
  if (says === null) return colours.yellow(`unknown: ${remark}`);
  const certainty = confidence === 'low' ? [colours.yellow('not certain')] : [];
  const remarks = [...certainty, ...(remark === undefined ? [] : [remark])];
  return `${colours.bold(says)}${remarks.length === 0 ? '' : ` (${remarks.join('; ')})`}`;
}

/** One row for each question: the answer, and under it how it is known. */
export function showFindings(findings: readonly Finding[]): void {
  const asked = findings.map(({ topic }) => topic);
  const neverAsked = Object.values(axisTable)
    .map(({ title }) => title)
    .filter((title) => !asked.includes(title));
  const wide = Math.max(...[...asked, ...neverAsked].map(({ length }) => length));
  for (const finding of findings) {
    print(`${finding.topic.padEnd(wide)}  ${answerText(finding)}`);
    const line = evidenceLine(finding.evidence, terminalWidth() - 4);
    if (line !== '') print(colours.dim(`    ${line}`));
    for (const one of finding.against) print(colours.yellow(`    against it: ${one}`));
  }
  for (const title of neverAsked) print(`${title.padEnd(wide)}  ${colours.yellow('unknown: not probed')}`);
}

const violatedIn = ({ everyday }: ModeTrial, name: string): number =>
  new Set(everyday.filter(({ property }) => property === name).map(({ scenario }) => scenario)).size;

/** In how many scenarios of an ordinary day each mode keeps the two properties that matter most. */
export function showHolding(trials: readonly ModeTrial[]): void {
  const names = ['noInviteLost', 'singleRegistration'];
  print(
    `\n${colours.bold(`Holds on what was learnt, in how many of ${everydayTrials.length} scenarios of an ordinary day`)}`,
  );
  print(`  ${''.padEnd(28)}${names.map((name) => name.padStart(20)).join('')}`);
  for (const trial of trials) {
    const kept = names.map((name) => String(everydayTrials.length - violatedIn(trial, name)).padStart(20));
    print(`  ${modeTitle(trial.mode).padEnd(28)}${kept.join('')}`);
  }
  print('');
}

/** What the verdicts below rest on that nobody has seen. */
export function showAssumed({ assumed, kinds }: ModesOnLearnt): void {
  if (assumed.length === 0) return;
  print(
    colours.yellow(
      `  Not known, or no profile has a word for it, so the least favourable is assumed: ${assumed.join('; ')}.`,
    ),
  );
  if (kinds.length > 1)
    print(colours.yellow(`  A mode has to hold on every kind of server that fits: ${kinds.join(', ')}.`));
}
