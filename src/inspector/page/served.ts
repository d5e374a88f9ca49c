import { comparedPath } from '../model/compared.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Answers, GlancesByMode } from '../model/requests.ts';
import { servedAnswer, servedNames, servedPath } from '../model/served.ts';
import { isOneFile } from './parts.ts';

/** The experiment that the page was started with, about which its server is asked. */
let known: Experiment | null = null;

/** The run of that experiment, which the page asks for before its own script is there. */
declare const startedRun: Promise<Response> | undefined;
let run = typeof startedRun === 'undefined' ? null : startedRun;

/** Whether the server has the run that the page is started with. */
export const hasServedRun = (): boolean => 'opened' in document.documentElement.dataset;

/** Says which experiment the server has. */
export function serverHas(experiment: Experiment): void {
  known = experiment;
}

/** The overview as it is at first. Rejects where no server has it. */
export async function servedComparison(): Promise<GlancesByMode[]> {
  if (isOneFile()) throw new Error('there is no server');
  const response = await fetch(comparedPath);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** What the server answers; null where the question is none for it. */
export function askServed<Name extends keyof Answers>(
  asked: Name,
  [about, step]: readonly unknown[],
): Promise<Awaited<ReturnType<Answers[Name]>>> | null {
  const name = servedNames.find((one) => one === asked);
  if (name === undefined || known === null || about !== known) return null;
  const response = (name === 'run' && run) || fetch(servedPath(name, step as number | undefined));
  if (name === 'run') run = null;
  return response.then(async (found): Promise<never> => {
    if (!found.ok) throw new Error(await found.text());
    return servedAnswer(name, await found.json()) as never;
  });
}
