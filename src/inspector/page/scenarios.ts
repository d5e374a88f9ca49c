import { effect, signal } from '@preact/signals';
import type { Offered } from '../model/boot.ts';
import { scenariosPart } from '../model/singleFile.ts';
import { partOf } from './parts.ts';
import { boot, experiment, isRunning, tell } from './store.ts';

/** The scenarios that come with the page; null until they have been had. */
const bundled = signal<readonly Offered[] | null>(null);

/** What the reader has opened from files, the latest first. */
const opened = signal<readonly Offered[]>([]);

const nameOf = ({ scenario }: Offered): string => scenario.name;

/** Every scenario that the page offers, as far as they are known: the reader's own ones first. */
const offered = (all: readonly Offered[]): readonly Offered[] => {
  const own = [...opened.value, ...(boot.value.own ? [boot.value.own] : [])];
  const isBundled = (one: Offered) => one === boot.value.own && all.some((other) => nameOf(other) === nameOf(one));
  const first = own.filter((one) => !isBundled(one));
  return [...first, ...all.filter((one) => !first.some((other) => nameOf(other) === nameOf(one)))];
};

/** The scenarios that the page offers; of those that come with it none until they have been had. */
export const scenarios = (): readonly Offered[] => offered(bundled.value ?? []);

/** Whether the reader has added none. */
export const areBundled = (): boolean => scenarios().every((one, index) => one === bundled.value?.[index]);

/** Whether those are all. */
export const hasEveryScenario = (): boolean => bundled.value !== null;

let asked: Promise<readonly Offered[]> | null = null;

/** Every scenario that the page offers, once they have been had. */
export async function everyScenario(): Promise<readonly Offered[]> {
  asked ??= partOf(scenariosPart).then((text) => JSON.parse(text));
  bundled.value = await asked;
  return scenarios();
}

/** Offers a scenario that the reader has opened. */
export function offer(own: Offered): void {
  opened.value = [own, ...opened.value.filter((one) => nameOf(one) !== nameOf(own))];
}

/** Has the scenarios fetched: at once where they are compared, and else as soon as the run is there. */
export function keepScenarios(): void {
  effect(() => {
    if (asked !== null || (experiment.value !== null && isRunning.value)) return;
    setTimeout(() => everyScenario().catch(({ message }: Error) => tell(message)));
  });
}
