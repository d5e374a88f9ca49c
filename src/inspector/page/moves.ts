import { lastUpTo } from '../model/lastUpTo.ts';
import { shownSteps } from './rows.ts';
import { record, step, trace, violations } from './store.ts';

/** The step after another one, of those that have a row. */
export const nextStep = (at: number): number | undefined => shownSteps.value[lastUpTo(shownSteps.value, at) + 1];

/** Moves the selection among the steps that have a row. */
export function move(by: 1 | -1): void {
  const all = shownSteps.value;
  const here = step.value;
  const next = by === 1 ? nextStep(here) : all[lastUpTo(all, here - 1)];
  if (next !== undefined) step.value = next;
}

/** Moves the selection to the nearest step of the same party. */
export function moveInLane(by: 1 | -1): void {
  const [records, here] = [trace.value?.records ?? [], step.value];
  const own = shownSteps.value.filter((one) => records[one]?.targetRef === record.value?.targetRef);
  const next = by === 1 ? own[lastUpTo(own, here) + 1] : own[lastUpTo(own, here - 1)];
  if (next !== undefined) step.value = next;
}

export function toStart(): void {
  step.value = shownSteps.value[0] ?? 0;
}

export function toEnd(): void {
  step.value = shownSteps.value.at(-1) ?? 0;
}

/** Selects the next violation after the selected step, or the first one. */
export function toViolation(): void {
  const sorted = violations.value.map((one) => one.step).sort((one, other) => one - other);
  const next = sorted.find((one) => one > step.value) ?? sorted[0];
  if (next !== undefined) step.value = next;
}

/** Selects the nearest step at which something happens to a call. */
export function toCall(by: 1 | -1): void {
  const records = trace.value?.records ?? [];
  const begins = records.filter(({ event }) => event.type === 'call.dial').map((one) => one.step);
  const next = by === 1 ? begins.find((one) => one > step.value) : begins.findLast((one) => one < step.value);
  if (next !== undefined) step.value = next;
}

/** Selects the last step at or before a date. */
export function toDate(atMs: number): void {
  const all = trace.value?.records ?? [];
  const found = shownSteps.value.findLast((one) => (all[one]?.atMs ?? 0) <= atMs);
  step.value = found ?? shownSteps.value[0] ?? 0;
}
