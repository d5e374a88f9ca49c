import { expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

const args = 'simulate call-while-going-to-background --mode 1 --profile reject --seed 3 --width 100'.split(' ');

const run = () => ringproof(...args).stdout;

const page = () =>
  `${[
    '# Reading a run',
    '',
    '`ringproof simulate` makes one run. It draws every delay from its window with the seed, so the same seed gives the same',
    'run. A trace (`.json`) in the place of the scenario is run again, step by step.',
    '',
    `\`npx ringproof ${args.join(' ')}\``,
    '',
    '```text',
    run().trimEnd(),
    '```',
    '',
    '## From the top',
    '',
    '- **The verdict.** What became of each call, the worst first: why it was lost, how long nobody could be reached, and what',
    '  the caller got.',
    '- **What was run.** The title of the scenario, mode, server, seed and length.',
    '- **The ladder.** Time runs downward, in seconds from the start; where nothing happens it is folded. The date beside an',
    '  arrow is that of its arrival. The lifeline of the SIP server shows who is registered. The lifeline of the app shows',
    '  whether the OS lets it run. Timers and heartbeats that change nothing are left out; `--all` draws them.',
    '- **The properties.** Each one holds or is violated in this run. `nothing to judge` says that nothing came near it: no call',
    '  was answered, so `answeredOnce` says nothing. [Scenarios](scenarios.md#properties) has what each of them demands.',
    '- **The race window.** The dates for which the run goes wrong, all other delays being within their windows: call 1 is lost',
    '  if and only if it is dialled within that interval. [Checking](checking.md) says for which runs the interval is exact.',
    '- **The digest.** A hash of the whole trace. Two runs with the same digest are the same run, on any machine.',
    '',
    'Exit codes: 0 nothing is violated but what the file expects, 1 something is, 2 the input is wrong, 4 an internal error. `--export json` is the trace for',
    '`simulate`, `inspect` and `live --from`; `--export mermaid` and `plantuml` draw the ladder elsewhere, and `--export vitest` writes the run as a test.',
  ].join('\n')}\n`;

test('docs/runs.md shows what the command prints (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/runs.md');
});
