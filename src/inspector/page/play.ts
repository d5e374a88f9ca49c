import { batch, computed, effect, signal } from '@preact/signals';
import type { TraceBody } from '../../sim/trace/trace.ts';
import { nextStep, toStart } from './moves.ts';
import { rowOf } from './rows.ts';
import { step, trace, violations } from './store.ts';

/** How many times faster than usual a run is played. */
export const speeds = [0.5, 1, 2, 4] as const;

export const speed = signal<(typeof speeds)[number]>(1);

/** The step that playing has come to, and of which run; null where nobody plays. */
const played = signal<{ readonly trace: TraceBody; readonly step: number } | null>(null);

export const isPlaying = computed(() => played.value !== null);

/** Playing moves down the ladder, so that time passes as it is drawn there: a folded minute takes about a second. */
const pixelsPerSecond = 50;

/** No step is shown for a shorter or a longer time, at the usual speed, however near or far the next one is drawn. */
const [shortestMs, longestMs] = [240, 2_000];

function waitMs(from: number, to: number): number {
  const pixels = (rowOf(to)?.y ?? 0) - (rowOf(from)?.y ?? 0);
  return Math.min(longestMs, Math.max(shortestMs, (pixels / pixelsPerSecond) * 1000)) / speed.value;
}

function pause(): void {
  played.value = null;
}

/** Plays on from the selected step, or from the start where that is the last one. */
function play(): void {
  const done = trace.peek();
  if (done === null) return;
  batch(() => {
    if (nextStep(step.peek()) === undefined) toStart();
    played.value = { trace: done, step: step.peek() };
  });
}

export const togglePlaying = (): void => (isPlaying.peek() ? pause() : play());

/** Chooses the next slower or faster speed. */
export function changeSpeed(by: 1 | -1): void {
  speed.value = speeds[speeds.indexOf(speed.value) + by] ?? speed.value;
}

/** Selects the next step; a violation and the end stop there. */
function advance(now: TraceBody, to: number): void {
  const stops = nextStep(to) === undefined || violations.peek().some((one) => one.step === to);
  batch(() => {
    step.value = to;
    played.value = stops ? null : { trace: now, step: to };
  });
}

/** Plays while somebody plays. Whatever else moves the selection, or changes the run, pauses. */
export function keepPlaying(): () => void {
  let due = 0;
  return effect(() => {
    const [now, at, done] = [played.value, step.value, trace.value];
    clearTimeout(due);
    if (now === null) return;
    const next = nextStep(at);
    if (now.trace !== done || now.step !== at || next === undefined) pause();
    else due = setTimeout(() => advance(now.trace, next), waitMs(at, next));
  });
}
