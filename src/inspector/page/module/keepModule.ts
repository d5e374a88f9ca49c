import { computed, effect } from '@preact/signals';
import type { Drawing } from '../../charts/chart.ts';
import type { Experiment, ModuleName } from '../../model/experiment.ts';
import type { Relisted } from '../../model/relisted.ts';
import { ask } from '../ask.ts';
import { laidOut } from '../live/layOut.ts';
import { addChart, chartByKey, drawnNow, everyChart } from '../run/machines.ts';
import { experiment, isRunning, notice, regions, show, step, tell, trace } from '../store.ts';
import { askModule, moduleFault, moduleNow } from './askModule.ts';

/** The experiment with the machines of now: the scenario as the module has it, and what was changed since. */
async function byNow(shown: Experiment, module: ModuleName): Promise<Experiment> {
  const { log, plan } = shown;
  // What came with its dates happens as it did, as far as the machines still let it.
  if (log === undefined && plan !== null) return { ...shown, module };
  const opened = (await askModule('opened', [(log?.base ?? shown).seed])) as Experiment;
  const base = { ...opened, module };
  if (log === undefined) return base;
  const next = { base, changes: log.changes };
  const { experiment: changed } = (await askModule('relisted', [next])) as Relisted;
  return { ...changed, log: next };
}

/** Shows the run again once its module is another one. */
async function followModule(shown: Experiment, module: ModuleName): Promise<void> {
  try {
    const next = await byNow(shown, module);
    if (experiment.peek() !== shown) return;
    show(next, step.peek());
    tell(`${module.file} has changed: this is the run of its machines as they are now.`);
  } catch {
    // What is wrong with the module is told.
  }
}

/** Who comes back from the editor sees what has become of the run. */
async function lookAgain(): Promise<void> {
  const shown = experiment.peek();
  if (shown?.module === undefined || isRunning.peek()) return;
  try {
    await askModule('opened', [shown.seed]);
    if (trace.peek() === null && experiment.peek() === shown) show({ ...shown }, step.peek());
  } catch {
    // What is wrong with the module is told.
  }
}

/** Tells what is wrong with the module, for as long as it is. */
function keepFaultTold(): void {
  let told: string | null = null;
  effect(() => {
    const fault = moduleFault.value;
    if (fault !== null) tell(fault);
    else if (notice.peek() === told) notice.value = null;
    told = fault;
  });
}

/** Has the pictures made of those regions that none came with the page for: of machines of the user's. */
async function drawMissing(shown: Experiment): Promise<void> {
  const missing = Object.entries(regions.peek() ?? {}).flatMap(([party, names]) =>
    names.filter(({ key }) => !chartByKey.peek().has(key)).map((region) => ({ party, ...region })),
  );
  drawnNow.value = new Set(missing.map(({ key }) => key));
  for (const { party, key, path } of missing) {
    try {
      const graph = await ask('regionGraph', shown, party, path);
      const drawing: Drawing = await ask('regionDrawing', shown, party, path, await laidOut(graph));
      if (!chartByKey.peek().has(key)) addChart({ ...drawing, key, party: party as never, path });
    } catch {
      // That it has none is said in its place; others may have one.
    }
    drawnNow.value = new Set([...drawnNow.peek()].filter((one) => one !== key));
  }
}

const hasCharts = computed(() => everyChart.value !== null);

/** Keeps the page true to a module that may change while it is shown. */
export function keepModule(): void {
  effect(() => {
    const [now, shown] = [moduleNow.value, experiment.value];
    if (now === null || shown?.module === undefined || now.digest === shown.module.digest) return;
    void followModule(shown, now);
  });
  effect(() => {
    const shown = experiment.peek();
    if (regions.value === null || !hasCharts.value || shown?.module === undefined) return;
    void drawMissing(shown);
  });
  keepFaultTold();
  addEventListener('focus', () => void lookAgain());
}
