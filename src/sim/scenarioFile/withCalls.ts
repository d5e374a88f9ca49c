import type { ScenarioDocument } from './document.ts';

type StepDocument = ScenarioDocument['steps'][number];
type Dial = Extract<StepDocument, { do: 'dial' }>;

const isDial = (step: StepDocument): step is Dial => step.do === 'dial';

/**
 * The scenario with that many calls: calls beyond them are left out with their hang-ups; a missing second one is
 * dialled in the same window as the first, or where there is none, at any time from the first to the last step.
 */
export function withCalls(document: ScenarioDocument, calls: number): ScenarioDocument {
  const steps = document.steps.filter((step) => !('call' in step) || step.call <= calls);
  const first = steps.find(isDial);
  const dated = first?.at !== undefined ? { at: first.at } : { after: first?.after };
  const isMissing = calls === 2 && first !== undefined && !steps.some((step) => isDial(step) && step.call === 2);
  if (!isMissing) return { ...document, steps };
  const second = { ...(dated.at === undefined ? { after: '0s' } : dated), do: 'dial', call: 2 } as const;
  const place = steps.indexOf(first) + 1;
  return { ...document, steps: [...steps.slice(0, place), second, ...steps.slice(place)] };
}
