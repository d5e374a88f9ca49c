import { useRef } from 'preact/hooks';
import { runTitle } from '../../../sim/report/wording.ts';
import type { Scenario } from '../../../sim/scenario/scenario.ts';
import type { Trace } from '../../../sim/trace/trace.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { TestedModule } from '../../model/export/regression.ts';
import { write } from '../ask.ts';
import { copy } from '../copy.ts';
import { offerBridge } from '../hosted/bridge.ts';
import { linkNow } from '../link.ts';
import { isSystem } from '../parties.ts';
import { layout } from '../rows.ts';
import { scenarios } from '../scenarios.ts';
import { boot, digestOf, experiment, isRunning, raceWindow, tell, trace, verdictSaid } from '../store.ts';
import { pictureOf } from './picture.tsx';
import { save } from './save.ts';
import { singleFile } from './singleFile.ts';

const courseOf = ({ name, title, steps }: Scenario): string => JSON.stringify([name, title, steps]);

/** The document that the run was made from; null where it came with a trace of its own or where somebody chose what happens. */
function source() {
  const shown = experiment.value;
  const found = scenarios().find(({ scenario }) => shown !== null && courseOf(scenario) === courseOf(shown.scenario));
  const isSeeded = shown !== null && shown.module === undefined && shown.plan === null && shown.moved.length === 0;
  return isSeeded && found?.document ? { ...found, document: found.document } : null;
}

const copyLink = async () =>
  copy(await linkNow(), 'The link holds the whole run and can be pasted into any inspector; it');

const copyCommand = async () =>
  copy(
    `ringproof inspect ${experiment.value?.module ? `${experiment.value.module.file} ` : ''}'${await linkNow()}'`,
    'The command that opens this run',
  );

/** Of a run of a module what a test of it needs. A hand-over may be shown in another place than that of the module. */
function tested({ module, scenario, log }: Experiment): TestedModule | null {
  if (module === undefined) return null;
  const { scenario: own } = log?.base ?? { scenario };
  return { file: module.file, isAsDefined: isSystem.value && JSON.stringify(own) === JSON.stringify(scenario) };
}

/** A form in which a run can be exported. */
type Item = readonly [what: string, hint: string, act: () => unknown];

/** The forms in which the run that is shown can be exported. */
export function exportItems(): readonly Item[] {
  const [done, shown, placed] = [trace.value, experiment.value, layout.value];
  if (done === null || shown === null || placed === null || isRunning.value) return [];
  const name = isSystem.value ? done.scenario.name : `${done.scenario.name}-${done.scenario.mode.name}`;
  const traceName = `${name}.trace.json`;
  const offered = source();
  const json = async () => {
    const whole: Trace = { ...done, digest: await digestOf(shown) };
    save(traceName, 'application/json', `${JSON.stringify(whole, null, 1)}\n`);
  };
  const written = async (file: string, text: Promise<string>) => save(file, 'text/plain', await text);
  const module = tested(shown);
  const isAlone = done.seed !== null && module?.isAsDefined !== false;
  const regression = async () => {
    await written(`${name}.test.ts`, write('regressionTest', done, verdictSaid.value, traceName, module));
    if (!isAlone) await json();
  };
  const page = async () => {
    const text = await singleFile(
      { ...boot.value, opened: shown, report: null, recording: null, capture: null, viewer: null },
      runTitle(done),
    );
    save(`${name}.html`, 'text/html', text);
  };
  return [
    ['Link', 'holds the whole run', copyLink],
    ['Command', 'opens it elsewhere', copyCommand],
    // A page that is alone has no server with the machines of a module.
    ...(shown.module === undefined ? ([['Page in one file', 'opens from disk', page]] as const) : []),
    ['Trace', shown.module === undefined ? 'for simulate and inspect' : 'for simulate --replay', json],
    ...(offered === null
      ? []
      : ([
          [
            'Scenario',
            'with these faults',
            () => written(`${name}.yaml`, write('scenarioFile', offered, shown.scenario)),
          ],
        ] as const)),
    ['Test', isAlone ? 'for vitest' : 'for vitest, with its trace', regression],
    ['Mermaid', 'for GitHub and GitLab', () => written(`${name}.mmd`, write('mermaid', done))],
    ['PlantUML', 'sequence diagram', () => written(`${name}.puml`, write('plantUml', done))],
    [
      'Picture',
      'SVG, with verdict and legend',
      () =>
        save(
          `${name}.svg`,
          'image/svg+xml',
          pictureOf({ layout: placed, trace: done, window: raceWindow.value, said: verdictSaid.value }),
        ),
    ],
    ...(boot.value.viewer === null
      ? []
      : ([['Hosted viewer…', 'leaves this machine', () => offerBridge('run')]] as const)),
  ];
}

/** What had the focus in it is gone then: it goes to where the menu is opened. */
function fold(menu: HTMLDetailsElement | null): void {
  menu?.removeAttribute('open');
  menu?.querySelector('summary')?.focus();
}

const Items = () => (
  <ul>
    {exportItems().map(([what, hint, act]) => (
      <li key={what}>
        <button
          type="button"
          onClick={(event) => {
            fold(event.currentTarget.closest('details'));
            Promise.resolve(act()).catch((error: Error) => tell(`${what}: ${error.message}`));
          }}
        >
          {what} <small>{hint}</small>
        </button>
      </li>
    ))}
  </ul>
);

/** The menu of all forms in which a run can be exported. */
export const ExportMenu = () => {
  const menu = useRef<HTMLDetailsElement>(null);
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={({ key }) => {
        if (key === 'Escape') fold(menu.current);
      }}
    >
      <summary>Export</summary>
      <Items />
    </details>
  );
};
